import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FilterMode } from '../../../../../electron/bridge/contract.ts';
import { compileFilter } from '../../../../../electron/explorer/filter/compile.ts';
import { compareNumbers, readNumber } from '../../../../../electron/explorer/filter/exact-number.ts';
import { createExplorerFixture } from '../../../../support/explorer-fixture.ts';
import { bytesOf, headerBlock } from '../../../../support/fake-link.ts';

const ORDER =
  '{"state":"paid","total":"84.20","size":3,"id":90071992547409931,"urgent":true,"note":null,"customer":{"id":7,"tags":["new","gold"]},"odd key":1}';

async function hits(mode: FilterMode, text: string): Promise<number[]> {
  const fixture = createExplorerFixture();
  fixture.link.deliver(
    bytesOf('orders.eu.1'),
    bytesOf(ORDER),
    bytesOf(''),
    headerBlock([{ name: 'X-Region', value: 'EU' }]),
  );
  fixture.link.say('orders.us.2', '{"state":"new","total":5}');
  fixture.link.say('hello', 'Plain (a+b) text', '_INBOX.a.1');
  fixture.link.deliver(bytesOf('_INBOX.a.1'), bytesOf(''), bytesOf(''), headerBlock([], ' 503'));
  fixture.link.deliver(Uint8Array.of(0x62, 0xff), Uint8Array.of(0, 1, 2, 0xfe));
  const view = await fixture.open({ filter: { mode, text } });
  const { list, filter } = await fixture.settle(view);
  expect(filter?.error).toBeUndefined();
  fixture.explorer.dispose();
  return list!.rows.map((row) => row.sequence);
}

test.each([
  ['paid', [1]],
  ['PLAIN', [3]],
  ['x-region', [1]],
  ['orders', [1, 2]],
  ['orders.*.2', [2]],
  ['orders.>', [1, 2]],
  ['*', [3, 5]],
  ['>', [1, 2, 3, 4, 5]],
  ['(a+b)', [3]],
  ['nothing', []],
])('text %s', async (text, expected) => expect(await hits('text', text)).toEqual(expected));

test.each([
  ['PAID|hello', [1, 3]],
  ['/PAID/', []],
  ['/^hello$/', [3]],
  ['x-region: eu', [1]],
  ['\\\\xFF', [5]],
])('regex %s', async (text, expected) => expect(await hits('regex', text)).toEqual(expected));

test.each([
  ['state == "paid"', [1]],
  ['state != "paid"', [2]],
  ['not (state == "paid")', [2, 3, 4, 5]],
  ['state != "delivered" or kind == "error"', [1, 2, 4]],
  ['total > 50', [1]],
  ['total <= 5', [2]],
  ['size > 150', [1]],
  ['$.size == 3', [1]],
  ['id == 90071992547409931', [1]],
  ['id == 90071992547409930', []],
  ['id > 90071992547409930 and id < 90071992547409932', [1]],
  ['customer.id == 7.0', [1]],
  ['$.customer.tags[1] == "gold"', [1]],
  ['$["odd key"] == 1', [1]],
  ['customer.tags ~ "GOLD"', [1]],
  ['urgent', [1]],
  ['!urgent', [2, 3, 4, 5]],
  ['note == null and state != null', [1, 2]],
  ['subject ~ "ORDERS" && !(subject =~ /us/)', [1]],
  ['subject =~ "^orders\\\\.eu"', [1]],
  ['reply ~ "_inbox"', [3]],
  ['header("x-region") == "EU"', [1]],
  ['header("X-Region")', [1]],
  ['status == 503', [4]],
  ['kind == "reply" || kind == "request"', [3]],
  ['payload ~ "plain"', [3]],
  ['matches("orders.*.2")', [2]],
  ['time >= "2023-11-14" and time < "2023-11-16"', [1, 2, 3, 4, 5]],
  ['time < "2023-11-14"', []],
  ['time > "00:00" or time == "00:00"', [1, 2, 3, 4, 5]],
  ['5 < total', [1]],
  ['state == total', []],
  ['true', [1, 2, 3, 4, 5]],
  ['$ ~ "paid"', [1]],
])('expression %s', async (text, expected) => expect(await hits('expression', text)).toEqual(expected));

