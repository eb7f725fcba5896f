import bcryptjs from 'bcryptjs';
import { describe, expect, it } from 'vitest';
import { bcryptHash, bcryptMatches, isBcrypt } from '../../../../broker/auth/bcrypt.ts';
import { piFraction } from '../../../../broker/auth/pi-bits.ts';

/** The cheapest cost. */
const COST = 4;

describe('digits of π', () => {
  it('are those that everybody knows, and go on where they are more', () => {
    const few = piFraction(4);
    // 3.243F6A88 85A308D3 13198A2E 03707344
    expect([...few].map((word) => (word >>> 0).toString(16))).toEqual(['243f6a88', '85a308d3', '13198a2e', '3707344']);
    expect(piFraction(1042).slice(0, 4)).toEqual(few);
  });
});

describe('bcrypt', () => {
  it.each(['', 'a', 'pässwörd ☃', 'x'.repeat(71), 'x'.repeat(72)])('of %j is as bcryptjs has it', async (password) => {
    expect(await bcryptMatches(password, bcryptjs.hashSync(password, COST))).toBe(true);
    const ours = await bcryptHash(password, COST);
    expect(ours).toMatch(/^\$2a\$04\$[./A-Za-z0-9]{53}$/);
    expect(bcryptjs.compareSync(password, ours)).toBe(true);
    expect(bcryptjs.compareSync(`${password.slice(0, 70)}?`, ours)).toBe(false);
  });

  it.each(['foo ', 'Foo', 'fo', ''])('does not take %j for foo', async (password) => {
    expect(await bcryptMatches(password, bcryptjs.hashSync('foo', COST))).toBe(false);
  });

  it('looks at the first 72 bytes only, as nats-server does', async () => {
    const hash = bcryptjs.hashSync('x'.repeat(72), COST);
    expect(await bcryptMatches('x'.repeat(100), hash)).toBe(true);
    await expect(bcryptHash('x'.repeat(73), COST)).rejects.toThrow(/72 bytes/);
  });

  it.each(['b', 'x', 'y'])('takes the letter %s of other writers', async (letter) => {
    const hash = bcryptjs.hashSync('foo', COST).replace('$2b$', `$2${letter}$`).replace('$2a$', `$2${letter}$`);
    expect(isBcrypt(hash)).toBe(true);
    expect(await bcryptMatches('foo', hash)).toBe(true);
  });

  it('matches nothing with a hash that is cut, longer, or has no valid cost', async () => {
    const hash = bcryptjs.hashSync('foo', COST);
    for (const spoiled of [hash.slice(0, -1), `${hash}x`, hash.replace('$04$', '$03$'), hash.replace('$04$', '$32$')]) {
      expect(isBcrypt(spoiled)).toBe(true);
      expect(await bcryptMatches('foo', spoiled)).toBe(false);
    }
  });

  it('gives up when it is told to', async () => {
    const abort = new AbortController();
    const started = performance.now();
    // Some minutes of work.
    const check = bcryptMatches('foo', bcryptjs.hashSync('foo', COST).replace('$04$', '$20$'), abort.signal);
    setTimeout(() => abort.abort(), 5);
    expect(await check).toBe(false);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('lets the loop turn meanwhile', async () => {
    let turns = 0;
    const count = (): void => {
      turns++;
      next = setImmediate(count);
    };
    let next = setImmediate(count);
    await bcryptHash('foo', 9);
    clearImmediate(next);
    expect(turns).toBeGreaterThan(3);
  });

  it('has no hash of a cost that there is not', async () => {
    await expect(bcryptHash('foo', 3)).rejects.toThrow(RangeError);
    await expect(bcryptHash('foo', 4.5)).rejects.toThrow(RangeError);
  });

  it.each(['secret', '$2a$', '$2c$10$abc', '2a$10$abc'])('%j is no bcrypt hash', (text) => {
    expect(isBcrypt(text)).toBe(false);
  });
});
