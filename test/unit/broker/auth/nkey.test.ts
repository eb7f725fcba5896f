import * as library from '@nats-io/nkeys';
import { describe, expect, it } from 'vitest';
import { openCurveBox } from '../../../../broker/auth/curve.ts';
import {
  decodePublicKey,
  decodeSeed,
  encodePublicKey,
  encodeSeed,
  isPublicKey,
  keyPairFromSeed,
  newKeyPair,
  newPublicKey,
  NkeyError,
  type NkeyKind,
  publicKeyKind,
  verifySignature,
} from '../../../../broker/auth/nkey.ts';

const signing: [NkeyKind, string, () => library.KeyPair][] = [
  ['operator', 'O', library.createOperator],
  ['account', 'A', library.createAccount],
  ['user', 'U', library.createUser],
  ['server', 'N', library.createServer],
  ['cluster', 'C', library.createCluster],
];
const data = Buffer.from('a nonce to be signed');
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('nkeys', () => {
  it.each(signing)('of kind %s begin with %s and are what the nkeys library takes', (kind, letter) => {
    const pair = newKeyPair(kind);
    expect(pair.publicKey).toMatch(new RegExp(`^${letter}[A-Z2-7]{55}$`));
    expect(pair.seed).toMatch(new RegExp(`^S${letter}[A-Z2-7]{56}$`));
    const theirs = library.fromSeed(new TextEncoder().encode(pair.seed));
    expect(theirs.getPublicKey()).toBe(pair.publicKey);
    expect(theirs.verify(data, pair.sign(data))).toBe(true);
  });

  it.each(signing)('of kind %s made by the library are read', (kind, _letter, create) => {
    const theirs = create();
    const pair = keyPairFromSeed(text(theirs.getSeed()));
    expect(pair).toMatchObject({ kind, publicKey: theirs.getPublicKey(), seed: text(theirs.getSeed()) });
    expect(verifySignature(pair.publicKey, data, theirs.sign(data))).toBe(true);
    expect(Buffer.from(theirs.sign(data))).toEqual(pair.sign(data));
  });

  it('are new every time', () => {
    expect(newPublicKey('server')).not.toBe(newPublicKey('server'));
    expect(publicKeyKind(newPublicKey('curve'))).toBe('curve');
  });

  it('go through bytes and back', () => {
    const pair = newKeyPair('account');
    expect(encodePublicKey('account', decodePublicKey(pair.publicKey).bytes)).toBe(pair.publicKey);
    expect(encodeSeed('account', decodeSeed(pair.seed).bytes)).toBe(pair.seed);
  });

  it('do not verify what another signed, other data, or a signature that is cut', () => {
    const pair = newKeyPair('user');
    const signature = pair.sign(data);
    expect(verifySignature(pair.publicKey, data, signature)).toBe(true);
    expect(verifySignature(newPublicKey('user'), data, signature)).toBe(false);
    expect(verifySignature(pair.publicKey, Buffer.from('other'), signature)).toBe(false);
    expect(verifySignature(pair.publicKey, data, signature.subarray(1))).toBe(false);
    expect(verifySignature(newPublicKey('curve'), data, signature)).toBe(false);
    expect(verifySignature('no key', data, signature)).toBe(false);
  });

  it('with any letter changed are no keys', () => {
    const { publicKey } = newKeyPair('user');
    for (let at = 0; at < publicKey.length; at++) {
      const other = publicKey[at] === 'A' ? 'B' : 'A';
      const spoiled = publicKey.slice(0, at) + other + publicKey.slice(at + 1);
      expect(isPublicKey(spoiled), `letter ${at}`).toBe(false);
    }
  });

  it.each([
    ['nothing', ''],
    ['a letter', 'U'],
    ['too little', 'UAAA'],
    ['digits that are not in the alphabet', '1'.repeat(56)],
    ['lower case', newPublicKey('user').toLowerCase()],
    ['a letter too many', `${newPublicKey('user')}A`],
    ['two letters too many', `${newPublicKey('user')}AA`],
  ])('%s is no public key', (_what, key) => {
    expect(isPublicKey(key)).toBe(false);
    expect(() => decodePublicKey(key)).toThrow(NkeyError);
  });

  it('tells kinds apart', () => {
    const user = newPublicKey('user');
    expect(isPublicKey(user, 'user')).toBe(true);
    expect(isPublicKey(user, 'account')).toBe(false);
  });

  it('takes no public key for a seed and no seed for a public key, and shows neither', () => {
    const pair = newKeyPair('user');
    expect(isPublicKey(pair.seed)).toBe(false);
    expect(() => keyPairFromSeed(pair.publicKey)).toThrow(expect.objectContaining({ code: 'invalid-seed' }) as Error);
    const spoiled = `${pair.seed.slice(0, -2)}AA`;
    const failure = (): unknown => {
      try {
        return keyPairFromSeed(spoiled);
      } catch (error) {
        return error;
      }
    };
    expect(String(failure())).not.toContain(spoiled);
  });
});

describe('curve keys', () => {
  it('seal for each other, and for the library', async () => {
    const [one, other] = [newKeyPair('curve'), newKeyPair('curve')];
    const [box, theirs] = [await openCurveBox(one.seed), library.fromCurveSeed(new TextEncoder().encode(other.seed))];
    expect(one.publicKey).toMatch(/^X[A-Z2-7]{55}$/);
    expect(theirs.getPublicKey()).toBe(other.publicKey);
    const sealed = box.seal(data, other.publicKey);
    expect(text(sealed.subarray(0, 4))).toBe('xkv1');
    expect(Buffer.from(theirs.open(sealed, one.publicKey) as Uint8Array)).toEqual(data);
    expect(Buffer.from(box.open(theirs.seal(data, one.publicKey), other.publicKey) as Uint8Array)).toEqual(data);
  });

  it('open nothing that is spoiled, cut, or by somebody else', async () => {
    const [one, other] = [newKeyPair('curve'), newKeyPair('curve')];
    const [box, sender] = [await openCurveBox(one.seed), await openCurveBox(other.seed)];
    const sealed = sender.seal(data, one.publicKey);
    expect(box.open(sealed, newPublicKey('curve'))).toBeUndefined();
    expect(box.open(sealed.subarray(0, 20), other.publicKey)).toBeUndefined();
    expect(
      box.open(
        sealed.map((byte, at) => (at === 40 ? byte ^ 1 : byte)),
        other.publicKey,
      ),
    ).toBeUndefined();
    expect(box.open(sealed, newPublicKey('user'))).toBeUndefined();
  });

  it('do not sign, and other keys do not seal', async () => {
    expect(() => newKeyPair('curve').sign(data)).toThrow(expect.objectContaining({ code: 'wrong-kind' }) as Error);
    await expect(openCurveBox(newKeyPair('user').seed)).rejects.toMatchObject({ code: 'wrong-kind' });
    const box = await openCurveBox(newKeyPair('curve').seed);
    expect(() => box.seal(data, newPublicKey('user'))).toThrow(NkeyError);
  });
});
