import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeAnswer } from '../../../../broker/monitor/encoding.ts';
import { snappyStream } from '../../../../broker/base/snappy.ts';

/** Reads the framed format of Snappy, checksums left aside but for their place. */
function unpack(stream: Uint8Array): Buffer {
  const bytes = Buffer.from(stream);
  expect(bytes.subarray(0, 10).toString('latin1')).toBe('\xff\x06\x00\x00sNaPpY');
  const parts: Buffer[] = [];
  for (let at = 10; at < bytes.length;) {
    const length = bytes.readUIntLE(at + 1, 3);
    const body = bytes.subarray(at + 8, at + 4 + length);
    parts.push(bytes[at] === 0 ? unpackBlock(body) : body);
    at += 4 + length;
  }
  return Buffer.concat(parts);
}

function unpackBlock(block: Buffer): Buffer {
  let at = 0;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = block[at++] as number;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  const out = Buffer.alloc(length);
  let size = 0;
  while (at < block.length) {
    const tag = block[at++] as number;
    if ((tag & 3) === 0) {
      let run = tag >> 2;
      if (run >= 60) {
        const more = run - 59;
        run = block.readUIntLE(at, more);
        at += more;
      }
      block.copy(out, size, at, at + run + 1);
      at += run + 1;
      size += run + 1;
    } else {
      if ((tag & 3) !== 2) throw new Error('a kind of copy that is not written');
      const offset = block.readUInt16LE(at);
      at += 2;
      if (offset === 0 || offset > size) throw new Error(`an offset of ${offset} at ${size}`);
      for (let i = 0; i <= tag >> 2; i++, size++) out[size] = out[size - offset] as number;
    }
  }
  expect(size).toBe(length);
  return out;
}

describe('Snappy', () => {
  it('gives back what went in', () => {
    const repetitive = fc
      .array(fc.constantFrom('abcd', '{"account":', 'x', '\u0000', 'äöü'), { maxLength: 400 })
      .map((words) => Buffer.from(words.join('')));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 2_000 }), repetitive), (data) => {
        expect(unpack(snappyStream(data))).toEqual(Buffer.from(data));
      }),
    );
  });

  it('cuts what is long into chunks, and makes it smaller', () => {
    const data = Buffer.from(Array.from({ length: 8_000 }, (_, i) => `{"cid":${i},"account":"A"}`).join());
    const packed = snappyStream(data);
    expect(unpack(packed)).toEqual(data);
    expect(packed.length).toBeLessThan(data.length / 2);
  });

  it('copies runs of one byte, longer than a copy may be', () => {
    const data = Buffer.alloc(70_000, 'z');
    expect(unpack(snappyStream(data))).toEqual(data);
    expect(snappyStream(data).length).toBeLessThan(5_000);
  });

  it('has the checksum of the bytes, masked', () => {
    // CRC-32C of "123456789" is 0xe3069283.
    const crc = 0xe3069283;
    const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
    expect(Buffer.from(snappyStream(Buffer.from('123456789'))).readUInt32LE(14)).toBe(masked);
  });

  it('is a stream without a chunk where there is nothing', () => {
    expect(snappyStream(new Uint8Array(0))).toHaveLength(10);
  });
});

describe('answers', () => {
  const json = '{"a":1}';
  const block = (lines: string): string => `NATS/1.0\r\n${lines}\r\n`;

  it('go as they are where nothing is asked', () => {
    for (const headers of [
      '',
      block(''),
      block('X: gzip\r\n'),
      block('accept-encoding: gzip\r\n'),
      block('Accept-Encoding:\r\n'),
    ]) {
      expect(encodeAnswer(json, headers)).toEqual({ payload: json });
    }
  });

  it('are packed and say how', () => {
    const gzip = encodeAnswer(json, block('A: b\r\nAccept-Encoding: gzip\r\n'));
    expect(gunzipSync(gzip.payload).toString()).toBe(json);
    expect(gzip.headers).toEqual([['Content-Encoding', 'gzip']]);
    const snappy = encodeAnswer(json, block('Accept-Encoding:  S2, gzip \r\n'));
    expect(unpack(snappy.payload as Uint8Array).toString()).toBe(json);
    expect(snappy.headers).toEqual([['Content-Encoding', 'snappy']]);
    expect(encodeAnswer(json, block('Accept-Encoding: br\r\n'))).toEqual({
      payload: json,
      headers: [['Content-Encoding', 'identity']],
    });
  });
});
