/**
 * A screenshot with a palette of 256 colours, which is a third of its size: a window has few colours, and what is between
 * them at the edges of letters takes the nearest. Reads what Chromium writes (8 bits, RGB or RGBA, not interlaced).
 */

import { crc32, deflateSync, inflateSync } from 'node:zlib';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const coloursMax = 256;

interface Image {
  width: number;
  height: number;
  /** Three bytes a pixel, rows one after the other. */
  pixels: Buffer;
}

export function withPalette(png: Buffer): Buffer {
  const image = decode(png);
  const palette = choosePalette(image.pixels);
  const indexes = new Map<number, number>(palette.map((colour, index) => [colour, index]));
  const rows = Buffer.alloc((image.width + 1) * image.height);
  for (let y = 0, at = 0; y < image.height; y++) {
    // Filter 0: neighbouring indexes of a palette have nothing in common.
    const row = y * (image.width + 1) + 1;
    for (let x = 0; x < image.width; x++, at += 3) {
      const colour = image.pixels.readUIntBE(at, 3);
      let index = indexes.get(colour);
      if (index === undefined) {
        index = nearest(palette, colour);
        indexes.set(colour, index);
      }
      rows[row + x] = index;
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(image.width, 0);
  header.writeUInt32BE(image.height, 4);
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Buffer.alloc(palette.length * 3);
  for (const [index, colour] of palette.entries()) colours.writeUIntBE(colour, index * 3, 3);
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('PLTE', colours),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function decode(png: Buffer): Image {
  if (!png.subarray(0, 8).equals(signature)) throw new Error('This is no PNG');
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  const [depth, type, , , interlaced] = png.subarray(24, 29);
  const channels = type === 2 ? 3 : type === 6 ? 4 : 0;
  if (depth !== 8 || channels === 0 || interlaced !== 0) throw new Error('This is no PNG as Chromium writes them');
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const data = inflateSync(Buffer.concat(parts));
  const stride = width * channels;
  const raw = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = data[y * (stride + 1)] ?? 0;
    for (let x = 0; x < stride; x++) {
      const at = y * stride + x;
      const left = x >= channels ? (raw[at - channels] ?? 0) : 0;
      const up = y > 0 ? (raw[at - stride] ?? 0) : 0;
      const corner = x >= channels && y > 0 ? (raw[at - stride - channels] ?? 0) : 0;
      raw[at] = (data[y * (stride + 1) + 1 + x] ?? 0) + predict(filter, left, up, corner);
    }
  }
  if (channels === 3) return { width, height, pixels: raw };
  const pixels = Buffer.alloc(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) raw.copy(pixels, pixel * 3, pixel * 4, pixel * 4 + 3);
  return { width, height, pixels };
}

/** What a row's filter says of a byte from its neighbours (PNG specification, section 9). */
function predict(filter: number, left: number, up: number, corner: number): number {
  switch (filter) {
    case 0:
      return 0;
    case 1:
      return left;
    case 2:
      return up;
    case 3:
      return (left + up) >> 1;
    default: {
      const estimate = left + up - corner;
      const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - up), Math.abs(estimate - corner)];
      return a <= b && a <= c ? left : b <= c ? up : corner;
    }
  }
}

/**
 * The commonest colour first, then always the one that is missed most: far from all that were taken, and not rare. By
 * frequency alone the greys of letters would leave no place for the few words in colour.
 */
function choosePalette(pixels: Buffer): number[] {
  const counts = new Map<number, number>();
  for (let at = 0; at < pixels.length; at += 3) {
    const colour = pixels.readUIntBE(at, 3);
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const colours = [...counts].toSorted((a, b) => b[1] - a[1]);
  const missed = colours.map(() => Number.POSITIVE_INFINITY);
  const palette: number[] = [];
  let next = 0;
  while (palette.length < Math.min(coloursMax, colours.length)) {
    const [taken] = colours[next] ?? [0];
    palette.push(taken);
    let most = -1;
    for (const [index, [colour, count]] of colours.entries()) {
      const gap = Math.min(missed[index] ?? 0, distance(colour, taken));
      missed[index] = gap;
      const weight = gap * Math.sqrt(count);
      if (weight > most) [most, next] = [weight, index];
    }
  }
  return palette;
}

/** Square of how far two colours are from each other. */
function distance(one: number, other: number): number {
  const red = (other >> 16) - (one >> 16);
  const green = ((other >> 8) & 0xff) - ((one >> 8) & 0xff);
  const blue = (other & 0xff) - (one & 0xff);
  return red * red + green * green + blue * blue;
}

function nearest(palette: readonly number[], colour: number): number {
  let best = 0;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const [index, other] of palette.entries()) {
    const away = distance(colour, other);
    if (away < bestDistance) [best, bestDistance] = [index, away];
  }
  return best;
}

function chunk(type: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const whole = Buffer.alloc(body.length + 8);
  whole.writeUInt32BE(content.length, 0);
  body.copy(whole, 4);
  whole.writeUInt32BE(crc32(body), body.length + 4);
  return whole;
}
