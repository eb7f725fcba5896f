import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameReader, type FrameRules, unmask } from '../../../../../broker/transport/websocket/frames.ts';
import { frame, masking } from '../../../../support/raw-websocket-client.ts';

/** What comes out of frames that come in these pieces. */
function readPieces(pieces: readonly string[], rules: Partial<FrameRules> = {}) {
  const seen: string[] = [];
  const reader = new FrameReader(
    {
      onPayload(source, start, end, key, compressed, last) {
        const bytes = Buffer.from(source.subarray(start, end)).toString('latin1');
        const mask = String.fromCharCode(key & 0xff, (key >>> 8) & 0xff, (key >>> 16) & 0xff, (key >>> 24) & 0xff);
        seen.push(`${compressed ? 'compressed ' : ''}${masking(bytes, mask)}${last ? '|' : ''}`);
      },
      onControl(opcode, payload) {
        seen.push(`control ${opcode} ${payload.toString('latin1')}`);
        return opcode !== 8;
      },
    },
    { masked: true, compression: false, ...rules },
  );
  for (const piece of pieces) {
    const bytes = Buffer.from(piece, 'latin1');
    const stopped = reader.read(bytes, 0, bytes.length);
    if (stopped < bytes.length || reader.fault !== undefined) break;
  }
  return { seen, fault: reader.fault };
}

/** Pieces of one message put together, so that it does not matter how they were cut. */
const joined = (seen: readonly string[]): string => seen.filter((one) => !one.startsWith('control')).join('');

const conversation = [
  frame(2, 'CONNECT {}\r\n'),
  frame(9, 'are you there'),
  frame(1, ''),
  frame(2, 'PUB a 300\r\n', { final: false }),
  frame(9, ''),
  frame(0, 'x'.repeat(300), { final: false, mask: '\xff\0\x80\x7f' }),
  frame(0, '\r\n'),
  frame(10, 'unasked'),
  frame(2, 'y'.repeat(70_000)),
  frame(2, 'z', { mask: '\0\0\0\0' }),
].join('');
const said = `CONNECT {}\r\n||PUB a 300\r\n${'x'.repeat(300)}\r\n|${'y'.repeat(70_000)}|z|`;

test('reads messages, and control frames between their frames', () => {
  const { seen, fault } = readPieces([conversation]);
  expect(fault).toBeUndefined();
  expect(joined(seen)).toBe(said);
  expect(seen.filter((one) => one.startsWith('control'))).toEqual([
    'control 9 are you there',
    'control 9 ',
    'control 10 unasked',
  ]);
});

test('reads them cut anywhere', () => {
  const head = conversation.slice(0, 450);
  const whole = readPieces([head]);
  for (let cut = 1; cut < head.length; cut++) {
    const { seen } = readPieces([head.slice(0, cut), head.slice(cut)]);
    expect(joined(seen)).toBe(joined(whole.seen));
  }
  expect(joined(readPieces([...conversation]).seen)).toBe(said);
});

test('does not mind lengths that are longer than need be', () => {
  expect(readPieces([`\x82\xfe\0\x02\0\0\0\0hi\x82\xff\0\0\0\0\0\0\0\x01\0\0\0\0!`]).seen).toEqual(['hi|', '!|']);
});

test('takes frames that are not masked where that was agreed on, and masked ones too', () => {
  const frames = [frame(2, 'one', { mask: '' }), frame(2, 'two')];
  expect(readPieces(frames, { masked: false }).seen).toEqual(['one|', 'two|']);
});

test('tells compressed messages, whole or in frames', () => {
  const frames = [
    frame(2, 'abc', { compressed: true }),
    frame(2, 'd', { compressed: true, final: false }),
    frame(9, 'p'),
    frame(0, 'e'),
    frame(2, 'f'),
  ];
  expect(readPieces(frames, { compression: true }).seen).toEqual([
    'compressed abc|',
    'compressed d',
    'control 9 p',
    'compressed e|',
    'f|',
  ]);
});

test('reads nothing behind a close', () => {
  expect(readPieces([frame(8, '\x03\xe8') + frame(2, 'late')]).seen).toEqual(['control 8 \x03\xe8']);
});

describe('refuses', () => {
  test.each([
    ['frames without a mask', frame(2, 'a', { mask: '' }), 'mask bit missing'],
    ['reserved bit 2', frame(2, 'a', { reserved: 0x20 }), 'RSV2 and RSV3 must be clear'],
    ['reserved bit 3', frame(2, 'a', { reserved: 0x10 }), 'RSV2 and RSV3 must be clear'],
    [
      'compression that was not agreed on',
      frame(2, 'a', { compressed: true }),
      'compressed frame received without negotiated permessage-deflate',
    ],
    ['unknown opcodes', frame(3, 'a'), 'unknown opcode 3'],
    ['unknown control opcodes', frame(11, 'a'), 'unknown opcode 11'],
    ['a continuation of nothing', frame(0, 'a'), 'invalid continuation frame'],
    [
      'a message amid another',
      frame(2, 'a', { final: false }) + frame(2, 'b'),
      'new message started before final frame for previous message was received',
    ],
    ['long control frames', frame(9, 'a'.repeat(126)), 'control frame length bigger than maximum allowed of 125 bytes'],
    ['control frames in pieces', frame(9, 'a', { final: false }), 'control frame does not have final bit set'],
    ['lengths that do not fit', '\x82\xff\x80\0\0\0\0\0\0\0abcd', 'invalid 64-bit payload length'],
  ])('%s', (_name, text, fault) => {
    expect(readPieces([text]).fault).toBe(fault);
    expect(readPieces([...text]).fault).toBe(fault);
    expect(readPieces([frame(2, 'before') + text]).seen[0]).toBe('before|');
  });

  test('compressed control frames', () => {
    const { fault } = readPieces([frame(9, 'a', { compressed: true })], { compression: true });
    expect(fault).toBe('control frame must not be compressed');
  });

  test('compressed continuations', () => {
    const frames = [frame(2, 'a', { compressed: true, final: false }), frame(0, 'b', { compressed: true })];
    expect(readPieces(frames, { compression: true }).fault).toBe('invalid continuation frame');
  });
});

test('unmasks from anywhere to anywhere in front of it, in the same memory', () => {
  const bytes = fc.uint8Array({ maxLength: 60 });
  fc.assert(
    fc.property(bytes, fc.nat(9), fc.nat(9), fc.integer(), (payload, target, gap, key) => {
      const memory = new Uint8Array(100).fill(7);
      memory.set(payload, target + gap);
      const view = new DataView(memory.buffer);
      unmask(view, target + gap, target + gap + payload.length, key, view, target);
      const expected = payload.map((byte, index) => byte ^ ((key >>> (8 * (index % 4))) & 0xff));
      expect([...memory.subarray(target, target + payload.length)]).toEqual([...expected]);
      expect([...memory.subarray(0, target)]).toEqual(Array<number>(target).fill(7));
    }),
  );
});
