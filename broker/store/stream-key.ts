import { createCipheriv, createDecipheriv, createHmac, randomFillSync } from 'node:crypto';

export type Cipher = 'chacha' | 'aes';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ALGORITHMS = { chacha: 'chacha20-poly1305', aes: 'aes-256-gcm' } as const;

/** Random numbers are drawn for so many nonces at once. */
const NONCES_DRAWN = 256;

/** The data key of a stream. It encrypts nothing itself: each file has a key of its own, made from it and the file's salt. */
export class StreamKey {
  readonly cipher: Cipher;
  readonly #key: Buffer;

  /** The key has 32 bytes. */
  constructor(cipher: Cipher, key: Buffer) {
    this.cipher = cipher;
    this.#key = key;
  }

  forFile(salt: Uint8Array): FileKey {
    return new FileKey(this.cipher, createHmac('sha256', this.#key).update('file').update(salt).digest());
  }
}

/**
 * Encrypts pieces of one file. Nonces are random: a file has far fewer than 2^32 pieces, so that none comes twice; they
 * are not counted, since a piece that a full disk refused is written again with other bytes in it.
 */
export class FileKey {
  readonly overheadBytes = NONCE_BYTES + TAG_BYTES;
  readonly #algorithm: 'chacha20-poly1305';
  readonly #key: Buffer;
  readonly #nonces = Buffer.alloc(NONCE_BYTES * NONCES_DRAWN);
  #next = NONCES_DRAWN;

  constructor(cipher: Cipher, key: Buffer) {
    // Both are used in the same way; the types know it of each alone.
    this.#algorithm = ALGORITHMS[cipher] as 'chacha20-poly1305';
    this.#key = key;
  }

  /** Puts nonce, tag and the encrypted bytes into the target. `context` has to be the same when it is opened. */
  seal(plain: Uint8Array, context: Uint8Array, target: Buffer, at: number): void {
    if (this.#next === NONCES_DRAWN) {
      randomFillSync(this.#nonces);
      this.#next = 0;
    }
    const start = NONCE_BYTES * this.#next++;
    const nonce = this.#nonces.subarray(start, start + NONCE_BYTES);
    const cipher = createCipheriv(this.#algorithm, this.#key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(context, { plaintextLength: plain.length });
    const encrypted = cipher.update(plain);
    cipher.final();
    target.set(nonce, at);
    target.set(cipher.getAuthTag(), at + NONCE_BYTES);
    target.set(encrypted, at + NONCE_BYTES + TAG_BYTES);
  }

  /** Undefined: it was not sealed with this key, or somebody changed it. */
  open(sealed: Uint8Array, context: Uint8Array): Buffer | undefined {
    if (sealed.length < this.overheadBytes) return undefined;
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const encrypted = sealed.subarray(this.overheadBytes);
    const decipher = createDecipheriv(this.#algorithm, this.#key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(context, { plaintextLength: encrypted.length });
    decipher.setAuthTag(sealed.subarray(NONCE_BYTES, this.overheadBytes));
    try {
      const plain = decipher.update(encrypted);
      decipher.final();
      return plain;
    } catch {
      return undefined;
    }
  }
}
