import { describe, expect, test } from 'vitest';
import { readFastReply } from '../../../../../../broker/jetstream/stream/batch/fast-reply.ts';
import { IntakeDouble } from '../intake-double.ts';

describe('readFastReply', () => {
  test('what stands in the reply', () => {
    expect(readFastReply('_INBOX.a.id.200.fail.7.2.$FI')).toEqual({
      id: 'id',
      sequence: 7,
      flow: 200,
      gapOk: false,
      ping: false,
      commit: true,
      atEnd: false,
    });
    expect(readFastReply('i.id.0.ok.7.4.$FI')).toMatchObject({ flow: 10, gapOk: true, ping: true });
    expect(readFastReply('i.id.99999.ok.7.3.$FI')).toMatchObject({ flow: 65_535, commit: true, atEnd: true });
    expect(readFastReply('_INBOX.abc')).toBeUndefined();
    expect(readFastReply('.$FI')).toBeUndefined();
  });

  test.each([
    'id.1.ok.1.0.$FI',
    'i.id.1.ok.0.0.$FI',
    'i.id.1.ok.2.0.$FI',
    'i.id.1.ok.1.1.$FI',
    'i.id.1.ok.1.3.$FI',
    'i.id.1.ok.1.5.$FI',
    'i.id.1.ok.1.x.$FI',
    'i.id.1.no.1.0.$FI',
    'i.id.1.ok.18446744073709551615.1.$FI',
  ])('%s makes no sense', (reply) => {
    expect(readFastReply(reply)).toBe('invalid');
  });
});

describe('FastBatches', () => {
  const reply = (place: string): string => `i.${place}.$FI`;

  test('flow grows while a publisher is alone again', () => {
    const stream = new IntakeDouble({ allow_batched: true });
    stream.publish('s.a', 'x', [], reply('a.8.ok.1.0'));
    stream.publish('s.a', 'x', [], reply('b.8.ok.1.0'));
    expect(stream.told.at(-2)).toBe('i.b.8.ok.1.0.$FI {"type":"ack","seq":0,"msgs":1}');
    expect(stream.told.at(-1)).toBe('i.b.8.ok.1.0.$FI {"type":"ack","seq":1,"msgs":2}');
    for (let at = 2; at <= 15; at++) stream.publish('s.a', 'x', [], reply(`b.8.ok.${at}.1`));
    expect(stream.told.slice(-3).map((text) => text.replace(/^\S+ /, ''))).toEqual([
      '{"type":"ack","seq":3,"msgs":4}',
      '{"type":"ack","seq":7,"msgs":8}',
      '{"type":"ack","seq":15,"msgs":8}',
    ]);
  });

  test('a batch to which nothing comes is forgotten', () => {
    const stream = new IntakeDouble({ allow_batched: true });
    stream.publish('s.a', 'x', [], reply('a.1.fail.1.0'));
    stream.advance(10_000);
    stream.publish('s.a', 'x', [], reply('a.1.fail.2.1'));
    expect(stream.told.at(-1)).toContain('"err_code":10208');
    expect(stream.host.jetStream.inflight.fast).toBe(0);
    expect(stream.log.state.messages).toBe(1);
  });

  test('a message that is not stored ends a batch without gaps, and the others are acknowledged', () => {
    const stream = new IntakeDouble({ allow_batched: true });
    stream.publish('s.a', 'x', [], reply('a.9.fail.1.0'));
    stream.fullAt = 2;
    stream.publish('s.a', 'y', [], reply('a.9.fail.2.1'));
    const [refused = '', ended = ''] = stream.told.slice(-2);
    expect(refused).toContain('{"type":"err","seq":2,"error":{"code":503,"err_code":10077');
    expect(ended).toBe('i.a.9.fail.2.1.$FI {"stream":"S","seq":1,"batch":"a","count":1}');
  });
});