describe('what is wrong is said with its column', () => {
  test.each([
    ['expression', 'state = "x"', 7],
    ['expression', 'state == ', 10],
    ['expression', 'state == "x', 10],
    ['expression', '(state == "x"', 14],
    ['expression', 'state == "x" size > 1', 14],
    ['expression', 'size > 1 and', 13],
    ['expression', 'and size', 1],
    ['expression', '"x"', 1],
    ['expression', 'kind == "pub"', 9],
    ['expression', 'time > "noon"', 8],
    ['expression', 'time > "25:00"', 8],
    ['expression', 'header(5)', 8],
    ['expression', 'matches("a..b")', 9],
    ['expression', 'a =~ /(/', 6],
    ['expression', 'a =~ /x/y', 9],
    ['expression', 'a.', 3],
    ['expression', 'a[x]', 3],
    ['expression', 'a["x"', 6],
    ['expression', '(a) == 1', 5],
    ['expression', '#', 1],
    ['expression', '"\\q" == a', 2],
    ['expression', `${'('.repeat(200)}a`, 101],
    ['expression', `${'not '.repeat(20_000)}a`, 4097],
    ['regex', '(', 1],
    ['regex', '/a/q', 4],
    ['text', 'x'.repeat(5000), 4097],
  ] as const)('%s %s', (mode, text, column) => {
    expect(compileFilter({ mode, text }, 4096)).toMatchObject({ column, text: expect.stringMatching(/\.$/) });
  });

  test('no text that a person types throws anything else', () => {
    const piece = fc.constantFrom(
      'a',
      '.',
      '$',
      '[',
      ']',
      '(',
      ')',
      '"',
      '/',
      '=~',
      '==',
      '!',
      'not ',
      'and ',
      '1',
      '-',
      'header',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const result = compileFilter({ mode: 'expression', text: pieces.join('') }, 4096);
        expect(result === null || 'test' in result || result.column > 0).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

test('a filter that cannot be used is not applied and says so; a blank one is none', async () => {
  const fixture = createExplorerFixture();
  fixture.link.say('a');
  const view = await fixture.open({ filter: { mode: 'regex', text: '(' } });
  const result = await fixture.pull(view);
  expect(result.filter).toMatchObject({ hits: 0, error: { column: 1 } });
  expect(result.list!.total).toBe(1);
  await fixture.set(view, { filter: { mode: 'regex', text: '  ' } });
  expect((await fixture.pull(view)).filter).toBeNull();
});

test('a regular expression without end is broken off and switched off', async () => {
  const fixture = createExplorerFixture({ limits: { regexMilliseconds: 30 } });
  for (let index = 0; index < 50; index++) fixture.link.say('b', `${'a'.repeat(40)}!`);
  const view = await fixture.open({ filter: { mode: 'regex', text: '^(a+)+$' } });
  const started = performance.now();
  const result = await fixture.pull(view);
  expect(performance.now() - started).toBeLessThan(5000);
  expect(result.filter!.error!.text).toContain('30 ms');
  expect(result.list!.total).toBe(50);
  await fixture.set(view, { filter: { mode: 'expression', text: 'payload =~ /^(a+)+$/' } });
  expect((await fixture.pull(view)).filter!.error).toBeDefined();
  await fixture.set(view, { filter: { mode: 'regex', text: 'a!' } });
  expect((await fixture.settle(view)).filter).toEqual({ hits: 50, of: 50, scanning: false });
});

test('numbers compare by their digits', () => {
  const order = (a: string, b: string) => Math.sign(compareNumbers(readNumber(a)!, readNumber(b)!));
  expect(order('9007199254740993', '9007199254740992')).toBe(1);
  expect(order('0.1000000000000000000001', '0.1')).toBe(1);
  expect(order('1e3', '1000')).toBe(0);
  expect(order('1.0000000000000000000', '1')).toBe(0);
  expect(order('-90071992547409931', '-90071992547409930')).toBe(-1);
  expect(order('1e999', '1')).toBe(1);
  expect(order('100000000000000000000000000001e-1000', '1')).toBe(-1);
  expect(readNumber('12px')).toBeNull();
  expect(readNumber('')).toBeNull();
  fc.assert(
    fc.property(fc.bigInt(), fc.bigInt(), (a, b) => {
      expect(order(String(a), String(b))).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
  );
});
