import { describe, expect, it } from 'vitest';
import { AccountLinkTable, checkLinks } from '../../../../broker/account/links.ts';
import type { AccountOptions, ExportOptions, ImportOptions } from '../../../../broker/options/accounts.ts';

const stream = (subject: string, more: Partial<ExportOptions> = {}): ExportOptions => ({
  type: 'stream',
  subject,
  ...more,
});
const service = (subject: string, more: Partial<ExportOptions> = {}): ExportOptions => ({
  type: 'service',
  subject,
  ...more,
});
const fromStream = (account: string, subject: string, more: Partial<ImportOptions> = {}): ImportOptions => ({
  type: 'stream',
  account,
  subject,
  ...more,
});
const fromService = (account: string, subject: string, more: Partial<ImportOptions> = {}): ImportOptions => ({
  type: 'service',
  account,
  subject,
  ...more,
});

function account(name: string, exports: ExportOptions[] = [], imports: ImportOptions[] = []): AccountOptions {
  return { name, exports, imports };
}

const problems = (...accounts: AccountOptions[]): string[] => checkLinks(accounts, { events: true });

describe('what a configuration may say', () => {
  it('takes what fits together', () => {
    const exporter = account('A', [
      stream('a.>'),
      stream('p.*', { accounts: ['B'] }),
      service('s', { latency: { subject: 'lat', sampling: 'headers' } }),
      service('t.*.x', { accountTokenPosition: 2, responseType: 'stream' }),
    ]);
    const importer = account(
      'B',
      [],
      [
        fromStream('A', 'a.b', { prefix: 'from.a' }),
        fromStream('A', 'a.*.c', { to: 'x.$1' }),
        fromStream('A', 'p.1'),
        fromService('A', 's', { to: 'my.s' }),
        fromService('A', 't.B.x'),
      ],
    );
    expect(problems(importer, exporter)).toEqual([]);
  });

  it.each<[string, AccountOptions[], string]>([
    [
      'an account that is not there',
      [account('B', [], [fromStream('A', 'a')])],
      '"A" account not defined for stream import',
    ],
    [
      'the same of a service',
      [account('B', [], [fromService('A', 'a')])],
      '"A" account not defined for service import',
    ],
    [
      'an export for nobody',
      [account('A', [stream('a', { accounts: ['X'] })])],
      '"X" account not defined for stream export',
    ],
    [
      'what is not exported',
      [account('A', [stream('a.b')]), account('B', [], [fromStream('A', 'a.*')])],
      'Error adding stream import "a.*": stream import not authorized',
    ],
    [
      'a stream where a service is exported',
      [account('A', [service('a')]), account('B', [], [fromStream('A', 'a')])],
      'Error adding stream import "a": stream import not authorized',
    ],
    [
      'what is exported to others',
      [account('A', [service('a', { accounts: ['C'] })]), account('B', [], [fromService('A', 'a')]), account('C')],
      'Error adding service import "a": service import not authorized',
    ],
    [
      'the name of another account',
      [account('A', [service('a.*', { accountTokenPosition: 2 })]), account('B', [], [fromService('A', 'a.C')])],
      'Error adding service import "a.C": service import not authorized',
    ],
    [
      'all names of accounts',
      [account('A', [stream('a.*', { accountTokenPosition: 2 })]), account('B', [], [fromStream('A', 'a.*')])],
      'Error adding stream import "a.*": stream import not authorized',
    ],
    [
      'a token of the account that is none',
      [account('A', [stream('a.b', { accountTokenPosition: 2 })])],
      'Error adding stream export "a.b": sublist: invalid subject',
    ],
    [
      'a prefix with wildcards',
      [account('A', [stream('a')]), account('B', [], [fromStream('A', 'a', { prefix: 'p.*' })])],
      'Error adding stream import "a": stream import prefix can not contain wildcard tokens',
    ],
    [
      'a subject that is lost',
      [account('A', [stream('a.*.*')]), account('B', [], [fromStream('A', 'a.*.*', { to: 'b.$1' })])],
      'Error adding stream import "a.*.*": failed to create mapping transform for stream import subject from "a.*.*" to "b.$1": ' +
        'invalid mapping destination: not using all of the token wildcard(s) in b.$1',
    ],
    [
      'a function',
      [account('A', [stream('a.*')]), account('B', [], [fromStream('A', 'a.*', { to: 'b.{{left(1,2)}}' })])],
      'Error adding stream import "a.*": failed to create mapping transform for stream import subject from "a.*" to "b.{{left(1,2)}}": ' +
        'invalid mapping destination: the only mapping function allowed for import transforms is {{Wildcard()}} in {{left(1,2)}}',
    ],
    [
      'the same stream twice',
      [account('A', [stream('a')]), account('B', [], [fromStream('A', 'a'), fromStream('A', 'a', { to: 'b' })])],
      'Error adding stream import "a": stream import already exists',
    ],
    [
      'the same service twice',
      [
        account('A', [service('a'), service('b')]),
        account('B', [], [fromService('A', 'a', { to: 'x' }), fromService('A', 'b', { to: 'x' })]),
      ],
      'Error adding service import "b": duplicate service import subject "x", previously used in import for account "A", subject "a"',
    ],
    [
      'an invalid subject',
      [account('A', [service('a')]), account('B', [], [fromService('A', 'a', { to: 'x..y' })])],
      'Error adding service import "a": sublist: invalid subject',
    ],
    [
      'a circle of streams',
      [account('A', [stream('a')], [fromStream('B', 'a')]), account('B', [stream('a')], [fromStream('A', 'a')])],
      'Error adding stream import "a": import forms a cycle',
    ],
    [
      'a circle of services',
      [account('A', [service('a')], [fromService('B', 'a')]), account('B', [service('a')], [fromService('A', 'a')])],
      'Error adding service import "a": import forms a cycle',
    ],
    [
      'a circle of three',
      [
        account('A', [service('a')], [fromService('B', 'b', { to: 'a' })]),
        account('B', [service('b')], [fromService('C', 'c', { to: 'b' })]),
        account('C', [service('c')], [fromService('A', 'c')]),
        account('D', [service('c')]),
      ],
      'Error adding service import "c": service import not authorized',
    ],
    [
      'a rate beyond all',
      [account('A', [service('a', { latency: { subject: 'l', sampling: 101 } })])],
      'Error adding service latency sampling for "a" on subject "l": bad sampling percentage, should be 1-100',
    ],
    [
      'metrics on a pattern',
      [account('A', [service('a', { latency: { subject: 'l.*', sampling: 10 } })])],
      'Error adding service latency sampling for "a" on subject "l.*": invalid publish subject',
    ],
    [
      'metrics on the service itself',
      [account('A', [service('a.*', { latency: { subject: 'a.b', sampling: 10 } })])],
      'Error adding service latency sampling for "a.*" on subject "a.b": invalid publish subject',
    ],
    [
      'metrics of streams of answers',
      [account('A', [service('a', { responseType: 'chunked', latency: { subject: 'l', sampling: 10 } })])],
      'Error adding service latency sampling for "a" on subject "l": bad service response type',
    ],
  ])('refuses %s', (_name, accounts, message) => {
    expect(problems(...accounts)).toEqual([message]);
  });

  it('has no metrics without a system account', () => {
    const accounts = [account('A', [service('a', { latency: { subject: 'l', sampling: 10 } })])];
    expect(checkLinks(accounts, { events: false })).toEqual([
      'Error adding service latency sampling for "a": system account not setup',
    ]);
  });

  it('tells everything that is wrong, exports before imports and streams before services', () => {
    const b = account('B', [service('x', { accounts: ['Q'] })], [fromService('A', 'no'), fromStream('A', 'no')]);
    expect(problems(b, account('A', [stream('y', { accounts: ['R'] })]))).toEqual([
      '"R" account not defined for stream export',
      '"Q" account not defined for service export',
      'Error adding stream import "no": stream import not authorized',
      'Error adding service import "no": service import not authorized',
    ]);
  });
});

