import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Account } from '../../../../broker/account/account.ts';
import type { Sink } from '../../../../broker/account/sink.ts';
import { Subscription } from '../../../../broker/account/subscription.ts';
import { Arena } from '../../../../broker/base/arena.ts';
import { BlockAllocator } from '../../../../broker/base/block-allocator.ts';
import type { MatchCache } from '../../../../broker/delivery/match-cache.ts';
import { MatchCaches } from '../../../../broker/delivery/match-caches.ts';
import type { Entry } from '../../../../broker/delivery/match-table.ts';
import { Parser } from '../../../../broker/wire/parser.ts';
import { subjectMatches } from '../../../../broker/subject/index.ts';
import { RecordingClient } from '../wire/recording-client.ts';

const nowhere = {} as Sink;

class Bench {
  readonly arena: Arena;
  readonly account = new Account('$G');
  readonly parser: Parser;
  readonly caches: MatchCaches;
  readonly cache: MatchCache;
  readonly #read: number;
  readonly subscriptions: Subscription[] = [];
  timesFull = 0;

  constructor(blockBytes = 1 << 20) {
    this.arena = new Arena(blockBytes + (1 << 17));
    this.#read = this.arena.carve(1 << 15);
    this.parser = new Parser(this.arena.bytes, this.arena.carve(1 << 15), 99);
    const blocks = new BlockAllocator(this.arena.carve(blockBytes), blockBytes);
    const reset = blocks.reset.bind(blocks);
    blocks.reset = () => {
      this.timesFull++;
      reset();
    };
    this.caches = new MatchCaches({ arena: this.arena, blocks }, this.parser);
    this.cache = this.caches.of(this.account);
  }

  subscribe(subject: string, sid: string, queue?: string): Subscription {
    const subscription = new Subscription(nowhere, subject, queue, sid, () => {});
    this.subscriptions.push(subscription);
    this.account.subscribe(subscription);
    return subscription;
  }

  unsubscribe(subscription: Subscription): void {
    this.subscriptions.splice(this.subscriptions.indexOf(subscription), 1);
    this.account.unsubscribe(subscription);
  }

  lookup(subject: string): Entry {
    let entry: Entry | undefined;
    const client = new RecordingClient(this.arena.bytes);
    client.onPublish = (parser) => (entry = this.cache.lookup(parser));
    const length = this.arena.buffer.write(`PUB ${subject} 0\r\n\r\n`, this.#read, 'latin1');
    this.parser.parse(this.#read, this.#read + length, client);
    return entry as Entry;
  }

  /** Sids that a message goes to: plain ones, and each group in brackets. */
  whom(entry: Entry): string[] {
    const plain = entry.targets.map(({ subscription }) => subscription.sid);
    const groups = entry.groups.map(
      (group) =>
        `(${group
          .map(({ subscription }) => subscription.sid)
          .sort()
          .join(' ')})`,
    );
    return [...plain, ...groups].sort();
  }

  /** The same, worked out without any cache. */
  whomPlainly(subject: string): string[] {
    const plain: string[] = [];
    const groups = new Map<string, string[]>();
    for (const { subject: pattern, queue, sid } of this.subscriptions) {
      if (!subjectMatches(pattern, subject)) continue;
      if (queue === undefined) plain.push(sid);
      else groups.set(queue, [...(groups.get(queue) ?? []), sid]);
    }
    return [...plain, ...Array.from(groups.values(), (sids) => `(${sids.sort().join(' ')})`)].sort();
  }

  heads(entry: Entry): string[] {
    return [...entry.targets, ...entry.groups.flat()].map(({ headStart, headBytes, sidStart, sidBytes }) =>
      headStart === 0
        ? `sid ${this.arena.latin1(sidStart, sidStart + sidBytes)}`
        : this.arena.latin1(headStart - 1, headStart + headBytes),
    );
  }
}

const token = fc.constantFrom('a', 'b', 'c');
const subject = fc.array(token, { minLength: 1, maxLength: 3 }).map((tokens) => tokens.join('.'));
const pattern = fc
  .array(fc.oneof({ weight: 3, arbitrary: token }, fc.constant('*')), { minLength: 1, maxLength: 3 })
  .chain((tokens) => fc.constantFrom(tokens.join('.'), [...tokens.slice(1), '>'].join('.')));
const operation = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('sub' as const),
      subject: fc.oneof(subject, pattern),
      queue: fc.option(fc.constantFrom('q', 'r'), { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('unsub' as const), index: fc.nat(10) }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('publish' as const), subject }) },
);

