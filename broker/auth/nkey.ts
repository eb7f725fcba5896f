import { createPrivateKey, createPublicKey, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import { decodeKeyText, encodeKeyText } from './key-text.ts';

/** What a key is for. Its first letter says so: `O…` `A…` `U…` `N…` `C…`, and `X…` for a key to encrypt to. */
export type NkeyKind = 'operator' | 'account' | 'user' | 'server' | 'cluster' | 'curve';

/** First byte of a public key; it becomes the first letter. */
const PREFIXES: Record<NkeyKind, number> = {
  operator: 14 << 3,
  account: 0,
  user: 20 << 3,
  server: 13 << 3,
  cluster: 2 << 3,
  curve: 23 << 3,
};
const SEED_PREFIX = 18 << 3;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** What stands in DER before the 32 bytes of a key. */
const DER = {
  ed25519: {
    public: Buffer.from('302a300506032b6570032100', 'hex'),
    private: Buffer.from('302e020100300506032b657004220420', 'hex'),
  },
  x25519: {
    public: Buffer.from('302a300506032b656e032100', 'hex'),
    private: Buffer.from('302e020100300506032b656e04220420', 'hex'),
  },
} as const;

/** A text that is no key, or not one of the wanted kind. The message never holds it: it may be a seed. */
export class NkeyError extends Error {
  override readonly name = 'NkeyError';
  readonly code: 'invalid-public-key' | 'invalid-seed' | 'wrong-kind';

  constructor(code: 'invalid-public-key' | 'invalid-seed' | 'wrong-kind', message: string) {
    super(message);
    this.code = code;
  }
}

/** A public key with what is needed to sign as its owner, and to open what was sealed for him. */
export interface NkeyPair {
  readonly kind: NkeyKind;
  readonly publicKey: string;
  /** `S…`: a secret. */
  readonly seed: string;
  /** 64 bytes of Ed25519. Throws an `NkeyError` for a curve key. */
  sign(data: Uint8Array): Buffer;
}

/** Kind and the 32 bytes of a public key. Throws an `NkeyError`. */
export function decodePublicKey(text: string): { kind: NkeyKind; bytes: Uint8Array } {
  const raw = decodeKeyText(text);
  const kind = raw && kindOf(raw[0] as number);
  if (raw === undefined || kind === undefined || raw.length !== KEY_BYTES + 1) {
    throw new NkeyError('invalid-public-key', 'nkeys: invalid public key');
  }
  return { kind, bytes: raw.subarray(1) };
}

/** What a public key is for; undefined when the text is none. */
export function publicKeyKind(text: string): NkeyKind | undefined {
  try {
    return decodePublicKey(text).kind;
  } catch {
    return undefined;
  }
}

/** Whether it is a public key, of that kind if one is given. */
export function isPublicKey(text: string, kind?: NkeyKind): boolean {
  const found = publicKeyKind(text);
  return found !== undefined && (kind === undefined || found === kind);
}

/** `bytes` are the 32 of the public key. */
export function encodePublicKey(kind: NkeyKind, bytes: Uint8Array): string {
  return encodeKeyText([PREFIXES[kind]], bytes);
}

/** Kind and the 32 secret bytes of a seed. Throws an `NkeyError`. */
export function decodeSeed(text: string): { kind: NkeyKind; bytes: Uint8Array } {
  const raw = decodeKeyText(text);
  const [first = 0, second = 0] = raw ?? [];
  // The kind begins in the last three bits of the first byte, so that the second letter shows it.
  const kind = kindOf(((first & 7) << 5) | (second >> 3));
  if (raw === undefined || kind === undefined || (first & 0xf8) !== SEED_PREFIX || raw.length !== KEY_BYTES + 2) {
    throw new NkeyError('invalid-seed', 'nkeys: invalid seed');
  }
  return { kind, bytes: raw.subarray(2) };
}

export function encodeSeed(kind: NkeyKind, bytes: Uint8Array): string {
  const prefix = PREFIXES[kind];
  return encodeKeyText([SEED_PREFIX | (prefix >> 5), (prefix & 31) << 3], bytes);
}

/** A new pair. */
export function newKeyPair(kind: NkeyKind): NkeyPair {
  return new Pair(kind, randomBytes(KEY_BYTES));
}

/** The pair that a seed belongs to. Throws an `NkeyError`. */
export function keyPairFromSeed(seed: string): NkeyPair {
  const { kind, bytes } = decodeSeed(seed.trim());
  return new Pair(kind, bytes);
}

/** Whether the owner of a public key signed these bytes. False also when the key is none that signs. */
export function verifySignature(publicKey: string, data: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== SIGNATURE_BYTES) return false;
  try {
    const { kind, bytes } = decodePublicKey(publicKey);
    if (kind === 'curve') return false;
    return verify(null, data, publicKeyObject('ed25519', bytes), signature);
  } catch {
    return false;
  }
}

/** A new public key whose secret nobody keeps. */
export function newPublicKey(kind: NkeyKind): string {
  return newKeyPair(kind).publicKey;
}

class Pair implements NkeyPair {
  readonly kind: NkeyKind;
  readonly publicKey: string;
  readonly seed: string;
  readonly #secret: KeyObject;

  constructor(kind: NkeyKind, secret: Uint8Array) {
    const curve = kind === 'curve' ? 'x25519' : 'ed25519';
    this.kind = kind;
    this.seed = encodeSeed(kind, secret);
    this.#secret = createPrivateKey({
      key: Buffer.concat([DER[curve].private, secret]),
      format: 'der',
      type: 'pkcs8',
    });
    const der = createPublicKey(this.#secret).export({ format: 'der', type: 'spki' });
    this.publicKey = encodePublicKey(kind, der.subarray(DER[curve].public.length));
  }

  sign(data: Uint8Array): Buffer {
    if (this.kind === 'curve') throw new NkeyError('wrong-kind', 'nkeys: a curve key cannot sign');
    return sign(null, data, this.#secret);
  }
}

function publicKeyObject(curve: keyof typeof DER, bytes: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([DER[curve].public, bytes]), format: 'der', type: 'spki' });
}

function kindOf(prefix: number): NkeyKind | undefined {
  return (Object.keys(PREFIXES) as NkeyKind[]).find((kind) => PREFIXES[kind] === prefix);
}
