import { describe, expect, it } from 'vitest';
import { compactJson, indentedJson, sortedKeys, unlessEmpty } from '../../../../broker/monitor/go-json.ts';
import { EventIds } from '../../../../broker/monitor/event-id.ts';
import { duration, timestamp, uptime } from '../../../../broker/monitor/time-text.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;

describe('timestamps', () => {
  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [1_500, '1970-01-01T00:00:01.5Z'],
    [1_050, '1970-01-01T00:00:01.05Z'],
    [1_000.25, '1970-01-01T00:00:01.00025Z'],
    [999.9999, '1970-01-01T00:00:01Z'],
    [Date.parse('2026-11-23T00:49:38.490Z'), '2026-11-23T00:49:38.49Z'],
  ])('%d is %s', (ms, text) => expect(timestamp(ms)).toBe(text));
});

describe('uptimes', () => {
  it.each([
    [-5, '0s'],
    [999, '0s'],
    [59 * SECOND, '59s'],
    [60 * SECOND, '1m0s'],
    [HOUR + 61 * SECOND, '1h1m1s'],
    [DAY, '1d0h0m0s'],
    [DAY + 2 * HOUR + 3 * 60 * SECOND + 4 * SECOND, '1d2h3m4s'],
    [365 * DAY, '1y0d0h0m0s'],
    [800 * DAY + HOUR, '2y70d1h0m0s'],
  ])('%d ms is %s', (ms, text) => expect(uptime(ms)).toBe(text));
});

describe('durations', () => {
  it.each([
    [0, '0s'],
    [0.5, '500ns'],
    [397, '397µs'],
    [397.25, '397.25µs'],
    [3_405.72, '3.40572ms'],
    [1_500_000, '1.5s'],
    [90_000_000, '1m30s'],
    [3_600_000_000, '1h0m0s'],
    [20_500_000, '20.5s'],
    [-5_000_000, '-5s'],
  ])('%d µs is %s', (micros, text) => expect(duration(micros)).toBe(text));
});

describe('JSON', () => {
  it('escapes what means something in HTML, and nothing else', () => {
    expect(compactJson({ a: '<b>&\u2028 ü "x"' })).toBe('{"a":"\\u003cb\\u003e\\u0026\\u2028 ü \\"x\\""}');
  });

  it('writes empty objects and lists on one line', () => {
    expect(indentedJson({ a: {}, b: [], c: { d: [1] } })).toBe(
      '{\n  "a": {},\n  "b": [],\n  "c": {\n    "d": [\n      1\n    ]\n  }\n}',
    );
  });

  it('leaves out what is empty', () => {
    const empty = ['', 0, false, [], undefined];
    expect(empty.map(unlessEmpty)).toEqual(empty.map(() => undefined));
    expect([1, 'x', true, [0], {}].map(unlessEmpty)).toEqual([1, 'x', true, [0], {}]);
  });

  it('sorts the keys of maps by bytes', () => {
    expect(Object.keys(sortedKeys({ b: 1, a: 2, B: 3, '/': 4 }))).toEqual(['/', 'B', 'a', 'b']);
  });
});

describe('event ids', () => {
  it('are 22 letters and digits, each another', () => {
    const ids = new EventIds();
    const made = Array.from({ length: 5_000 }, () => ids.next());
    expect(new Set(made).size).toBe(5_000);
    for (const id of made) expect(id).toMatch(/^[0-9A-Za-z]{22}$/);
    expect(new EventIds().next()).not.toBe(made[0]);
  });
});
