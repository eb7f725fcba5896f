import { expect, it } from 'vitest';
import { applyKind } from '../../../../renderer/broker/apply.ts';
import { parseSyntax } from '../../../../renderer/broker/config-text/syntax.ts';
import { marksOf } from '../../../../renderer/broker/marks.ts';
import { freeName, newPassword } from '../../../../renderer/broker/names.ts';
import { countSections } from '../../../../renderer/broker/section-counts.ts';
import { sectionAt } from '../../../../renderer/broker/sections.ts';
import { diffText, splitLines } from '../../../../renderer/ui/code/text-diff.ts';

const before = 'listen: 1\njetstream {\n  max_mem: 1\n}\n';
const after = 'listen: 2\njetstream {\n  max_mem: 2\n  max_file: 3\n}\nno_such: 1\n';

function diff() {
  const made = diffText(splitLines(before), splitLines(after));
  if (typeof made === 'string') throw new Error(made);
  return made;
}

it('marks what was changed and added, and over that what is wrong', () => {
  const problems = [
    { grade: 'warning' as const, line: 6, column: 1, text: 'w' },
    { grade: 'error' as const, line: 6, column: 1, text: 'e' },
    { grade: 'error' as const, line: 6, column: 3, text: 'later' },
    { grade: 'error' as const, file: 'other.conf', line: 1, column: 1, text: 'elsewhere' },
    { grade: 'error' as const, line: 0, column: 0, text: 'nowhere' },
  ];
  expect(marksOf(diff(), problems)).toEqual([
    { line: 1, kind: 'changed' },
    { line: 3, kind: 'changed' },
    { line: 4, kind: 'added' },
    { line: 6, kind: 'error', title: 'e' },
  ]);
  expect(marksOf(null, [])).toEqual([]);
});

it('counts them by section', () => {
  const syntax = parseSyntax(after);
  const counts = countSections(syntax, marksOf(diff(), []), [
    { grade: 'error', section: 'limits' },
    { grade: 'warning', section: 'listen' },
    { grade: 'error', section: undefined },
  ]);
  expect(counts).toEqual({
    listen: { changes: 1, errors: 0 },
    jetstream: { changes: 2, errors: 0 },
    limits: { changes: 1, errors: 1 },
  });
  expect(sectionAt(syntax, after.indexOf('max_file'))).toBe('jetstream');
  expect(sectionAt(parseSyntax('\n\nport: 1'), 0)).toBeUndefined();
});

it('says what applying does', () => {
  expect(applyKind('running', { reload: ['a'], restart: [] })).toBe('reload');
  expect(applyKind('running', { reload: ['a'], restart: ['b'] })).toBe('restart');
  expect(applyKind('running', { reload: [], restart: [] })).toBe('save');
  expect(applyKind('running', null)).toBe('reload');
  expect(applyKind('stopped', { reload: [], restart: [] })).toBe('save');
  expect(applyKind('failed', { reload: [], restart: [] })).toBe('start');
});

it('finds names and makes passwords', () => {
  expect(freeName('app', ['x'])).toBe('app');
  expect(freeName('app', ['app', 'app-2'])).toBe('app-3');
  const passwords = Array.from({ length: 50 }, () => newPassword());
  expect(new Set(passwords).size).toBe(50);
  expect(passwords.every((password) => /^[a-zA-Z2-9]{22}$/.test(password))).toBe(true);
});
