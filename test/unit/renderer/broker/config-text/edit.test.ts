import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addItem,
  applyEdits,
  blockText,
  removeValue,
  renameEntry,
  setValue,
} from '../../../../../renderer/broker/config-text/edit.ts';
import { textAt } from '../../../../../renderer/broker/config-text/paths.ts';
import type { Path } from '../../../../../renderer/broker/config-text/paths.ts';
import { parseSyntax } from '../../../../../renderer/broker/config-text/syntax.ts';

const set = (text: string, path: Path, raw: string): string => applyEdits(text, setValue(parseSyntax(text), path, raw));
const remove = (text: string, path: Path, prune = false): string =>
  applyEdits(text, removeValue(parseSyntax(text), path, prune));
const add = (text: string, path: Path, raw: string): string => applyEdits(text, addItem(parseSyntax(text), path, raw));

const commented = `# The plant's broker
server_name = plant // on the roof
listen: "127.0.0.1:4222"   # ask Ann before changing

jetstream {
    # a fast disk
    store_dir: '/data/js'
    max_mem = 256M;
}

authorization { user: ann, password: "s3cret" }
`;

describe('setting a value', () => {
  it('changes only the value', () => {
    expect(set(commented, ['listen'], '"127.0.0.1:4333"')).toBe(commented.replace('4222', '4333'));
    expect(set(commented, ['jetstream', 'max_memory_store|max_mem'], '1G')).toBe(commented.replace('256M', '1G'));
    expect(set(commented, ['authorization', 'user|username'], 'bob')).toBe(commented.replace('ann,', 'bob,'));
  });

  it('changes the one of several that counts', () => {
    expect(set('port: 1\nPort: 2\n', ['port'], '3')).toBe('port: 1\nPort: 3\n');
  });

  it('adds an entry where the next one would be written', () => {
    expect(set(commented, ['max_payload'], '8MB')).toBe(
      commented.replace('# ask Ann before changing\n', '# ask Ann before changing\nmax_payload: 8MB\n'),
    );
    expect(set(commented, ['jetstream', 'max_file'], '4G')).toBe(
      commented.replace('max_mem = 256M;\n', 'max_mem = 256M;\n    max_file: 4G\n'),
    );
    expect(set(commented, ['authorization', 'timeout'], '2')).toBe(
      commented.replace('"s3cret" }', '"s3cret", timeout: 2 }'),
    );
  });

  it('adds the blocks that are missing, at the end and indented as the text is', () => {
    expect(set(commented, ['websocket', 'tls', 'cert_file'], 'c.pem')).toBe(
      `${commented}\nwebsocket {\n    tls {\n        cert_file: c.pem\n    }\n}\n`,
    );
    expect(set('', ['port'], '4222')).toBe('port: 4222\n');
    expect(set('debug: true', ['cluster', 'name'], 'C')).toBe('debug: true\n\ncluster {\n  name: C\n}\n');
  });

  it('fills empty blocks', () => {
    expect(set('tls {}\n', ['tls', 'verify'], 'true')).toBe('tls {\n  verify: true\n}\n');
    expect(set('tls {\n  # later\n}\n', ['tls', 'verify'], 'true')).toBe('tls {\n  # later\n  verify: true\n}\n');
    expect(set('a { b { } }', ['a', 'b', 'c'], '1')).toBe('a { b {\n  c: 1\n} }');
  });

  it('keeps JSON JSON', () => {
    const json = '{\n  "port": 4222,\n  "tls": { "verify": true }\n}\n';
    expect(JSON.parse(set(json, ['tls', 'timeout'], '2'))).toEqual({ port: 4222, tls: { verify: true, timeout: 2 } });
    expect(JSON.parse(set(json, ['debug'], 'true'))).toEqual({ port: 4222, tls: { verify: true }, debug: true });
    expect(JSON.parse(remove(json, ['tls']))).toEqual({ port: 4222 });
    expect(JSON.parse(remove(json, ['port']))).toEqual({ tls: { verify: true } });
  });

  it('makes a block of a switch when one of its options is set', () => {
    expect(set('jetstream: true\n', ['jetstream', 'domain'], 'hub')).toBe('jetstream: {\n  domain: hub\n}\n');
    expect(set('jetstream: false\n', ['jetstream', 'domain'], 'hub')).toBe(
      'jetstream: {\n  enabled: false\n  domain: hub\n}\n',
    );
  });

  it('makes blocks of a list of names', () => {
    const text = 'accounts: [ A, B ] # two\n';
    expect(set(text, ['accounts', { name: 'A' }, 'nkey'], 'AX')).toBe(
      'accounts: { A: {\n  nkey: AX\n}, B: {} } # two\n',
    );
    expect(set(text, ['accounts', { name: 'C' }], '{}')).toBe('accounts: { A: {}, B: {}, C {} } # two\n');
  });

  it('keeps the line ends of the text', () => {
    expect(set('a: 1\r\n', ['tls', 'verify'], 'true')).toBe('a: 1\r\n\r\ntls {\r\n  verify: true\r\n}\r\n');
  });

  it('quotes names that need it', () => {
    expect(set('', ['accounts', { name: 'two words' }], '{}')).toBe('accounts {\n  "two words" {}\n}\n');
  });
});

