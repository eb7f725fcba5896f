import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Account } from '../../../../broker/account/account.ts';
import { Accounts, type AccountsRules } from '../../../../broker/account/accounts.ts';
import type { Relay } from '../../../../broker/account/crossing.ts';
import type { LinkProblem } from '../../../../broker/account/links.ts';
import type { Sink } from '../../../../broker/account/sink.ts';
import { Subscription } from '../../../../broker/account/subscription.ts';
import type { AccountOptions } from '../../../../broker/options/accounts.ts';

const nowhere = {} as Sink;

function subscribe(account: Account, subject: string, queue?: string): Subscription {
  const subscription = new Subscription(nowhere, subject, queue, '7', () => {});
  account.subscribe(subscription);
  return subscription;
}

/** Who is interested in a subject: sids, with the subjects that they are subscribed to there, and relays. */
function interested(account: Account, subject: string): string[] {
  const found: Subscription[] = [];
  account.interest.match(subject, found);
  return found
    .map((one) => (one.relay === undefined ? `${one.sid} ${one.subject}` : `to ${there(one.relay)}`))
    .toSorted();
}

function there(relay: Relay): string {
  return relay.subjectThere('x');
}

const exporter: AccountOptions = {
  name: 'A',
  exports: [
    { type: 'stream', subject: 's.>' },
    { type: 'service', subject: 'help' },
  ],
};
const importer: AccountOptions = {
  name: 'B',
  imports: [
    { type: 'stream', account: 'A', subject: 's.>', prefix: 'from' },
    { type: 'service', account: 'A', subject: 'help', to: 'please' },
  ],
};

function registry(accounts: AccountOptions[], rules: AccountsRules = {}) {
  const all = new Accounts({ accounts }, rules);
  return { all, of: (name: string) => all.get(name) as Account };
}

afterEach(() => vi.useRealTimers());

describe('accounts of a configuration', () => {
  it('are joined by their imports', () => {
    const { of } = registry([importer, exporter]);
    subscribe(of('B'), 'from.s.x');
    subscribe(of('B'), 'from.>', 'q');
    subscribe(of('B'), 'other');
    expect(interested(of('A'), 's.x')).toEqual(['7 s.>', '7 s.x']);
    expect(interested(of('B'), 'please')).toEqual(['to help']);
    expect(of('A').importedParts).toBe(2);
  });

  it('let go of what was imported together with the subscription', () => {
    const { of } = registry([importer, exporter]);
    const subscription = subscribe(of('B'), 'from.s.x');
    of('B').unsubscribe(subscription);
    expect(interested(of('A'), 's.x')).toEqual([]);
    expect(of('A').importedParts).toBe(0);
    expect(of('A').interest.count).toBe(0);
  });

  it('come in anew with other options, subscriptions and all', () => {
    const { all, of } = registry([importer, exporter]);
    const [before, kept] = [of('A'), of('B')];
    subscribe(kept, 'from.s.x');
    subscribe(kept, 'mine.x');
    all.apply({
      accounts: [exporter, { name: 'B', imports: [{ type: 'stream', account: 'A', subject: 's.*', to: 'mine.$1' }] }],
    });
    expect(of('A')).toBe(before);
    expect(of('B')).toBe(kept);
    expect(interested(of('A'), 's.x')).toEqual(['7 s.x']);
    expect(interested(of('A'), 's.s.x')).toEqual([]);
    expect(interested(kept, 'please')).toEqual([]);
    all.apply({ accounts: [exporter, { name: 'B' }] });
    expect(interested(of('A'), 's.x')).toEqual([]);
    expect(before.importedParts).toBe(0);
  });

  it('go, and are imported from no more', () => {
    const { all, of } = registry([importer, exporter]);
    const gone = of('A');
    subscribe(of('B'), 'from.s.x');
    all.apply({ accounts: [{ name: 'B' }] });
    expect(all.get('A')).toBeUndefined();
    expect(gone.interest.count).toBe(0);
  });

  it.each<[string, AccountOptions[], string]>([
    [
      'an import of nothing',
      [importer],
      '"A" account not defined for stream import\n"A" account not defined for service import',
    ],
    [
      'a mapping that is none',
      [{ name: 'A', mappings: [{ source: 'a', destinations: [{ subject: 'b.$1', weight: 100 }] }] }],
      'Error adding mapping for "a" : invalid mapping destination: wildcard index out of range in $1',
    ],
  ])('are refused as a whole for %s', (_name, accounts, message) => {
    expect(() => registry(accounts)).toThrow(message);
    const { all, of } = registry([importer, exporter]);
    expect(() => all.apply({ accounts })).toThrow(message);
    expect(of('B').options).toBe(importer);
  });

  it('map what clients publish: those of all for $G', () => {
    const mapping = (subject: string) => ({ source: 'a', destinations: [{ subject, weight: 100 }] });
    const all = new Accounts({ accounts: [{ name: 'A', mappings: [mapping('b')] }], mappings: [mapping('ü')] });
    expect(all.get('A')?.mappings.find('a')?.choices[0]?.transform.destination).toBe('b');
    expect(all.global.mappings.find('a')?.choices[0]?.transform.destination).toBe('Ã¼');
  });

  it('have the subjects of imports as bytes', () => {
    const { of } = registry([
      { name: 'A', exports: [{ type: 'stream', subject: 'ü' }] },
      { name: 'B', imports: [{ type: 'stream', account: 'A', subject: 'ü' }] },
    ]);
    subscribe(of('B'), 'Ã¼');
    expect(interested(of('A'), 'Ã¼')).toEqual(['7 Ã¼']);
  });
});

