import { describe, expect, it } from 'vitest';
import { Arena } from '../../../../broker/base/arena.ts';
import { Inbound } from '../../../../broker/connection/inbound.ts';
import { Parser } from '../../../../broker/wire/parser.ts';
import { RecordingClient } from './recording-client.ts';

const READ_BYTES = 256 * 1024;
const arena = new Arena(8 * 1024 * 1024);
const memory = {
  arena,
  readStart: arena.carve(128 * 1024 + READ_BYTES + 64) + 128 * 1024,
  staging: arena.carve(2 * 1024 * 1024),
  parser: new Parser(arena.bytes, arena.carve(2 * 1024 * 1024), 12345),
};

/** Gives the bytes in the pieces as reads of a connection; returns what its client heard. */
function feed(pieces: readonly (string | Buffer)[], set: Partial<RecordingClient> = {}): string[] {
  const client = Object.assign(new RecordingClient(arena.bytes), set);
  const inbound = new Inbound(memory, client);
  for (const piece of pieces) {
    if (client.closed) break;
    const bytes = Buffer.from(piece as string, 'latin1');
    for (let at = 0; at < bytes.length && !client.closed; at += READ_BYTES) {
      const part = bytes.subarray(at, at + READ_BYTES);
      part.copy(arena.bytes, memory.readStart);
      inbound.take(part.length);
      // What was read is gone afterwards.
      arena.bytes.fill(0x21, memory.readStart, memory.readStart + part.length + 8);
    }
  }
  return client.heard;
}

const everything = [
  'CONNECT {"verbose":false}\r\n',
  'PING\r\n',
  'pong\r\n',
  'SUB foo 1\r\n',
  'sub foo\tq  22\r\n',
  'PUB foo 5\r\nhello\r\n',
  'PUB foo reply 5\r\nhello\r\n',
  'PUB foo 12 5\r\nhello\r\n',
  'PUB foo 0\r\n\r\n',
  'pub \t foo  reply\t 5\nhello\r\n',
  'PUB foo 005\r\nhe\r\no\r\n',
  'HPUB foo 12 17\r\nNATS/1.0\r\n\r\nhello\r\n',
  'hpub foo  bar 12 12 \r\nNATS/1.0\r\n\r\n\r\n',
  'HPUB foo 0 2\r\nab\r\n',
  'UNSUB 1 5\r\n',
  '+OK\r\n',
  'PING extra words\n',
  'PUB \xc3\xbc.\x01\x7f 3\r\nPUB\r\n',
  'UNSUB 22\n',
].join('');

const expected = [
  'CONNECT [{"verbose":false}]',
  'PING []',
  'PONG []',
  'SUB [foo 1]',
  'SUB [foo\tq  22]',
  'PUB foo - "hello" rest="5\\r\\nhello\\r\\n"',
  'PUB foo reply "hello" rest="reply 5\\r\\nhello\\r\\n"',
  'PUB foo 12 "hello" rest="12 5\\r\\nhello\\r\\n"',
  'PUB foo - "" rest="0\\r\\n\\r\\n"',
  'PUB foo reply "hello" rest="reply 5\\r\\nhello\\r\\n"',
  'PUB foo - "he\\r\\no" rest="005\\r\\nhe\\r\\no\\r\\n"',
  'HPUB(12) foo - "NATS/1.0\\r\\n\\r\\nhello" rest="12 17\\r\\nNATS/1.0\\r\\n\\r\\nhello\\r\\n"',
  'HPUB(12) foo bar "NATS/1.0\\r\\n\\r\\n" rest="bar 12 12\\r\\nNATS/1.0\\r\\n\\r\\n\\r\\n"',
  'HPUB(0) foo - "ab" rest="0 2\\r\\nab\\r\\n"',
  'UNSUB [1 5]',
  '+OK []',
  'PING []',
  'PUB \xc3\xbc.\x01\x7f - "PUB" rest="3\\r\\nPUB\\r\\n"',
  'UNSUB [22]',
];

