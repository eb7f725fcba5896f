import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../../../renderer/broker/config-text/edit.ts';
import { parseSyntax } from '../../../../../renderer/broker/config-text/syntax.ts';
import { readStreamKey, writeStreamKey, type KeyWay } from '../../../../../renderer/broker/form/stream-key.ts';

const read = (text: string) => readStreamKey(parseSyntax(text));
function written(text: string, way: Exclude<KeyWay, 'text'>, name: string): string {
  return applyEdits(text, writeStreamKey(parseSyntax(text), way, name));
}

describe('where the key of streams comes from', () => {
  it.each<[string, ReturnType<typeof readStreamKey>]>([
    ['', { way: 'none', name: '' }],
    ['jetstream: true\n', { way: 'none', name: '' }],
    ['jetstream {\n  key: $JS_KEY\n}\n', { way: 'variable', name: 'JS_KEY' }],
    ['jetstream {\n  ek: $JS_KEY\n}\n', { way: 'variable', name: 'JS_KEY' }],
    ['jetstream {\n  include "js.conf"\n}\n', { way: 'file', name: 'js.conf' }],
    // What it is, is not told.
    ['jetstream {\n  encryption_key: "s3cret"\n}\n', { way: 'text', name: '' }],
    ['jetstream {\n  key: "$s3cret"\n}\n', { way: 'text', name: '' }],
  ])('is read: %j', (text, expected) => expect(read(text)).toEqual(expected));

  it.each<[string, Exclude<KeyWay, 'text'>, string, string]>([
    ['listen: 4222\n', 'variable', 'JS_KEY', 'listen: 4222\n\njetstream {\n  key: $JS_KEY\n}\n'],
    ['jetstream: true\n', 'variable', '$JS_KEY', 'jetstream: {\n  key: $JS_KEY\n}\n'],
    ['jetstream {\n  domain: a\n}\n', 'file', '/k/js.conf', 'jetstream {\n  domain: a\n  include "/k/js.conf"\n}\n'],
    ['jetstream {\n  key: $A\n}\n', 'variable', 'B', 'jetstream {\n  key: $B\n}\n'],
    ['jetstream {\n  key: "s3cret" # mine\n}\n', 'variable', 'B', 'jetstream {\n  key: $B # mine\n}\n'],
    ['jetstream {\n  domain: a\n  include "x"\n}\n', 'none', '', 'jetstream {\n  domain: a\n}\n'],
    ['jetstream {\n  domain: a\n  key: "s3cret"\n}\n', 'none', '', 'jetstream {\n  domain: a\n}\n'],
    // A name with a blank is no variable.
    ['jetstream {\n  domain: a\n}\n', 'variable', 'a b', 'jetstream {\n  domain: a\n}\n'],
  ])('is written: %j %s %s', (text, way, name, expected) => expect(written(text, way, name)).toBe(expected));

  it('is taken from one way to another, and nothing of the other stays', () => {
    const file = written('jetstream {\n  domain: a\n  key: $A\n}\n', 'file', 'js.conf');
    expect(file).toBe('jetstream {\n  domain: a\n  include "js.conf"\n}\n');
    const back = written(file, 'variable', 'B');
    expect(read(back)).toEqual({ way: 'variable', name: 'B' });
    expect(back).not.toContain('include');
  });
});
