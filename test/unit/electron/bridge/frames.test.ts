import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BridgeError,
  decodeBody,
  encodeFrame,
  FrameKind,
  fromErrorShape,
  readFrameHead,
  toErrorShape,
} from '../../../../electron/bridge/frames.ts';

const kind = fc.constantFrom(...Object.values(FrameKind));
const id = fc.integer({ min: 0, max: 0xffff_ffff });
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER }),
    // Zero has no sign on the wire.
    fc.double({ noNaN: true }).map((number) => number + 0),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array().map((bytes) => new Uint8Array(bytes)),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('any'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).any;

describe('frames', () => {
  it('give back what was put in', () => {
    fc.assert(
      fc.property(kind, id, fc.string({ unit: 'grapheme', maxLength: 12 }), value, (kind, id, route, body) => {
        const frame = encodeFrame(kind, id, route, body);
        const head = readFrameHead(frame);
        expect(head).toMatchObject({ kind, id, route });
        expect(decodeBody(frame, head?.bodyAt ?? 0)).toEqual(body);
      }),
    );
  });

  it('carry times in microseconds and every safe integer unharmed', () => {
    for (const number of [1_763_847_000_123_456, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, 2 ** 32, -1]) {
      expect(decodeBody(encodeFrame(FrameKind.item, 1, '', number), 6)).toBe(number);
    }
  });

  it('have a buffer of their own, so that it can be transferred', () => {
    const frame = encodeFrame(FrameKind.item, 1, 'local', [new Uint8Array(100)]);
    expect(frame.buffer.byteLength).toBe(frame.byteLength);
  });

  it('leave fields that are undefined out', () => {
    expect(decodeBody(encodeFrame(FrameKind.item, 1, '', { here: 1, gone: undefined }), 6)).toEqual({ here: 1 });
  });

  it('refuse a route that is too long for the header', () => {
    expect(() => encodeFrame(FrameKind.request, 1, 'x'.repeat(256))).toThrow(BridgeError);
  });

  it.each([
    ['nothing', []],
    ['a short header', [1, 0, 0, 0, 1]],
    ['an unknown kind', [9, 0, 0, 0, 1, 0]],
    ['a route longer than the frame', [1, 0, 0, 0, 1, 5, 65]],
    ['a route that is no UTF-8', [1, 0, 0, 0, 1, 1, 0xff]],
  ])('are not made of %s', (_, bytes) => {
    expect(readFrameHead(Uint8Array.from(bytes))).toBeNull();
  });

  it('never read random bytes as anything but a value or a coded error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const frame = new Uint8Array(bytes);
        const head = readFrameHead(frame);
        if (head === null) return;
        try {
          decodeBody(frame, head.bodyAt);
        } catch (error) {
          expect(error).toMatchObject({ code: 'malformed' });
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('do not allocate what a lying length claims', () => {
    // array32 and map32 of 4 294 967 295 entries.
    for (const tag of [0xdd, 0xdf]) {
      const frame = Uint8Array.from([1, 0, 0, 0, 1, 0, tag, 0xff, 0xff, 0xff, 0xff]);
      expect(() => decodeBody(frame, 6)).toThrow(expect.objectContaining({ code: 'malformed' }));
    }
  });

  it('do not let a key reach the prototype', () => {
    const key = new TextEncoder().encode('__proto__');
    const frame = Uint8Array.from([1, 0, 0, 0, 1, 0, 0x81, 0xa0 | key.length, ...key, 0x80]);
    expect(() => decodeBody(frame, 6)).toThrow(BridgeError);
  });
});

describe('errors', () => {
  it('keep code, message and details on their way', () => {
    const error = new BridgeError('read-only', 'The connection is read-only.', { subject: 'a.b' });
    expect(fromErrorShape(toErrorShape(error))).toMatchObject({
      code: 'read-only',
      message: 'The connection is read-only.',
      details: { subject: 'a.b' },
    });
  });

  it('without a code are called internal', () => {
    expect(toErrorShape(new TypeError('x is not a function'))).toEqual({
      code: 'internal',
      message: 'x is not a function',
    });
    expect(toErrorShape('thrown text')).toEqual({ code: 'internal', message: 'thrown text' });
  });

  it('that cannot be read are errors all the same', () => {
    for (const body of [null, undefined, 5, [], { code: 1 }]) expect(fromErrorShape(body).code).toBe('malformed');
  });
});
