import bcryptjs from 'bcryptjs';
import { describe, expect, it } from 'vitest';
import { Passwords } from '../../../../broker/auth/passwords.ts';

const hash = bcryptjs.hashSync('foo', 4);

describe('passwords', () => {
  it('in plain text are answered at once', () => {
    const passwords = new Passwords();
    expect(passwords.matches('foo', 'foo')).toBe(true);
    expect(passwords.matches('foo', 'Foo')).toBe(false);
    expect(passwords.matches('foo', 'foo2')).toBe(false);
    expect(passwords.matches('', '')).toBe(true);
    expect(passwords.matches('', 'x')).toBe(false);
    expect(passwords.matches('pä', 'pä')).toBe(true);
  });

  it('kept as a hash are answered later, and at once when they were right before', async () => {
    const passwords = new Passwords();
    expect(await passwords.matches(hash, 'foo')).toBe(true);
    expect(passwords.matches(hash, 'foo')).toBe(true);
    const wrong = passwords.matches(hash, 'bar');
    expect(wrong).toBeInstanceOf(Promise);
    expect(await wrong).toBe(false);
    expect(passwords.matches(hash, 'bar')).toBeInstanceOf(Promise);
    expect(await passwords.matches(hash, hash)).toBe(false);
  });

  it('that are being checked are not checked twice', async () => {
    const passwords = new Passwords();
    const first = passwords.matches(hash, 'foo');
    expect(passwords.matches(hash, 'foo')).toBe(first);
    const other = passwords.matches(hash, 'bar');
    expect(other).not.toBe(first);
    expect(await Promise.all([first, other])).toEqual([true, false]);
  });

  it('of somebody who has gone are not checked', async () => {
    const passwords = new Passwords();
    const slow = passwords.matches(bcryptjs.hashSync('x', 8), 'x');
    const aborted = new AbortController();
    const gone = passwords.matches(hash, 'foo', aborted.signal);
    aborted.abort();
    expect(await gone).toBe(false);
    expect(await slow).toBe(true);
    expect(await passwords.matches(hash, 'foo')).toBe(true);
  });

  it('go on being checked for who waits, though another has gone', async () => {
    const passwords = new Passwords();
    const aborted = new AbortController();
    const gone = passwords.matches(hash, 'foo', aborted.signal);
    const waiting = passwords.matches(hash, 'foo', new AbortController().signal);
    aborted.abort();
    expect(await waiting).toBe(true);
    expect(await gone).toBe(true);
  });
});