describe('lists', () => {
  const users = `authorization {
  users = [
    { user: a, password: 1 }  # first
    { user: b, password: 2 }
  ]
}
`;
  it('grow at the end', () => {
    expect(add(users, ['authorization', 'users'], '{ user: c }')).toBe(
      users.replace('password: 2 }\n', 'password: 2 }\n    { user: c }\n'),
    );
    expect(add('routes: [ a, b ]', ['routes'], 'c')).toBe('routes: [ a, b, c ]');
    expect(add('routes: [\n  a,\n  b\n]', ['routes'], 'c')).toBe('routes: [\n  a,\n  b,\n  c\n]');
    expect(add('routes: []', ['routes'], 'c')).toBe('routes: [\n  c\n]');
    expect(add('allow: x', ['allow'], 'y')).toBe('allow: [y]');
    expect(add('', ['authorization', 'users'], '{ user: a }')).toBe(
      'authorization {\n  users: [\n    { user: a }\n  ]\n}\n',
    );
  });

  it('lose one, and nothing of the others', () => {
    expect(remove(users, ['authorization', 'users', 1])).toBe(users.replace('    { user: b, password: 2 }\n', ''));
    expect(remove('routes: [ a, b, c ]', ['routes', 0])).toBe('routes: [ b, c ]');
    expect(remove('routes: [ a, b, c ]', ['routes', 2])).toBe('routes: [ a, b ]');
    expect(remove('routes: [ a ]', ['routes', 0])).toBe('routes: [ ]');
  });

  it('keep the comment behind what goes', () => {
    expect(remove(users, ['authorization', 'users', 0])).toBe(users.replace('{ user: a, password: 1 }  ', ''));
  });
});

describe('taking a value out', () => {
  it('takes its line', () => {
    expect(remove('a: 1\nb: 2\nc: 3\n', ['b'])).toBe('a: 1\nc: 3\n');
    expect(remove('a: 1\n# why\nb: 2 # because\n', ['b'])).toBe('a: 1\n# why\n# because\n');
    expect(remove('tls {\n  verify: true\n  cert_file: x\n}\n', ['tls', 'verify'])).toBe('tls {\n  cert_file: x\n}\n');
  });

  it('takes its comma', () => {
    expect(remove('{ a: 1, b: 2, c: 3 }', ['b'])).toBe('{ a: 1, c: 3 }');
    expect(remove('{ a: 1, b: 2 }', ['b'])).toBe('{ a: 1 }');
    expect(remove('x { a: 1 }', ['x', 'a'])).toBe('x { }');
  });

  it('takes all of the name', () => {
    expect(remove('http: 1\nhttp_port: 2\nmonitor_port: 3\n', ['http_port|monitor_port'])).toBe('http: 1\n');
    expect(remove('{ a: 1, a: 2, a: 3, b: 4 }', ['a'])).toBe('{ b: 4 }');
  });

  it('takes blocks that held nothing else, but none with a comment', () => {
    expect(remove('a: 1\ntls {\n  verify: true\n}\n', ['tls', 'verify'], true)).toBe('a: 1\n');
    expect(remove('tls {\n  # keep\n  verify: true\n}\n', ['tls', 'verify'], true)).toBe('tls {\n  # keep\n}\n');
    expect(remove('tls {\n  verify: true\n}\n', ['tls', 'verify'])).toBe('tls {\n}\n');
  });

  it('does nothing where there is nothing', () => {
    expect(remove(commented, ['cluster', 'name'])).toBe(commented);
    expect(remove(commented, ['listen', 'name'])).toBe(commented);
  });
});

