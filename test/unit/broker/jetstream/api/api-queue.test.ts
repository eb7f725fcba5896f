import { describe, expect, it } from 'vitest';
import type { Api, ApiRequest } from '../../../../../broker/jetstream/api/api.ts';
import { ApiQueue } from '../../../../../broker/jetstream/api/api-queue.ts';

function queue(limits = { requests: 3, infos: 2 }): {
  queue: ApiQueue;
  ask: (subject: string) => void;
  answered: string[];
  dropped: number[];
  woken: () => number;
} {
  const answered: string[] = [];
  const dropped: number[] = [];
  let woken = 0;
  const made = new ApiQueue(
    () => limits,
    () => woken++,
    (requests) => dropped.push(requests),
  );
  const api = { answer: ({ subject }: ApiRequest) => answered.push(subject) } as unknown as Api;
  const ask = (subject: string): void => {
    made.add(api, { subject, tokens: subject.split('.'), reply: '', headers: '', body: '', source: undefined });
  };
  return { queue: made, ask, answered, dropped, woken: () => woken };
}

describe('requests that wait', () => {
  it('are answered in their order at the end of the turn, which is asked for once', () => {
    const { queue: waiting, ask, answered, woken } = queue();
    ask('STREAM.CREATE.S');
    ask('STREAM.INFO.S');
    expect([waiting.length, woken(), answered]).toEqual([2, 1, []]);
    waiting.answer();
    expect([waiting.length, answered]).toEqual([0, ['STREAM.CREATE.S', 'STREAM.INFO.S']]);
    ask('INFO');
    expect(woken()).toBe(2);
  });

  it('are dropped together when there are too many of their kind', () => {
    const { queue: waiting, ask, answered, dropped } = queue();
    for (const subject of ['STREAM.CREATE.A', 'STREAM.INFO.A', 'STREAM.CREATE.B', 'STREAM.CREATE.C']) ask(subject);
    expect(dropped).toEqual([3]);
    waiting.answer();
    expect(answered).toEqual(['STREAM.INFO.A']);
  });

  it('that only look have a limit of their own', () => {
    const { queue: waiting, ask, answered, dropped } = queue();
    for (const subject of ['INFO', 'STREAM.DELETE.A', 'CONSUMER.LIST.A', 'STREAM.NAMES']) ask(subject);
    expect(dropped).toEqual([2]);
    waiting.answer();
    expect(answered).toEqual(['STREAM.DELETE.A', 'STREAM.NAMES']);
  });
});
