/**
 * HighwayHash of 64 bits (https://arxiv.org/abs/1612.06257), which nats-server puts behind each message on disk. Numbers of
 * 64 bits lie in two halves.
 */

const PACKET_BYTES = 32;
const LANES = 4;
const V0 = 0;
const V1 = 4;
const MUL0 = 8;
const MUL1 = 12;

const INIT = [
  0xdbe6d5d5fe4cce2fn,
  0xa4093822299f31d0n,
  0x13198a2e03707344n,
  0x243f6a8885a308d3n,
  0x3bd39e10cb0ef593n,
  0xc0acf169b5f18a8cn,
  0xbe5466cf34e90c6cn,
  0x452821e638d01377n,
];

export class HighwayHash {
  /** The state before any byte came. */
  readonly #start = new Uint32Array(32);
  /** Low halves of v0, v1, mul0 and mul1, four each, and then the high ones. */
  readonly #state = new Uint32Array(32);
  readonly #lanes = new Uint32Array(2 * LANES);
  readonly #packet = new Uint8Array(PACKET_BYTES);
  readonly #packetWords = new DataView(this.#packet.buffer);

  /** `key`: 32 bytes. */
  constructor(key: Uint8Array) {
    const view = new DataView(key.buffer, key.byteOffset, PACKET_BYTES);
    const start = this.#start;
    for (let i = 0; i < 2 * LANES; i++) {
      const init = INIT[i] as bigint;
      start[MUL0 + i] = Number(init & 0xffffffffn);
      start[HIGH + MUL0 + i] = Number(init >> 32n);
    }
    for (let i = 0; i < LANES; i++) {
      const low = view.getUint32(8 * i, true);
      const high = view.getUint32(8 * i + 4, true);
      start[V0 + i] = at(start, MUL0 + i) ^ low;
      start[HIGH + V0 + i] = at(start, HIGH + MUL0 + i) ^ high;
      start[V1 + i] = at(start, MUL1 + i) ^ high;
      start[HIGH + V1 + i] = at(start, HIGH + MUL1 + i) ^ low;
    }
  }

  /** The hash of those bytes, as a number of 64 bits. */
  of(bytes: Uint8Array, start = 0, end = bytes.length): bigint {
    this.#state.set(this.#start);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    let from = start;
    for (; from + PACKET_BYTES <= end; from += PACKET_BYTES) this.#take(view, from);
    if (from < end) this.#takeRest(bytes, from, end - from);
    for (let i = 0; i < 4; i++) this.#permute();
    const state = this.#state;
    let sum = 0n;
    for (const lane of [V0, V1, MUL0, MUL1]) sum += (BigInt(at(state, HIGH + lane)) << 32n) | BigInt(at(state, lane));
    return BigInt.asUintN(64, sum);
  }

  #take(view: DataView, from: number): void {
    const lanes = this.#lanes;
    for (let i = 0; i < 2 * LANES; i++) lanes[i] = view.getUint32(from + 4 * i, true);
    this.#update();
  }

  /** Less than a packet is left. */
  #takeRest(bytes: Uint8Array, from: number, length: number): void {
    const state = this.#state;
    for (let i = 0; i < LANES; i++) {
      add(state, V0 + i, length, length);
      state[V1 + i] = rotated(at(state, V1 + i), length);
      state[HIGH + V1 + i] = rotated(at(state, HIGH + V1 + i), length);
    }
    const packet = this.#packet.fill(0);
    const whole = length & ~3;
    const odd = length & 3;
    packet.set(bytes.subarray(from, from + whole));
    if ((length & 16) !== 0) {
      for (let i = 0; i < 4; i++) packet[28 + i] = bytes[from + whole + i + odd - 4] as number;
    } else if (odd !== 0) {
      packet[16] = bytes[from + whole] as number;
      packet[17] = bytes[from + whole + (odd >> 1)] as number;
      packet[18] = bytes[from + whole + odd - 1] as number;
    }
    this.#take(this.#packetWords, 0);
  }

  #permute(): void {
    const state = this.#state;
    const lanes = this.#lanes;
    for (let i = 0; i < LANES; i++) {
      const from = V0 + ((i + 2) % LANES);
      lanes[2 * i] = at(state, HIGH + from);
      lanes[2 * i + 1] = at(state, from);
    }
    this.#update();
  }

  #update(): void {
    const state = this.#state;
    const lanes = this.#lanes;
    for (let i = 0; i < LANES; i++) {
      add(state, V1 + i, at(state, MUL0 + i), at(state, HIGH + MUL0 + i));
      add(state, V1 + i, at(lanes, 2 * i), at(lanes, 2 * i + 1));
      multiply(state, MUL0 + i, at(state, V1 + i), at(state, HIGH + V0 + i));
      add(state, V0 + i, at(state, MUL1 + i), at(state, HIGH + MUL1 + i));
      multiply(state, MUL1 + i, at(state, V0 + i), at(state, HIGH + V1 + i));
    }
    merge(state, V1, V0);
    merge(state, V1 + 2, V0 + 2);
    merge(state, V0, V1);
    merge(state, V0 + 2, V1 + 2);
  }
}

const HIGH = 16;

function at(words: Uint32Array, index: number): number {
  return words[index] as number;
}

function rotated(word: number, bits: number): number {
  return bits === 0 ? word : (word << bits) | (word >>> (32 - bits));
}

function add(state: Uint32Array, index: number, low: number, high: number): void {
  const sum = at(state, index) + (low >>> 0);
  state[index] = sum;
  state[HIGH + index] = at(state, HIGH + index) + high + (sum > 0xffff_ffff ? 1 : 0);
}

/** Mixes the product of two halves in. */
function multiply(state: Uint32Array, index: number, one: number, other: number): void {
  const a = one & 0xffff;
  const b = one >>> 16;
  const c = other & 0xffff;
  const d = other >>> 16;
  const low = a * c;
  const middle = b * c + (low >>> 16);
  const cross = a * d + (middle & 0xffff);
  const high = b * d + Math.floor(middle / 0x1_0000) + Math.floor(cross / 0x1_0000);
  state[index] = at(state, index) ^ (((cross & 0xffff) << 16) | (low & 0xffff));
  state[HIGH + index] = at(state, HIGH + index) ^ high;
}

/** Shuffles the bytes of two numbers, and adds what comes of it to two others. */
function merge(state: Uint32Array, from: number, to: number): void {
  const low0 = at(state, from);
  const high0 = at(state, HIGH + from);
  const low1 = at(state, from + 1);
  const high1 = at(state, HIGH + from + 1);
  add(
    state,
    to,
    (low0 >>> 24) | ((high1 & 0xff) << 8) | (low0 & 0xff0000) | ((high0 & 0xff00) << 16),
    ((high1 >>> 16) & 0xff) | (low0 & 0xff00) | ((high1 >>> 8) & 0xff0000) | ((low0 & 0xff) << 24),
  );
  add(
    state,
    to + 1,
    (low1 >>> 24) | ((high0 & 0xff) << 8) | (low1 & 0xff0000) | ((high1 & 0xff00) << 16),
    ((low1 >>> 8) & 0xff) | ((high0 >>> 8) & 0xff00) | ((low1 & 0xff) << 16) | (high0 & 0xff000000),
  );
}