describe('accounts that come one by one', () => {
  it('have what they import once it is there', () => {
    const problems: LinkProblem[] = [];
    const { all, of } = registry([], { onProblem: (problem) => problems.push(problem) });
    all.put(importer);
    subscribe(of('B'), 'from.s.x');
    expect(of('B').incomplete).toBe(true);
    expect(problems.map(({ account }) => account)).toEqual(['B', 'B']);
    all.put(exporter);
    expect(of('B').incomplete).toBe(false);
    expect(interested(of('A'), 's.x')).toEqual(['7 s.x']);
    all.put({ name: 'A' });
    expect(of('B').incomplete).toBe(true);
    expect(interested(of('A'), 's.x')).toEqual([]);
    all.put(exporter);
    expect(interested(of('A'), 's.x')).toEqual(['7 s.x']);
    expect(all.delete('A')).toBe(true);
    expect(of('B').incomplete).toBe(true);
    expect(interested(of('B'), 'please')).toEqual([]);
    expect(all.delete('A')).toBe(false);
    expect(all.delete('$G')).toBe(false);
  });

  it('lose an import when its token runs out', () => {
    vi.useFakeTimers({ now: 1_000_000 });
    const { all, of } = registry([], {
      activation: () => ({ valid: Date.now() < 1_060_000, expiresAt: 1_060_000 }),
    });
    all.put({ name: 'A', exports: [{ type: 'service', subject: 'help', tokenRequired: true }] });
    all.put({ name: 'B', imports: [{ type: 'service', account: 'A', subject: 'help', token: 't' }] });
    vi.advanceTimersByTime(59_000);
    expect(interested(of('B'), 'help')).toEqual(['to help']);
    vi.advanceTimersByTime(1_000);
    expect(interested(of('B'), 'help')).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('find what the system account has for everybody', () => {
    const severe: string[] = [];
    const { all, of } = registry([], {
      systemExports: [{ type: 'service', subject: '$SYS.REQ.USER.*.INFO' }],
      systemImports: (account, system) => [
        { type: 'service', account: system, subject: `$SYS.REQ.USER.${account}.INFO`, to: 'info' },
      ],
      onProblem: ({ message }, isSevere) => void (isSevere && severe.push(message)),
    });
    all.put({ name: 'B' });
    expect(interested(of('B'), 'info')).toEqual(['to $SYS.REQ.USER.B.INFO']);
    expect(interested(of('$G'), 'info')).toEqual(['to $SYS.REQ.USER.$G.INFO']);
    all.put({ name: 'B' });
    expect(interested(of('B'), 'info')).toEqual(['to $SYS.REQ.USER.B.INFO']);
    all.put({ name: 'no subject' });
    expect(severe).toEqual([
      'Error setting up system service import info -> $SYS.REQ.USER.no subject.INFO for account: sublist: invalid subject',
    ]);
    const without = new Accounts({ noSystemAccount: true }, { systemImports: () => [] });
    expect(without.system).toBeUndefined();
    expect(without.list()).toHaveLength(1);
  });

  it('tell who came, changed and went', () => {
    const heard: string[] = [];
    const { all } = registry([exporter]);
    all.onChanged = (account, change) => heard.push(`${account.name} ${change}`);
    all.put({ name: 'C' });
    all.put({ name: 'C' });
    all.delete('C');
    all.apply({ accounts: [importer, exporter] });
    expect(heard).toEqual(['C added', 'C changed', 'C removed', 'B added', 'A changed', '$G changed', '$SYS changed']);
  });
});
