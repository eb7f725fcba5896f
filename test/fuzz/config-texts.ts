import fc from 'fast-check';

/** Values of the configuration's language, with a way to write them down. */
export type Plain = string | bigint | number | boolean | Plain[] | { [key: string]: Plain };

export interface Written {
  value: Plain;
  text: string;
}

const bareWord = fc.stringMatching(/^[a-z_][a-z0-9_.>*-]{0,12}$/).filter((word) => !isWord(word));

function isWord(text: string): boolean {
  return /^(?:true|false|on|off|yes|no|include)$/i.test(text);
}

const quotedText = fc.string({ unit: 'binary', maxLength: 20 });

const text: fc.Arbitrary<Written> = fc.oneof(
  bareWord.map((value) => ({ value, text: value })),
  quotedText.filter((value) => !/['\0]/.test(value)).map((value) => ({ value, text: `'${value}'` })),
  quotedText
    .filter((value) => !value.includes('\0'))
    .map((value) => ({
      value,
      text: `"${value
        .replaceAll('\\', '\\\\')
        .replaceAll('"', String.raw`\"`)
        .replaceAll('\n', String.raw`\n`)
        .replaceAll('\t', String.raw`\x09`)}"`,
    })),
);

const UNITS: readonly (readonly [string, bigint])[] = [
  ['', 1n],
  ['k', 1000n],
  ['K', 1000n],
  ['kb', 1024n],
  ['KiB', 1024n],
  ['m', 1_000_000n],
  ['Mi', 1_048_576n],
  ['g', 1_000_000_000n],
  ['GB', 1_073_741_824n],
];

const integer: fc.Arbitrary<Written> = fc
  .record({ number: fc.integer({ min: -1000, max: 1_000_000 }), unit: fc.constantFrom(...UNITS) })
  .map(({ number, unit: [name, factor] }) => ({ value: BigInt(number) * factor, text: `${number}${name}` }));

const float: fc.Arbitrary<Written> = fc
  .record({ whole: fc.integer({ min: -999, max: 999 }), part: fc.stringMatching(/^\d{1,6}$/) })
  .map(({ whole, part }) => ({ value: Number(`${whole}.${part}`), text: `${whole}.${part}` }));

const boolean: fc.Arbitrary<Written> = fc
  .constantFrom('true', 'false', 'on', 'off', 'yes', 'no', 'TRUE', 'Off')
  .map((word) => ({ value: /^(?:true|on|yes)$/i.test(word), text: word }));

/** What may stand between things. A comment ends with its line. */
const gap = fc.constantFrom(' ', '  ', '\t', ' ', ' ');
const lineGap = fc.constantFrom('\n', '\n\n', ' # words: [ { "\n', '\n// more } ]\n', '\r\n', '\n\t\n');
const separator = fc.constantFrom(' = ', ': ', ' ', '=', ':', ' : ');

const { value } = fc.letrec<{ value: Written; array: Written; map: Written }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, text, integer, float, boolean, tie('array'), tie('map')),
  array: fc
    .array(fc.record({ entry: tie('value'), between: fc.oneof(lineGap, fc.constant(' , ')) }), { maxLength: 4 })
    .map((entries) => ({
      value: entries.map(({ entry }) => entry.value),
      text: `[ ${entries.map(({ entry, between }) => `${entry.text} ${between}`).join('')} ]`.replace(/,\s*\]$/, '\n]'),
    })),
  map: entriesOf(tie('value')).map((written) => ({ value: written.value, text: `{ ${written.text} }` })),
}));

function entriesOf(entry: fc.Arbitrary<Written>): fc.Arbitrary<Written> {
  const key = fc.oneof(
    bareWord.map((name) => ({ name, text: name })),
    quotedText.filter((name) => !/["\0]/.test(name) && name !== '').map((name) => ({ name, text: `"${name}"` })),
  );
  return fc
    .array(fc.record({ key, entry, separator, gap, between: fc.oneof(lineGap, fc.constantFrom(' ;', ' ,')) }), {
      maxLength: 5,
    })
    .map((fields) => ({
      value: Object.fromEntries(fields.map(({ key: { name }, entry: { value: set } }) => [`.${name}`, set])),
      text: fields.map((one) => `${one.key.text}${one.separator}${one.entry.text}${one.gap}${one.between}`).join(''),
    }));
}

/** A whole text, and what it says: keys begin with a dot, so that none is taken for one that objects have anyway. */
export const rightText: fc.Arbitrary<Written> = fc
  .tuple(entriesOf(value), fc.boolean())
  .map(([written, braces]) => ({ ...written, text: braces ? `{ ${written.text} }\n` : written.text }));

const PIECES = [
  ...['port', 'authorization', 'accounts', 'users', 'user', 'password', 'tls', 'cert_file', 'include', 'operator'],
  ...['jetstream', 'cluster', 'routes', 'leafnodes', 'remotes', 'websocket', 'mqtt', 'mappings', 'exports', 'imports'],
  ...['permissions', 'publish', 'allow', 'system_account', 'resolver', 'server_tags', 'ping_interval', 'max_payload'],
  ...['=', ':', ' ', ' ', '\n', '\n', ';', ',', '{', '}', '[', ']', '(', '\n)\n', '"', "'", '\\', '#', '//', '/', '$'],
  ...[
    '$a',
    'a',
    'b',
    '1',
    '-5',
    '2k',
    '3MB',
    '1.5',
    '2026-01-02T03:04:05Z',
    '127.0.0.1:4222',
    'true',
    'no',
    '\0',
    '\r',
  ],
  ...[
    '$LOOP',
    '$DEEP',
    '$LIST',
    '$2a$11$',
    'ä',
    '\u0085',
    '\u2028',
    '\ud800',
    'nats://a:b@c:1',
    'eyJ',
    '"x"',
    '{ a: b }',
  ],
  ...['[ a, b ]', 'include part.conf', 'include "self.conf"', "include '../secret'", 'a: $LIST\n', 'port: 4222\n'],
] as const;

/** Anything at all: bytes, pieces of the language in any order, and right texts with something wrong. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join('')),
  fc.tuple(rightText, fc.nat(), fc.nat(10), fc.constantFrom(...PIECES)).map(([{ text: whole }, at, cut, piece]) => {
    const start = whole.length === 0 ? 0 : at % whole.length;
    return whole.slice(0, start) + piece + whole.slice(start + cut);
  }),
);
