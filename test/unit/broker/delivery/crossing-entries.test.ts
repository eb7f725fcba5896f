import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Account } from '../../../../broker/account/account.ts';
import { Accounts } from '../../../../broker/account/accounts.ts';
import type { Sink } from '../../../../broker/account/sink.ts';
import { Subscription } from '../../../../broker/account/subscription.ts';
import { Arena } from '../../../../broker/base/arena.ts';
import { BlockAllocator } from '../../../../broker/base/block-allocator.ts';
import { localSubject, type MatchCache } from '../../../../broker/delivery/match-cache.ts';
import { MatchCaches } from '../../../../broker/delivery/match-caches.ts';
import type { Entry, Target } from '../../../../broker/delivery/match-table.ts';
import type { AccountOptions } from '../../../../broker/options/accounts.ts';
import { subjectMatches } from '../../../../broker/subject/index.ts';
import { SubjectTransform } from '../../../../broker/subject/transform.ts';
import { Parser } from '../../../../broker/wire/parser.ts';
import { RecordingClient } from '../wire/recording-client.ts';

const nowhere = {} as Sink;

/** What B and C import from A, in the subjects of both sides. */
const IMPORTS: Record<string, readonly { from: string; to: string; transform: SubjectTransform | undefined }[]> = {
  B: [
    { from: 's.a', to: 's.a', transform: undefined },
    { from: 's.b.*', to: 'in.s.b.*', transform: new SubjectTransform('s.b.*', 'in.s.b.$1') },
    { from: 's.c.>', to: 'c.>', transform: new SubjectTransform('s.c.>', 'c.>') },
  ],
  C: [{ from: 'p.*.*', to: 'q.*.*', transform: new SubjectTransform('p.*.*', 'q.$2.$1') }],
};

const ACCOUNTS: AccountOptions[] = [
  {
    name: 'A',
    exports: [
      { type: 'stream', subject: 's.>' },
      { type: 'stream', subject: 'p.*.*' },
    ],
    mappings: [
      { source: 'm.a', destinations: [{ subject: 's.a', weight: 100 }] },
      { source: 'm.b.*', destinations: [{ subject: 's.b.$1', weight: 100 }] },
      {
        source: 'm.c.*',
        destinations: [
          { subject: 's.c.$1', weight: 40 },
          { subject: 'p.$1.x', weight: 30 },
        ],
      },
      { source: 'm.r', destinations: [{ subject: 's.c.{{random(3)}}', weight: 100 }] },
      { source: 's.lost', destinations: [{ subject: 's.lost', weight: 50 }] },
    ],
  },
  {
    name: 'B',
    imports: [
      { type: 'stream', account: 'A', subject: 's.a' },
      { type: 'stream', account: 'A', subject: 's.b.*', prefix: 'in' },
      { type: 'stream', account: 'A', subject: 's.c.>', to: 'c.>' },
    ],
  },
  { name: 'C', imports: [{ type: 'stream', account: 'A', subject: 'p.*.*', to: 'q.$2.$1' }] },
];

/** What may become of a subject that a client publishes in A. */
function mappedSubjects(subject: string): string[] {
  const last = subject.split('.')[2];
  if (subject === 'm.a') return ['s.a'];
  if (/^m\.b\.[^.]+$/.test(subject)) return [`s.b.${last}`];
  if (/^m\.c\.[^.]+$/.test(subject)) return [`s.c.${last}`, `p.${last}.x`, subject];
  if (subject === 'm.r') return ['s.c.0', 's.c.1', 's.c.2'];
  if (subject === 's.lost') return ['s.lost', ''];
  return [subject];
}

class World {
  readonly accounts = new Accounts({ accounts: ACCOUNTS });
  readonly arena: Arena;
  readonly caches: MatchCaches;
  readonly subscriptions: { account: string; subscription: Subscription }[] = [];
  /** Blocks that are taken. */
  readonly taken = new Set<number>();
  readonly #parser: Parser;
  readonly #read: number;