describe('accounts that come one by one', () => {
  it('may name accounts that come later', () => {
    const table = new AccountLinkTable({ events: true });
    const importer = account('B', [], [fromStream('A', 'a')]);
    expect(table.put(importer)).toEqual([{ account: 'B', message: '"A" account not defined for stream import' }]);
    expect(table.put(account('A', [stream('a')]))).toEqual([]);
    expect(table.importersOf('A')).toEqual(['B']);
    expect(table.put(importer)).toEqual([]);
    expect(table.of('B')?.streamImports).toHaveLength(1);
    table.delete('B');
    expect(table.importersOf('A')).toEqual([]);
    expect(table.of('B')).toBeUndefined();
  });

  it('lets a token in for as long as it holds', () => {
    const held: unknown[] = [];
    const table = new AccountLinkTable({
      events: true,
      activation: (claim) => {
        held.push(claim);
        return claim.import.token === 'good' ? { valid: true, expiresAt: 5000 } : { valid: false };
      },
    });
    const revocations = { '*': 7 };
    table.put(account('A', [service('a', { tokenRequired: true, revocations })]));
    const wanted = fromService('A', 'a', { token: 'good' });
    expect(table.put(account('B', [], [wanted]))).toEqual([]);
    expect(held).toEqual([{ exporter: 'A', importer: 'B', import: wanted, revocations }]);
    expect(table.of('B')?.activationsEndAt).toBe(5000);
    expect(table.put(account('B', [], [fromService('A', 'a', { token: 'bad' })]))[0]?.message).toMatch(
      /not authorized/,
    );
    expect(
      new AccountLinkTable({ events: true }).configure([
        account('A', [service('a', { tokenRequired: true })]),
        account('B', [], [wanted]),
      ]),
    ).toHaveLength(1);
  });

  it('gets what every account has, unless it has its own', () => {
    const table = new AccountLinkTable({ events: true });
    table.put(account('$SYS', [service('info.*')]));
    table.put(account('B'));
    const given = fromService('$SYS', 'info.B', { to: 'info', share: true });
    table.addInternalImport('B', given);
    table.addInternalImport('B', given);
    expect(table.of('B')?.serviceImports.map(({ from, to, share }) => ({ from, to, share }))).toEqual([
      { from: 'info', to: 'info.B', share: true },
    ]);
    expect(table.of('B')?.serviceImports[0]?.export?.subject).toBe('info.*');
  });
});

