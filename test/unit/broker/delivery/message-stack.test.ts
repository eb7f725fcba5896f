import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Arena } from '../../../../broker/base/arena.ts';
import { MessageStack, withHeader } from '../../../../broker/delivery/message-stack.ts';
import { Parser } from '../../../../broker/wire/parser.ts';

const REGION = 4096;

function bench(bytes = REGION) {
  const arena = new Arena(1 << 16);
  const start = arena.carve(bytes);
  const scratch = arena.carve(REGION);
  return {
    arena,
    stack: new MessageStack(arena, start, bytes, scratch, 5),
    parser: new Parser(arena.bytes, scratch, 5),
  };
}

/** What lies there, part by part. */
function parts(arena: Arena, message: Parser) {
  const text = (from: number, to: number): string => arena.latin1(from, to);
  return {
    subject: text(message.subjectStart, message.subjectEnd + 1),
    reply: message.replyEnd === 0 ? '' : text(message.replyStart, message.replyEnd + 1),
    rest: text(message.restStart, message.restEnd),
    payload: text(message.payloadStart, message.payloadStart + message.payloadBytes),
    headerBytes: message.headerBytes,
  };
}

const HEADERS = 'NATS/1.0\r\nA: b\r\n\r\n';

describe('messages of the broker', () => {
  it('lie there as those of clients do', () => {
    const { arena, stack, parser } = bench();
    stack.with('a.b', 'r', Buffer.from(HEADERS), Buffer.from('hi'), (message) => {
      expect(parts(arena, message)).toEqual({
        subject: 'a.b ',
        reply: 'r ',
        rest: `r 18 20\r\n${HEADERS}hi\r\n`,
        payload: `${HEADERS}hi`,
        headerBytes: 18,
      });
      expect(message.hash).toBe(parser.hashOfText('a.b', 3));
    });
  });

  it('change as they go on', () => {
    const { arena, stack, parser } = bench();
    stack.with('from', 'reply', undefined, Buffer.from('hi'), (original) => {
      const before = parts(arena, original);
      const changed = stack.layChanged(original, 'to.x', 'other', HEADERS) as Parser;
      expect(parts(arena, changed)).toEqual({
        subject: 'to.x ',
        reply: 'other ',
        rest: `other 18 20\r\n${HEADERS}hi\r\n`,
        payload: `${HEADERS}hi`,
        headerBytes: 18,
      });
      expect(changed.hash).toBe(parser.hashOfText('to.x', 4));
      const further = stack.layChanged(changed, 'end', '', undefined) as Parser;
      expect(parts(arena, further)).toEqual({
        subject: 'end ',
        reply: '',
        rest: `18 20\r\n${HEADERS}hi\r\n`,
        payload: `${HEADERS}hi`,
        headerBytes: 18,
      });
      const plain = stack.layChanged(original, 'plain', '', undefined) as Parser;
      expect(parts(arena, plain)).toEqual({
        subject: 'plain ',
        reply: '',
        rest: '2\r\nhi\r\n',
        payload: 'hi',
        headerBytes: -1,
      });
      expect(parts(arena, changed).rest).toBe(`other 18 20\r\n${HEADERS}hi\r\n`);
      for (let i = 0; i < 3; i++) stack.release();
      expect(parts(arena, original)).toEqual(before);
    });
  });

  it.each([2, 47, 48, 49, 500])('have other headers over a payload of %i bytes that lies elsewhere', (payloadBytes) => {
    const { arena, stack, parser } = bench();
    const payload = 'p'.repeat(payloadBytes);
    const bytes = Buffer.from(`--subject--own${payload}--`);
    const stored = {
      bytes,
      subjectStart: 2,
      subjectEnd: 9,
      bodyStart: 11,
      headerBytes: 3,
      bodyBytes: 3 + payloadBytes,
    };
    stack.withBlock(Buffer.from('xa.by'), 1, 4, Buffer.from(`${HEADERS}rest`), 18, stored, (message) => {
      expect(parts(arena, message)).toEqual({
        subject: 'a.b ',
        reply: '',
        rest: `18 ${18 + payloadBytes}\r\n${HEADERS}${payload}\r\n`,
        payload: HEADERS + payload,
        headerBytes: 18,
      });
      expect(message.hash).toBe(parser.hashOfText('a.b', 3));
    });
    const { stack: small } = bench(512);
    const tooLong = { ...stored, bytes: Buffer.alloc(600), bodyStart: 0, headerBytes: 0, bodyBytes: 600 };
    expect(small.withBlock(bytes, 0, 2, Buffer.from(HEADERS), 18, tooLong, () => true)).toBeUndefined();
  });

  it('may have another subject for a while', () => {
    const { arena, stack, parser } = bench();
    stack.with('from', '', undefined, Buffer.from('hi'), (message) => {
      expect(stack.rename(message, 'to.y')).toBe(true);
      expect(parts(arena, message)).toMatchObject({ subject: 'to.y ', rest: '2\r\nhi\r\n' });
      expect(message.hash).toBe(parser.hashOfText('to.y', 4));
      stack.release();
    });
  });

  it('are refused where they do not fit, and leave nothing behind', () => {
    const { arena, stack } = bench(512);
    expect(stack.with('a', '', undefined, Buffer.alloc(600), () => true)).toBeUndefined();
    stack.with('a', '', undefined, Buffer.alloc(200), (message) => {
      expect(stack.layChanged(message, 'b', '', undefined)).toBeUndefined();
      expect(stack.rename(message, 'x'.repeat(300))).toBe(false);
      expect(stack.rename(message, 'short')).toBe(true);
      stack.release();
    });
    const last = stack.with('a', '', undefined, Buffer.from('hi'), (message) => parts(arena, message).payload);
    expect(last).toBe('hi');
  });
});

describe('a header set anew', () => {
  it.each([
    ['', 'NATS/1.0\r\nK: v\r\n\r\n'],
    ['NATS/1.0\r\n\r\n', 'NATS/1.0\r\nK: v\r\n\r\n'],
    ['NATS/1.0\r\nA: b\r\n\r\n', 'NATS/1.0\r\nA: b\r\nK: v\r\n\r\n'],
    ['NATS/1.0\r\nK: old\r\n\r\n', 'NATS/1.0\r\nK: v\r\n\r\n'],
    ['NATS/1.0\r\nA: b\r\nK: old\r\nK:older\r\nC: d\r\n\r\n', 'NATS/1.0\r\nA: b\r\nC: d\r\nK: v\r\n\r\n'],
    ['NATS/1.0\r\nk: kept\r\nKK: kept\r\n\r\n', 'NATS/1.0\r\nk: kept\r\nKK: kept\r\nK: v\r\n\r\n'],
    ['NATS/1.0 503\r\n\r\n', 'NATS/1.0 503\r\nK: v\r\n\r\n'],
  ])('%j', (before, after) => {
    expect(withHeader(before, 'K', 'v')).toBe(after);
  });

  it('stands there once, whatever was there', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('K: 1', 'K:', 'KK: 2', 'A: K: 3', 'k: 4')), (lines) => {
        const block = `NATS/1.0\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
        const kept = lines.filter((line) => !line.startsWith('K:')).map((line) => `${line}\r\n`);
        expect(withHeader(block, 'K', 'v')).toBe(`NATS/1.0\r\n${kept.join('')}K: v\r\n\r\n`);
      }),
    );
  });
});