  constructor(blockBytes = 1 << 20) {
    this.arena = new Arena(blockBytes + (1 << 17));
    this.#read = this.arena.carve(1 << 15);
    this.#parser = new Parser(this.arena.bytes, this.arena.carve(1 << 15), 99);
    const blocks = new BlockAllocator(this.arena.carve(blockBytes), blockBytes);
    const { taken } = this;
    const watched = Object.assign(Object.create(blocks) as BlockAllocator, {
      allocate: (bytes: number) => {
        const block = blocks.allocate(bytes);
        if (block !== 0) taken.add(block);
        return block;
      },
      free: (block: number, bytes: number) => {
        expect(taken.delete(block), 'freed twice').toBe(true);
        blocks.free(block, bytes);
      },
      reset: () => {
        taken.clear();
        blocks.reset();
      },
    });
    this.caches = new MatchCaches({ arena: this.arena, blocks: watched }, this.#parser);
  }

  account(name: string): Account {
    return this.accounts.get(name) as Account;
  }

  subscribe(account: string, subject: string, sid: string, queue?: string): void {
    const subscription = new Subscription(nowhere, subject, queue, sid, () => {});
    this.subscriptions.push({ account, subscription });
    this.account(account).subscribe(subscription);
  }

  unsubscribe(index: number): void {
    const [gone] = this.subscriptions.splice(index, 1);
    if (gone !== undefined) this.account(gone.account).unsubscribe(gone.subscription);
  }

  /** Who gets a message under which subject, and the subject that it was mapped to. */
  publish(cache: MatchCache, subject: string): { mapped: string; whom: string[] } {
    let outcome: { mapped: string; whom: string[] } | undefined;
    const client = new RecordingClient(this.arena.bytes);
    client.onPublish = (parser) => {
      let entry = cache.lookup(parser);
      if (entry.detour !== undefined) entry = cache.follow(entry, parser);
      expect(entry.plain).toBe(true);
      expect(this.arena.bytes[parser.subjectEnd]).toBe(32);
      const mapped = this.arena.latin1(parser.subjectStart, parser.subjectEnd);
      outcome = { mapped, whom: this.#whom(entry, mapped) };
    };
    const length = this.arena.buffer.write(`PUB ${subject} 0\r\n\r\n`, this.#read, 'latin1');
    this.#parser.parse(this.#read, this.#read + length, client);
    return outcome as { mapped: string; whom: string[] };
  }

  /** The same, worked out without caches, parts or relays. */
  whomPlainly(account: string, subject: string, exported = true): string[] {
    const plain: string[] = [];
    const groups = new Map<string, string[]>();
    const add = ({ queue, sid }: Subscription, received: string): void => {
      if (queue === undefined) plain.push(`${sid} ${received}`);
      else groups.set(queue, [...(groups.get(queue) ?? []), `${sid} ${received}`]);
    };
    for (const { account: home, subscription } of this.subscriptions) {
      if (home === account && subjectMatches(subscription.subject, subject)) add(subscription, subject);
      if (account !== 'A' || !exported) continue;
      for (const { from, to, transform } of IMPORTS[home] ?? []) {
        if (!subjectMatches(from, subject)) continue;
        const received = transform === undefined ? to : (transform.match(subject) as string);
        if (subjectMatches(subscription.subject, received)) add(subscription, received);
      }
    }
    return [...plain, ...Array.from(groups.values(), (group) => `(${group.toSorted().join(', ')})`)].toSorted();
  }

  #whom({ targets, groups }: Entry, subject: string): string[] {
    const plain = targets.map((target) => this.#received(target, subject));
    const inGroups = groups.map(
      (group) =>
        `(${group
          .map((target) => this.#received(target, subject))
          .toSorted()
          .join(', ')})`,
    );
    return [...plain, ...inGroups].toSorted();
  }

  #received({ subscription, headStart, headBytes, sidStart, sidBytes }: Target, subject: string): string {
    const { sid } = subscription;
    const received = localSubject(subscription, subject);
    if (headStart !== 0) {
      expect(this.arena.latin1(headStart - 1, headStart + headBytes)).toBe(`HMSG ${received} ${sid} `);
    } else {
      expect(this.arena.latin1(sidStart, sidStart + sidBytes)).toBe(`${sid} `);
    }
    return `${sid} ${received}`;
  }
}

const account = fc.constantFrom('A', 'A', 'A', 'B', 'C');
const published = fc.oneof(
  fc.constantFrom('s.a', 's.b.x', 's.c.x', 's.c.x.y', 's.c.1', 'p.x.x', 's.lost'),
  { weight: 2, arbitrary: fc.constantFrom('m.a', 'm.b.x', 'm.c.x', 'm.r') },
  fc.constantFrom('m.other', 'c.x', 'q.x.x', 'in.s.b.x'),
);
const subscribed = fc.constantFrom(
  ...['s.a', 's.b.x', 's.*.x', 's.>', 'p.x.*', 'p.*.x', '>', 'm.>', 'other', 's.lost', 's.c.*'],
  ...['in.s.b.x', 'in.>', '*.s.b.*', 'c.x', 'c.>', 'c.*', '*.x', 'q.x.x', 'q.*.x', 'q.>', '*.x.>'],
);
const operation = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('sub' as const),
      account,
      subject: subscribed,
      queue: fc.option(fc.constantFrom('q', 'r'), { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('unsub' as const), index: fc.nat(12) }) },
  { weight: 6, arbitrary: fc.record({ type: fc.constant('publish' as const), account, subject: published }) },
);