describe('subjects of imports', () => {
  const imported = (wanted: ImportOptions) => {
    const table = new AccountLinkTable({ events: true });
    table.configure([account('A', [stream('>'), service('>')]), account('B', [], [wanted])]);
    const links = table.of('B');
    return { stream: links?.streamImports[0], service: links?.serviceImports[0] };
  };

  it.each<[Partial<ImportOptions> & { subject: string }, string, string | undefined]>([
    [{ subject: 'a' }, 'a', 'a'],
    [{ subject: 'a' }, 'b', undefined],
    [{ subject: 'a', to: 'b' }, 'b', 'a'],
    [{ subject: 'a', to: 'b' }, 'a', undefined],
    [{ subject: 'a', to: 'b' }, '>', 'a'],
    [{ subject: 'a', prefix: 'p' }, 'p.a', 'a'],
    [{ subject: 'a', prefix: 'p.' }, 'p.*', 'a'],
    [{ subject: 'a.*' }, 'a.x', 'a.x'],
    [{ subject: 'a.*' }, 'a.*', 'a.*'],
    [{ subject: 'a.*' }, 'a.>', 'a.*'],
    [{ subject: 'a.>' }, 'a.*', 'a.*'],
    [{ subject: 'a.>' }, '*.b', 'a.b'],
    [{ subject: 'a.*.c' }, '*.b.>', 'a.b.c'],
    [{ subject: 'a.>' }, 'b.>', undefined],
    [{ subject: 'a.>', prefix: 'p' }, 'p.a.x', 'a.x'],
    [{ subject: 'a.>', prefix: 'p' }, 'p.>', 'a.>'],
    [{ subject: 'a.>', prefix: 'p' }, 'p.*.x', 'a.x'],
    [{ subject: 'a.*.*', to: 'b.$2.$1' }, 'b.x.y', 'a.y.x'],
    [{ subject: 'a.*.*', to: 'b.$2.$1' }, 'b.x.*', 'a.*.x'],
    [{ subject: 'a.*.*', to: 'b.$2.$1' }, '*.x.>', 'a.*.x'],
  ])('stream %j as %s is %s there', (wanted, subscribed, expected) => {
    expect(imported(fromStream('A', wanted.subject, wanted)).stream?.subjectThere(subscribed)).toBe(expected);
  });

  it.each<[Partial<ImportOptions> & { subject: string }, string, string]>([
    [{ subject: 'a' }, 'a', 'a'],
    [{ subject: 'a', to: 'b' }, 'a', 'b'],
    [{ subject: 'a.*' }, 'a.x', 'a.x'],
    [{ subject: 'a.>', prefix: 'p' }, 'a.x.y', 'p.a.x.y'],
    [{ subject: 'a.*.*', to: 'b.$2.$1' }, 'a.x.y', 'b.y.x'],
    [{ subject: 'a.*', to: 'b.*' }, 'a.x', 'b.x'],
  ])('stream %j: %s comes in as %s', (wanted, published, expected) => {
    expect(imported(fromStream('A', wanted.subject, wanted)).stream?.localSubject(published)).toBe(expected);
  });

  it.each<[Partial<ImportOptions> & { subject: string }, string, string, string]>([
    [{ subject: 'a' }, 'a', 'a', 'a'],
    [{ subject: 'a', to: 'b' }, 'b', 'b', 'a'],
    [{ subject: 'a.*' }, 'a.*', 'a.x', 'a.x'],
    [{ subject: 'a.>', to: 'b.>' }, 'b.>', 'b.x.y', 'a.x.y'],
    [{ subject: 'a.*.*', to: 'b.$2.$1' }, 'b.*.*', 'b.x.y', 'a.y.x'],
    [{ subject: 'a.*', to: 'b.*' }, 'b.*', 'b.x', 'a.x'],
    [{ subject: 'a.x', to: 'b.*' }, 'b.*', 'b.y', 'a.x'],
  ])('service %j is %s here; %s goes to %s', (wanted, from, published, expected) => {
    const found = imported(fromService('A', wanted.subject, wanted)).service;
    expect(found?.from).toBe(from);
    expect(found?.subjectThere(published)).toBe(expected);
  });
});
