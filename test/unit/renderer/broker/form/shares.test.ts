import { expect, it } from 'vitest';
import { addItem, applyEdits } from '../../../../../renderer/broker/config-text/edit.ts';
import { parseSyntax } from '../../../../../renderer/broker/config-text/syntax.ts';
import { localName, newShare, setShareType, sharesAt } from '../../../../../renderer/broker/form/shares.ts';

const path = ['accounts', { name: 'A' }, 'imports'];
const text = `accounts { A { imports: [
  { stream: { account: B, subject: "x.>" }, prefix: b }  # from B
  { service: { account: C, subject: help } , to: c.help }
  { neither: 1 }
] } }
`;

it('finds what is exported and imported', () => {
  const shares = sharesAt(parseSyntax(text), path);
  expect(shares.map(({ index, type }) => [index, type])).toEqual([
    [0, 'stream'],
    [1, 'service'],
  ]);
  expect(shares.map((share) => localName(parseSyntax(text), share.path))).toEqual([
    { key: 'prefix', text: 'b' },
    { key: 'to', text: 'c.help' },
  ]);
});

it('turns one into the other and leaves the rest', () => {
  const [first] = sharesAt(parseSyntax(text), path);
  if (first === undefined) throw new Error('the text has no export');
  expect(applyEdits(text, setShareType(parseSyntax(text), first, 'service'))).toBe(
    text.replace('{ stream:', '{ service:'),
  );
  expect(setShareType(parseSyntax(text), first, 'stream')).toEqual([]);
});

it('adds one that can be read again', () => {
  for (const kind of ['exports', 'imports'] as const) {
    const where = ['accounts', { name: 'A' }, kind];
    const added = applyEdits(text, addItem(parseSyntax(text), where, newShare(kind, 'B C')));
    const shares = sharesAt(parseSyntax(added), where);
    expect(shares.at(-1)?.type).toBe('stream');
  }
});
