import { expect, it } from 'vitest';
import { applyEdits } from '../../../../../renderer/broker/config-text/edit.ts';
import { parseSyntax } from '../../../../../renderer/broker/config-text/syntax.ts';
import { readRules, summary, writeRules } from '../../../../../renderer/broker/form/rules.ts';
import type { Rules } from '../../../../../renderer/broker/form/rules.ts';

const path = ['permissions', 'publish|pub|import'];
const write = (text: string, change: Partial<Rules>) => applyEdits(text, writeRules(parseSyntax(text), path, change));

it('reads every form', () => {
  const read = (publish: string) => readRules(parseSyntax(`permissions { publish: ${publish} }`), path);
  expect(read('a')).toEqual({ allow: ['a'], deny: [] });
  expect(read('[a, "b q"]')).toEqual({ allow: ['a', 'b q'], deny: [] });
  expect(read('{ allow: a, deny: [b, c] }')).toEqual({ allow: ['a'], deny: ['b', 'c'] });
  expect(read('{ deny: b }')).toEqual({ allow: [], deny: ['b'] });
});

it('writes the shortest form that there is, and keeps the one that is there', () => {
  expect(write('', { allow: ['orders.>'] })).toBe('permissions {\n  publish: orders.>\n}\n');
  expect(write('permissions { publish: a }', { allow: ['a', 'b'] })).toBe('permissions { publish: [a, b] }');
  expect(write('permissions { publish: a }', { deny: ['b'] })).toBe(
    'permissions { publish: { allow: [a], deny: [b] } }',
  );
  expect(write('permissions { pub: { allow: a, deny: b } }', { deny: [] })).toBe('permissions { pub: { allow: a } }');
  expect(write('permissions {\n  publish: a\n}\n', { allow: [] })).toBe('');
});

it('sums up in a few words', () => {
  const none = { allow: [], deny: [] };
  expect(summary(none, none)).toBe('Everything');
  expect(summary({ allow: ['a', 'b'], deny: ['c'] }, none)).toBe('pub a +2');
  expect(summary(none, { allow: [], deny: ['x'] })).toBe('sub not x');
});
