import { decodeSeed, isPublicKey, NkeyError } from './nkey.ts';

/**
 * Sealed boxes between curve keys (`X…`), as auth callout uses them: `xkv1`, a nonce of 24 bytes, and the box. The
 * package behind it is loaded when the first box is made: most brokers never make one.
 */
export interface CurveBox {
  /** For the owner of `recipient`. Throws an `NkeyError` when that is no curve key. */
  seal(message: Uint8Array, recipient: string): Uint8Array;
  /** Undefined when it is no box for us, or none by `sender`. */
  open(box: Uint8Array, sender: string): Uint8Array | undefined;
}

/** The box of the owner of a curve seed (`SX…`). Rejects with an `NkeyError` when it is none. */
export async function openCurveBox(seed: string): Promise<CurveBox> {
  if (decodeSeed(seed).kind !== 'curve') throw new NkeyError('wrong-kind', 'nkeys: not a curve seed');
  const { fromCurveSeed } = await import('@nats-io/nkeys');
  const pair = fromCurveSeed(new TextEncoder().encode(seed));
  return {
    seal(message, recipient) {
      if (!isPublicKey(recipient, 'curve')) throw new NkeyError('wrong-kind', 'nkeys: not a public curve key');
      return pair.seal(message, recipient);
    },
    open(box, sender) {
      try {
        return pair.open(box, sender) ?? undefined;
      } catch {
        return undefined;
      }
    },
  };
}
