import fc from 'fast-check';

/** What a client may say, with the bytes that say it and what a parser has to make of them. */
export interface Operation {
  bytes: string;
  /** As `recordedOperation` writes it. */
  record: string;
}

export const LIMITS = { controlLineBytesMax: 256, payloadBytesMax: 1024 };

const blank = fc.constantFrom(' ', ' ', ' ', '  ', '\t', ' \t ');
const lineEnd = fc.constantFrom('\r\n', '\r\n', '\r\n', '\n');
const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
/** Any byte but those that end a word. */
const wordByte = fc
  .oneof(fc.constantFrom('a', 'b', '1', '.', '*', '>', '$', '_'), byte)
  .filter((char) => !' \t\r\n'.includes(char) && char !== '\0' && char > ' ');
const word = fc.string({ unit: wordByte, minLength: 1, maxLength: 20 });
/** Payloads are full of what could be mistaken for protocol. */
const payload = fc.string({
  unit: fc.oneof(
    { weight: 3, arbitrary: byte },
    { weight: 2, arbitrary: fc.constantFrom('\r\n', 'PING\r\n', 'PUB a 1\r\n', '\r', '\n', '\0') },
  ),
  maxLength: 60,
});

function cased(verb: string): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant(verb) },
    { weight: 1, arbitrary: fc.constant(verb.toLowerCase()) },
    { weight: 1, arbitrary: fc.mixedCase(fc.constant(verb)) },
  );
}

const publish: fc.Arbitrary<Operation> = fc
  .record({ verb: cased('PUB'), subject: word, reply: fc.option(word), body: payload, gap: blank, end: lineEnd })
  .map(({ verb, subject, reply, body, gap, end }) => ({
    bytes: `${[verb, subject, ...(reply === null ? [] : [reply]), body.length].join(gap)}${end}${body}\r\n`,
    record: publishRecord(subject, reply ?? '', '', body),
  }));

const publishWithHeaders: fc.Arbitrary<Operation> = fc
  .record({
    verb: cased('HPUB'),
    subject: word,
    reply: fc.option(word),
    head: payload,
    body: payload,
    gap: blank,
    end: lineEnd,
  })
  .filter(({ head }) => head.length > 0)
  .map(({ verb, subject, reply, head, body, gap, end }) => ({
    bytes: `${[verb, subject, ...(reply === null ? [] : [reply]), head.length, head.length + body.length].join(gap)}${end}${head}${body}\r\n`,
    record: publishRecord(subject, reply ?? '', head, body),
  }));

const subscribe: fc.Arbitrary<Operation> = fc
  .record({ verb: cased('SUB'), words: fc.array(word, { minLength: 2, maxLength: 3 }), gap: blank, end: lineEnd })
  .map(({ verb, words, gap, end }) => ({
    bytes: `${[verb, ...words].join(gap)}${end}`,
    record: controlRecord('SUB', words.join(' ')),
  }));

const unsubscribe: fc.Arbitrary<Operation> = fc
  .record({ verb: cased('UNSUB'), sid: word, max: fc.option(fc.nat({ max: 99 })), gap: blank, end: lineEnd })
  .map(({ verb, sid, max, gap, end }) => {
    const words = max === null ? [sid] : [sid, String(max)];
    return { bytes: `${[verb, ...words].join(gap)}${end}`, record: controlRecord('UNSUB', words.join(' ')) };
  });

const bare: fc.Arbitrary<Operation> = fc
  .record({ verb: fc.constantFrom('PING', 'PONG', '+OK'), end: lineEnd })
  .chain(({ verb, end }) =>
    cased(verb).map((spelled) => ({ bytes: `${spelled}${end}`, record: controlRecord(verb, '') })),
  );

const connect: fc.Arbitrary<Operation> = fc
  .record({ verb: cased('CONNECT'), name: fc.string({ maxLength: 20 }), end: lineEnd })
  .map(({ verb, name, end }) => {
    const json = JSON.stringify({ verbose: false, headers: true, name: name.replaceAll(/[^\x20-\x7e]/g, '?') });
    return { bytes: `${verb} ${json}${end}`, record: controlRecord('CONNECT', json) };
  });

export const operation = fc.oneof(
  { weight: 5, arbitrary: publish },
  { weight: 3, arbitrary: publishWithHeaders },
  { weight: 3, arbitrary: subscribe },
  { weight: 2, arbitrary: unsubscribe },
  { weight: 2, arbitrary: bare },
  { weight: 1, arbitrary: connect },
);

/** A conversation in which everything is right. */
export const conversation = fc.array(operation, { minLength: 1, maxLength: 12 });

/** Numbers and words at which parsers have gone wrong before. */
const trap = fc.constantFrom(
  '0',
  '-1',
  '00',
  '1',
  '999999999',
  '1000000000',
  '2147483648',
  '18446744073709551616',
  '1e3',
  '0x1',
  'NaN',
  '\r',
  '\n',
  '\r\n',
  '\0',
  'PUB ',
  'HPUB ',
  'SUB ',
  'CONNECT {',
  '{}',
  '..',
  '>',
  '*',
  's'.repeat(300),
  ' '.repeat(300),
  'PUB a 1025\r\n',
  '\xff\xfe',
  "-ERR 'x'\r\n",
  'INFO {}\r\n',
);

type Mutation = (text: string) => string;

const mutation: fc.Arbitrary<Mutation> = fc
  .record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat({ max: 8 }),
    text: fc.oneof(trap, byte, payload),
  })
  .chain(({ at, length, text }) =>
    fc.constantFrom<Mutation>(
      (bytes) => splice(bytes, at, length, ''),
      (bytes) => splice(bytes, at, 0, text),
      (bytes) => splice(bytes, at, text.length, text),
      (bytes) => bytes.slice(0, Math.floor(at * bytes.length)),
      (bytes) => bytes.replace(/\d+/, text),
      (bytes) => bytes + bytes.slice(0, Math.floor(at * bytes.length)),
    ),
  );

/** Bytes that a broken or hostile client may send: right ones, spoilt in some places, or no protocol at all. */
export const hostileBytes: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(conversation, fc.array(mutation, { maxLength: 3 }))
      .map(([operations, mutations]) =>
        mutations.reduce((bytes, mutate) => mutate(bytes), operations.map((one) => one.bytes).join('')),
      ),
  },
  { weight: 1, arbitrary: fc.string({ unit: byte, maxLength: 200 }) },
  { weight: 1, arbitrary: fc.array(trap, { maxLength: 10 }).map((parts) => parts.join('')) },
);

/** Where the bytes are cut into reads, as fractions of their length. */
export const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 });

/** The pieces of `bytes`; with an undefined `fractions` every byte is a piece. */
export function pieces(bytes: string, fractions: readonly number[] | undefined): string[] {
  if (fractions === undefined) return [...bytes];
  const ends = [...fractions.map((fraction) => Math.floor(fraction * bytes.length)), bytes.length].toSorted(
    (a, b) => a - b,
  );
  return ends.map((end, index) => bytes.slice(ends[index - 1] ?? 0, end)).filter((piece) => piece !== '');
}

export function publishRecord(subject: string, reply: string, head: string, body: string): string {
  return JSON.stringify(['publish', subject, reply, head, body]);
}

export function controlRecord(verb: string, argument: string): string {
  return JSON.stringify(['control', verb, argument]);
}

function splice(bytes: string, at: number, remove: number, insert: string): string {
  const index = Math.floor(at * bytes.length);
  return bytes.slice(0, index) + insert + bytes.slice(index + remove);
}
