import { describe, expect, test } from 'vitest';
import {
  bodyOf,
  convertBody,
  formatJson,
  headerProblem,
  replyProblem,
  sentHeaders,
  subjectProblem,
  wholeNumber,
  withoutTemplates,
} from '../../../../../renderer/explorer/composer/compose.ts';
import { resultOf } from '../../../../../renderer/explorer/composer/sending.svelte.ts';

const encode = (text: string) => new TextEncoder().encode(text);

describe('subjects', () => {
  test.each([
    ['orders.eu', 'publish', false, null],
    ['', 'publish', false, 'Subject is missing'],
    ['a b', 'publish', false, 'A subject has no spaces'],
    ['a..b', 'publish', false, 'A token is empty'],
    ['.a', 'request', false, 'A token is empty'],
    ['a.', 'respond', false, 'A token is empty'],
    ['a.*', 'publish', false, 'Wildcards are for subscriptions'],
    ['a.*', 'respond', false, null],
    ['a.>.b', 'respond', false, '> stands last only'],
    ['a>b', 'publish', false, null],
    ['order.{{random 1 9}}', 'publish', true, null],
    ['order.{{random 1 9}}', 'publish', false, 'A subject has no spaces'],
  ] as const)('%j to %s, templates %s: %s', (subject, mode, templates, problem) => {
    expect(subjectProblem(subject, mode, templates)).toBe(problem);
  });

  test('no reply subject is fine, a bad one is not', () => {
    expect(replyProblem('')).toBeNull();
    expect(replyProblem('a.>')).not.toBeNull();
  });
});

describe('headers', () => {
  test.each([
    ['X-Region', 'eu', null],
    ['', '', null],
    ['', 'lost', 'Name is missing'],
    ['X Region', 'eu', 'Letters, digits and - only'],
    ['X:Y', 'eu', 'Letters, digits and - only'],
    ['X', 'a\r\nY: b', 'No line breaks'],
  ])('%j: %j', (name, value, problem) => {
    expect(headerProblem({ name, value })).toBe(problem);
  });

  test('rows that are not filled in are not sent', () => {
    expect(
      sentHeaders([
        { name: '', value: '' },
        { name: 'A', value: ' 1 ' },
      ]),
    ).toEqual([{ name: 'A', value: '1' }]);
  });
});

describe('bodies', () => {
  test('JSON is sent as it was written', () => {
    const text = '{ "id": 90071992547409931 }';
    expect(bodyOf('json', text, null, false)).toEqual({ bytes: encode(text) });
    expect(bodyOf('json', '', null, false)).toEqual({ bytes: new Uint8Array() });
  });

  test('a mistake has its line and its column in characters', () => {
    expect(bodyOf('json', '{\n "\u00e9\u00e9": tru\n}', null, false)).toMatchObject({
      problem: { line: 2, column: 8 },
    });
    expect(bodyOf('hex', '7b zz', null, false)).toMatchObject({ problem: { line: 1, column: 4 } });
    expect(bodyOf('base64', 'a*', null, false)).toMatchObject({ problem: { line: 1, column: 2 } });
    expect(bodyOf('file', '', null, false)).toMatchObject({ problem: { text: 'No file chosen' } });
  });

  test('templates may stand where JSON has a value, once they are replaced', () => {
    const text = '{ "n": {{count}}, "id": "{{uuid}}" }';
    expect(bodyOf('json', text, null, true)).toEqual({ bytes: encode(text) });
    expect(bodyOf('json', text, null, false)).toHaveProperty('problem');
    expect(withoutTemplates(text)).toHaveLength(text.length);
  });

  test('another format shows the same bytes', () => {
    const hex = convertBody('{"a":1}', 'json', 'hex', null);
    expect(hex).toBe('7b 22 61 22 3a 31 7d');
    const base64 = convertBody(hex, 'hex', 'base64', null);
    expect(convertBody(base64, 'base64', 'json', null)).toBe('{"a":1}');
    expect(convertBody('no hex', 'hex', 'text', null)).toBe('no hex');
  });

  test('formatting keeps every digit', () => {
    expect(formatJson('{"a":[1.10,90071992547409931]}')).toBe('{\n  "a": [\n    1.10,\n    90071992547409931\n  ]\n}');
    expect(formatJson('{"a":}')).toBeNull();
  });
});

test('numbers are whole and between their limits', () => {
  expect(wholeNumber('1 000', 1, 1000)).toBe(1000);
  expect(wholeNumber('0', 1, 10)).toBeNull();
  expect(wholeNumber('1e3', 1, 10_000)).toBeNull();
  expect(wholeNumber('-1', -5, 10)).toBeNull();
  expect(wholeNumber('', 0, 1)).toBeNull();
});

test('the line of a request in the history', () => {
  const reply = { latency: 3800, status: 0, statusText: '' };
  expect(resultOf({ type: 'end', reason: 'replies', count: 1 }, [reply])).toEqual(['3.80 ms', false]);
  expect(resultOf({ type: 'end', reason: 'timeout', count: 3 }, [reply, reply, reply])).toEqual(['3 replies', false]);
  expect(resultOf({ type: 'end', reason: 'no-responders', count: 0 }, [])).toEqual(['no responders', true]);
  expect(resultOf({ type: 'end', reason: 'timeout', count: 0 }, [])).toEqual(['timeout', true]);
  expect(resultOf({ type: 'end', reason: 'cancelled', count: 0 }, [])).toEqual(['cancelled', false]);
  expect(resultOf({ type: 'end', reason: 'replies', count: 1 }, [{ ...reply, status: 500 }])[1]).toBe(true);
});