describe('parser', () => {
  it('takes everything in one read', () => {
    expect(feed([everything])).toEqual(expected);
  });

  it('takes one byte at a time', () => {
    expect(feed([...everything])).toEqual(expected);
  });

  it('takes every split in two', () => {
    for (let at = 1; at < everything.length; at++) {
      expect(feed([everything.slice(0, at), everything.slice(at)]), `split at ${at}`).toEqual(expected);
    }
  });

  it('takes every split in three around each message', () => {
    const text = 'PUB foo reply 5\r\nhello\r\nHPUB a 12 13\r\nNATS/1.0\r\n\r\nx\r\nPING\r\n';
    const whole = feed([text]);
    expect(whole).toHaveLength(3);
    for (let a = 1; a < text.length; a++) {
      for (let b = a + 1; b < text.length; b++) {
        expect(feed([text.slice(0, a), text.slice(a, b), text.slice(b)]), `split at ${a}, ${b}`).toEqual(whole);
      }
    }
  });

  it.each([17_000, 70_000, 300_000, 1024 * 1024])('gathers a payload of %d bytes from pieces of any size', (size) => {
    const payload = Buffer.alloc(size);
    for (let i = 0; i < size; i++) payload[i] = 33 + ((i * 7) % 90);
    const bytes = Buffer.concat([Buffer.from(`PING\r\nPUB big ${size}\r\n`), payload, Buffer.from('\r\nPING\r\n')]);
    const text = payload.toString('latin1');
    for (const pieceBytes of [997, 4096, 65_536, 250_000, bytes.length]) {
      const pieces: Buffer[] = [];
      for (let at = 0; at < bytes.length; at += pieceBytes) pieces.push(bytes.subarray(at, at + pieceBytes));
      const heard = feed(pieces);
      expect(heard.map((line) => line.slice(0, 12))).toEqual(['PING []', `PUB big - "${text[0]}`, 'PING []']);
      expect(heard[1]).toBe(`PUB big - ${JSON.stringify(text)} rest=${JSON.stringify(`${size}\r\n${text}\r\n`)}`);
    }
  });

  it.each([
    ['X', 'unknown-operation'],
    ['\r\n', 'unknown-operation'],
    ['PUX', 'unknown-operation'],
    ['PUBfoo', 'unknown-operation'],
    ['SUB\r\n', 'unknown-operation'],
    ['MSG foo 1 0\r\n', 'unknown-operation'],
    ['PUB foo 2\r\nhello', 'unknown-operation'],
    ['PUB foo 2\r\nhe\n', 'unknown-operation'],
    ['PUB foo 2\r\nhe\rx', 'unknown-operation'],
    ['PUB foo\r\n', 'malformed-arguments'],
    ['PUB foo -1\r\n', 'malformed-arguments'],
    ['PUB foo 1234567890\r\n', 'malformed-arguments'],
    ['PUB foo a b 5\r\n', 'malformed-arguments'],
    ['PUB foo 5x\r\n', 'malformed-arguments'],
    ['HPUB foo 5\r\n', 'malformed-arguments'],
    ['HPUB foo 6 5\r\n', 'malformed-arguments'],
    ['HPUB foo x 5\r\n', 'malformed-arguments'],
    ['PUB foo 1048577\r\n', 'payload-exceeded'],
    ['HPUB foo 12 1048577\r\n', 'payload-exceeded'],
    [`PUB ${'s'.repeat(4096)} 5\r\n`, 'control-line-exceeded'],
    [`PUB ${'s'.repeat(5000)}`, 'control-line-exceeded'],
    [`SUB ${'s'.repeat(5000)}`, 'control-line-exceeded'],
    [`CONNECT ${'s'.repeat(5000)}`, 'control-line-exceeded'],
  ])('%j is %s', (text, fault) => {
    const heard = [`fault: ${fault}`];
    expect(feed([text])).toEqual(heard);
    if (text.length < 100) expect(feed([...text])).toEqual(heard);
  });

  it.each([
    ['PING', 's', '\r\n', 'PING []'],
    ['PING', ' ', '\r\n', 'PING []'],
    ['PUB', ' ', 'foo 2\r\nhi\r\n', 'PUB foo - "hi" rest="2\\r\\nhi\\r\\n"'],
    ['SUB', '\t', 'foo 1\r\n', 'SUB [foo 1]'],
  ])('%j may be followed by any number of %j, and keeps none of them', (verb, filler, rest, heard) => {
    const pieces = [verb, ...Array.from({ length: 500 }, () => filler.repeat(3000)), rest];
    expect(feed(pieces)).toEqual([heard]);
    expect(feed([pieces.join('')])).toEqual([heard]);
  });

  it('refuses headers that were not negotiated', () => {
    expect(feed(['HPUB foo 12 12\r\nNATS/1.0\r\n\r\n\r\n'], { headers: false })).toEqual([
      'fault: headers-not-supported',
    ]);
  });

  it('lets nothing but CONNECT come first where credentials are needed', () => {
    expect(feed(['PING\r\n'], { awaitsConnect: true })).toEqual(['unannounced']);
    expect(feed(['connect {}\r\nPING\r\n'], { awaitsConnect: true })).toEqual(['CONNECT [{}]', 'unannounced']);
  });

  it('hashes a subject alike wherever it comes from', () => {
    const client = new RecordingClient(arena.bytes);
    const hashes: number[] = [];
    client.onPublish = (parser) => hashes.push(parser.hash, parser.hashOfText('foo.bar', 7));
    for (const line of ['PUB foo.bar 0\r\n\r\n', 'HPUB foo.bar 0 0\r\n\r\n', 'pub  foo.bar 0\n\r\n']) {
      const length = arena.buffer.write(line, memory.readStart, 'latin1');
      memory.parser.parse(memory.readStart, memory.readStart + length, client);
    }
    expect(hashes).toHaveLength(6);
    expect(new Set(hashes).size).toBe(1);
  });
});
