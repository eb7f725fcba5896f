import { describe, expect, it } from 'vitest';
import type { Account } from '../../../../../broker/account/account.ts';
import { InternalSink } from '../../../../../broker/account/sink.ts';
import { MessageTrace } from '../../../../../broker/delivery/trace.ts';
import type { ApiError } from '../../../../../broker/jetstream/api-error.ts';
import { apiError } from '../../../../../broker/jetstream/errors.ts';
import { StreamTrace, withoutTrace } from '../../../../../broker/jetstream/stream/stream-trace.ts';

function followed(): { trace: StreamTrace; step: () => Record<string, unknown> } {
  const account = { name: 'A' } as Account;
  const headers = { values: {}, only: false, destination: 't' };
  const message = new MessageTrace(account, new InternalSink(), headers, 't', 's.x', 1);
  const trace = new StreamTrace(message.addJetStream('S'), false);
  const step = (): Record<string, unknown> => {
    const { events } = message.event({}) as { events: Record<string, unknown>[] };
    return JSON.parse(JSON.stringify({ ...events[1], ts: undefined })) as Record<string, unknown>;
  };
  return { trace, step };
}

describe('a message that is followed into a stream', () => {
  it('tells under which subject it is stored', () => {
    const { trace, step } = followed();
    expect(step()).toEqual({ type: 'js', stream: 'S' });
    trace.admit('s.y', true);
    expect(step()).toEqual({ type: 'js', stream: 'S', subject: 's.y' });
  });

  it('tells that nobody has use for it', () => {
    const { trace, step } = followed();
    trace.admit('s.y', false);
    expect(step()).toEqual({ type: 'js', stream: 'S', subject: 's.y', nointerest: true });
  });

  it('tells that it was there before', () => {
    const { trace, step } = followed();
    trace.duplicate();
    expect(step()['error']).toBe('msgid is duplicate');
  });

  it.each<[ApiError, object, string]>([
    [apiError('streamSealed'), {}, 'invalid operation on sealed stream (10109)'],
    [apiError('streamMessageExceedsMaximum'), {}, 'maximum payload exceeded'],
    [apiError('streamHeaderExceedsMaximum'), {}, 'maximum payload exceeded'],
    [apiError('streamNotMatch'), {}, 'expected stream does not match'],
    [apiError('messageTTLDisabled'), {}, 'message TTL disabled'],
    [apiError('streamStoreFailed', { err: 'maximum messages exceeded' }), {}, 'maximum messages exceeded'],
    [apiError('streamRollupFailed', { err: 'rollup not permitted' }), {}, 'rollup not permitted'],
    [apiError('streamWrongLastMsgID', { id: 'm' }), { expectedLastMessageId: 'X' }, 'last msgid mismatch: "X" vs "m"'],
    [apiError('streamWrongLastSequence', { seq: 3 }), { expectedLastSequence: '9' }, 'last sequence mismatch: 9 vs 3'],
    [
      apiError('streamWrongLastSequence', { seq: 3 }),
      { expectedLastSubjectSequence: '9' },
      'last sequence by subject mismatch: 9 vs 3',
    ],
  ])('tells of %o in the words of the server', (error, headers, told) => {
    const { trace, step } = followed();
    trace.refuse(error, headers, 'm');
    expect(step()['error']).toBe(told);
  });
});

describe('the headers of a message that was followed', () => {
  it('say where it stood that it is followed no more', () => {
    const block = 'NATS/1.0\r\nNats-Trace-Dest: t\r\nNats-Msg-Id: 1\r\n\r\n';
    expect(withoutTrace(block)).toBe('NATS/1.0\r\nNats-Trace-Dest: trace disabled\r\nNats-Msg-Id: 1\r\n\r\n');
  });

  it('say so also where they asked for it in another way', () => {
    const block = 'NATS/1.0\r\ntraceparent: 00-1-1-01\r\n\r\n';
    expect(withoutTrace(block)).toBe('NATS/1.0\r\ntraceparent: 00-1-1-01\r\nNats-Trace-Dest: trace disabled\r\n\r\n');
  });
});