it('renames the entry that counts', () => {
  const text = 'accounts { A { }  # first\n}\n';
  expect(applyEdits(text, renameEntry(parseSyntax(text), ['accounts', { name: 'A' }], 'PLANT'))).toBe(
    text.replace('A {', 'PLANT {'),
  );
});

it('writes blocks', () => {
  expect(blockText('', ['a: 1', 'b {\n  c: 2\n}'])).toBe('{\n  a: 1\n  b {\n    c: 2\n  }\n}');
});

// ── Any text ────────────────────────────────────────────────────────────────────────────────────────────────────────

const word = fc.stringMatching(/^[a-z][a-z0-9_]{0,6}$/).filter((text) => text !== 'include');
const scalar = fc.oneof(
  word,
  fc.integer({ min: -5, max: 1e6 }).map(String),
  fc.stringMatching(/^[ a-z#,;{}]{0,8}$/).map((text) => `"${text}"`),
);
const comment = fc.constantFrom('', '', ' # why', '  // a, b; c }');
const blank = fc.constantFrom('', '\n', '\n# alone on a line\n', '\n\n');
const { block } = fc.letrec<{ block: string; entry: string; value: string }>((tie) => ({
  value: fc.oneof(
    { weight: 4, arbitrary: scalar },
    { weight: 1, arbitrary: tie('block').map((inside) => `{\n${inside}\n}`) },
    { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }).map((items) => `[ ${items.join(', ')} ]`) },
    { weight: 1, arbitrary: fc.tuple(word, scalar).map(([key, value]) => `{ ${key}: ${value} }`) },
  ),
  entry: fc
    .tuple(word, fc.constantFrom(': ', ' = ', ' '), tie('value'), comment, blank)
    .map(([key, between, value, behind, after]) => `${key}${between}${value}${behind}\n${after}`),
  block: fc.array(tie('entry'), { maxLength: 4 }).map((entries) => entries.join('')),
}));

/** Every scalar by its way; of several with one name the last. */
function flat(text: string): Map<string, string> {
  const { root, fault } = parseSyntax(text);
  expect(fault).toBeNull();
  const found = new Map<string, string>();
  const look = (node: ReturnType<typeof parseSyntax>['root'] | undefined, way: string): void => {
    for (const entry of node?.entries ?? []) {
      const here = `${way}/${entry.key}`;
      for (const known of [...found.keys()]) if (known === here || known.startsWith(`${here}/`)) found.delete(known);
      if (entry.value.kind === 'map') look(entry.value, here);
      else found.set(here, text.slice(entry.value.from, entry.value.to));
    }
  };
  look(root, '');
  return found;
}

const commentsOf = (text: string): string[] => text.match(/(# why|\/\/ a, b; c \}|# alone on a line)$/gm) ?? [];

describe('any text', () => {
  it('takes a value without losing anything else', () => {
    fc.assert(
      fc.property(block, fc.array(word, { minLength: 1, maxLength: 3 }), (text, path) => {
        const syntax = parseSyntax(text);
        const before = flat(text);
        const way = `/${path.join('/')}`;
        // A value in the way of the path is replaced or left; neither is this test's.
        fc.pre(![...before.keys()].some((known) => way.startsWith(`${known}/`) || known.startsWith(`${way}/`)));
        const after = applyEdits(text, setValue(syntax, path, 'changed'));
        if (setValue(syntax, path, 'changed').length === 0) return;
        before.set(way, 'changed');
        expect(Object.fromEntries(flat(after))).toEqual(Object.fromEntries(before));
        expect(commentsOf(after)).toEqual(commentsOf(text));
        expect(textAt(parseSyntax(after), path)).toBe('changed');
      }),
      { numRuns: 400 },
    );
  });

  it('gives back what was added', () => {
    fc.assert(
      fc.property(block, word, (text, key) => {
        fc.pre(!parseSyntax(text).root.entries.some((entry) => entry.key === key));
        const added = applyEdits(text, setValue(parseSyntax(text), [key], '1'));
        const taken = applyEdits(added, removeValue(parseSyntax(added), [key]));
        expect(taken.trim()).toBe(text.trim());
      }),
      { numRuns: 200 },
    );
  });
});