describe('entries across accounts', () => {
  it('always agree with a look at every subscription, mapping and import', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 80 }), (operations) => {
        const world = new World();
        operations.forEach((op, index) => {
          if (op.type === 'sub') return world.subscribe(op.account, op.subject, `${index}`, op.queue);
          if (op.type === 'unsub') return world.unsubscribe(op.index);
          const of = world.account(op.account);
          const { mapped, whom } = world.publish(world.caches.of(of), op.subject);
          expect(op.account === 'A' ? mappedSubjects(op.subject) : [op.subject]).toContain(mapped);
          expect(whom).toEqual(world.whomPlainly(op.account, mapped));
          // The broker's own messages are not mapped, and those of service imports are not exported.
          expect(world.publish(world.caches.inside(of), op.subject)).toEqual({
            mapped: op.subject,
            whom: world.whomPlainly(op.account, op.subject),
          });
          expect(world.publish(world.caches.relayed(of), op.subject).whom).toEqual(
            world.whomPlainly(op.account, op.subject, false),
          );
          if (index % 3 === 0) world.caches.settle();
        });
      }),
      { numRuns: 300 },
    );
  });

  it('hear of literal subscriptions behind a mapping', () => {
    const world = new World();
    const cache = world.caches.of(world.account('A'));
    for (const round of [1, 2, 3]) {
      for (let i = 0; i < 3; i++) expect(world.publish(cache, 'm.a').whom).toEqual([]);
      world.subscribe('A', 's.a', 'home');
      world.subscribe('B', 's.a', 'away');
      expect(world.publish(cache, 'm.a').whom, `round ${round}`).toEqual(['away s.a', 'home s.a']);
      world.unsubscribe(0);
      expect(world.publish(cache, 'm.a').whom).toEqual(['away s.a']);
      world.unsubscribe(0);
    }
  });

  it('give all their memory back', () => {
    const world = new World();
    for (const [index, subject] of ['>', 's.a', 'c.*', 'q.>', 'in.>'].entries()) {
      world.subscribe('ABC'[index % 3] as string, subject, `${index}`, index === 3 ? 'q' : undefined);
    }
    for (let round = 0; round < 40; round++) {
      for (const subject of ['m.a', 'm.b.x', 'm.c.x', 'm.r', 's.lost', 's.c.x', `m.c.${round}`, `p.${round}.x`]) {
        world.publish(world.caches.of(world.account('A')), subject);
      }
      if (round % 5 === 0) world.subscribe('B', 's.a', `more ${round}`);
      if (round % 7 === 0) world.subscribe('B', 'c.>', `more ${round}`);
      world.caches.settle();
    }
    expect(world.taken.size).toBeGreaterThan(5);
    world.caches.forgetAccount(world.account('A'));
    world.caches.settle();
    expect(world.taken.size).toBe(0);
  });

  it('are right when the memory is used up amid them', () => {
    const world = new World(1 << 10);
    for (let i = 0; i < 6; i++) world.subscribe('ABC'[i % 3] as string, i % 2 ? '>' : 'c.>', `${i}`);
    const cache = world.caches.of(world.account('A'));
    for (let i = 0; i < 200; i++) {
      const subject = ['m.a', 'm.b.x', 'm.c.x', 'm.r', `s.c.${i % 7}`][i % 5] as string;
      const { mapped, whom } = world.publish(cache, subject);
      expect(whom).toEqual(world.whomPlainly('A', mapped));
      if (i % 2) world.caches.settle();
    }
  });

  it('share one for subjects that come once, whatever they are called here', () => {
    const world = new World();
    world.subscribe('B', 'in.>', '1');
    world.subscribe('C', 'q.x.*', '2');
    const cache = world.caches.of(world.account('A'));
    for (let i = 0; i < 200; i++) {
      expect(world.publish(cache, `s.b.${i}`).whom).toEqual([`1 in.s.b.${i}`]);
      expect(world.publish(cache, `p.${i}.x`).whom).toEqual([`2 q.x.${i}`]);
      world.caches.settle();
    }
    expect(cache.counts).toEqual({ subjects: 0, prefixes: 1 });
  });
});
