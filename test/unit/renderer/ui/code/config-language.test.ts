import { expect, it } from 'vitest';
import { configTokens } from '../../../../../renderer/ui/code/config-language.ts';
import { difference } from '../../../../../renderer/ui/code/editor-setup.ts';

const coloured = (line: string): string =>
  configTokens(line)
    .map(({ text, type }) => (type === '' || text.trim() === '' ? text : `${type}<${text}>`))
    .join('');

it.each([
  ['listen: 127.0.0.1:4222 # here', 'k<listen>p<:> 127.0.0.1:4222 cm<# here>'],
  ['max_payload = 1MB // max', 'k<max_payload> p<=> n<1MB> cm<// max>'],
  ['debug true; port 4222', 'k<debug> b<true>p<;> k<port> n<4222>'],
  ['tls {', 'k<tls> p<{>'],
  ['{ user: a, password: "b" }', 'p<{> k<user>p<:> ap<,> k<password>p<:> s<"b"> p<}>'],
  ['routes: [ nats://a:1, "b" ]', 'k<routes>p<:> p<[> nats://a:1p<,> s<"b"> p<]>'],
  [
    'to: [ { destination: x, weight: "8%" } ]',
    'k<to>p<:> p<[> p<{> k<destination>p<:> xp<,> k<weight>p<:> s<"8%"> p<}> p<]>',
  ],
  ["'quoted key': $VAR", "k<'quoted key'>p<:> b<$VAR>"],
  ['  nats://alone:4222', '  nats://alone:4222'],
  ['}', 'p<}>'],
  ['write_deadline: "10s', 'k<write_deadline>p<:> s<"10s>'],
])('%s', (line, expected) => {
  expect(coloured(line)).toBe(expected);
  expect(
    configTokens(line)
      .map(({ text }) => text)
      .join(''),
  ).toBe(line);
});

it('replaces the least that makes one text of another', () => {
  expect(difference('abc', 'abc')).toEqual({ from: 3, to: 3, insert: '' });
  expect(difference('a: 1\nb: 2\n', 'a: 1\nb: 3\n')).toEqual({ from: 8, to: 9, insert: '3' });
  expect(difference('aa', 'aaa')).toEqual({ from: 2, to: 2, insert: 'a' });
  expect(difference('', 'x')).toEqual({ from: 0, to: 0, insert: 'x' });
  expect(difference('abab', 'ab')).toEqual({ from: 2, to: 4, insert: '' });
});