describe('match cache', () => {
  it('always agrees with a look at every subscription', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 80 }), (operations) => {
        const bench = new Bench();
        operations.forEach((op, index) => {
          if (op.type === 'sub') bench.subscribe(op.subject, `${index}`, op.queue);
          else if (op.type === 'publish')
            expect(bench.whom(bench.lookup(op.subject))).toEqual(bench.whomPlainly(op.subject));
          else {
            const subscription = bench.subscriptions[op.index];
            if (subscription) bench.unsubscribe(subscription);
          }
          if (index % 3 === 0) bench.caches.settle();
        });
      }),
      { numRuns: 300 },
    );
  });

  it('goes on being right when its memory is used up again and again', () => {
    const bench = new Bench(1 << 11);
    for (let i = 0; i < 40; i++)
      bench.subscribe(i % 2 ? `s.${i}.*` : `s.${i}.x`, `${i}`, i % 5 === 0 ? 'q' : undefined);
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 40; i++) {
        const given = `s.${i}.x`;
        const entry = bench.lookup(given);
        expect(bench.whom(entry)).toEqual(bench.whomPlainly(given));
        for (const head of bench.heads(entry)) expect(head).toMatch(/^(HMSG s\.\d+\.x \d+ |sid \d+ )$/);
        bench.caches.settle();
      }
    }
    expect(bench.timesFull).toBeGreaterThan(0);
  });

  it('merges queue groups by name over everything that matches', () => {
    const bench = new Bench();
    bench.subscribe('foo.*', '1', 'q');
    bench.subscribe('foo.bar', '2', 'q');
    bench.subscribe('>', '3', 'r');
    bench.subscribe('foo.bar', '4');
    expect(bench.whom(bench.lookup('foo.bar'))).toEqual(['(1 2)', '(3)', '4']);
  });

  it('has the beginning of each message ready', () => {
    const bench = new Bench();
    bench.subscribe('foo', '17');
    bench.lookup('foo');
    expect(bench.heads(bench.lookup('foo'))).toEqual(['HMSG foo 17 ']);
  });

  it('keeps no entry for subjects that come once', () => {
    const bench = new Bench();
    bench.subscribe('_INBOX.x.*', '1');
    bench.subscribe('other.literal', '2');
    for (let i = 0; i < 1000; i++) {
      expect(bench.whom(bench.lookup(`_INBOX.x.${i}`))).toEqual(['1']);
      bench.caches.settle();
    }
    expect(bench.cache.counts).toEqual({ subjects: 0, prefixes: 1 });
    expect(bench.heads(bench.lookup('_INBOX.x.new'))).toEqual(['sid 1 ']);
    bench.lookup('_INBOX.x.new');
    expect(bench.cache.counts.subjects).toBe(1);
    // A literal beside them makes the shared answer wrong.
    bench.subscribe('_INBOX.x.7000', '3');
    expect(bench.whom(bench.lookup('_INBOX.x.7000'))).toEqual(['1', '3']);
    expect(bench.whom(bench.lookup('_INBOX.x.7001'))).toEqual(['1']);
  });

  it.each([
    ['$GR.a', 'reserved'],
    ['_GR_.a.b', 'reserved'],
    ['$NRG.x', 'reserved'],
    ['$GR', 'allowed'],
    ['$SYS.x', 'allowed'],
    ['foo', 'allowed'],
  ])('publishing to %s is %s', (given, verdict) => {
    const bench = new Bench();
    expect(bench.lookup(given).verdict).toBe(verdict);
    expect(bench.lookup(given).verdict).toBe(verdict);
  });

  it('gives nobody a subject with an empty token', () => {
    const bench = new Bench();
    bench.subscribe('a.*', '1');
    bench.subscribe('>', '2');
    bench.lookup('a.b');
    for (const given of ['a.', 'a..b', '.a', '.']) expect(bench.whom(bench.lookup(given))).toEqual([]);
  });
});
