import { fromPublic } from '@nats-io/nkeys';
import { describe, expect, it } from 'vitest';
import { Authenticator } from '../../../../broker/auth/authenticator.ts';
import { newPublicKey } from '../../../../broker/auth/nkey.ts';

const nothing = { user: '', pass: '', auth_token: '' };

describe('keys', () => {
  it('are 56 characters that the nkeys library takes', () => {
    const server = newPublicKey('server');
    expect(server).toMatch(/^N[A-Z2-7]{55}$/);
    expect(fromPublic(server).getPublicKey()).toBe(server);
    expect(newPublicKey('curve')).toMatch(/^X[A-Z2-7]{55}$/);
    expect(newPublicKey('server')).not.toBe(server);
  });
});

describe('authenticator', () => {
  it('lets everyone in when nothing is asked', () => {
    const open = new Authenticator({});
    expect(open.required).toBe(false);
    expect(open.admits({ ...nothing, user: 'anyone', pass: 'x' })).toBe(true);
  });

  it('asks for user and password', () => {
    const one = new Authenticator({ user: 'ann', password: 'secret' });
    expect(one.required).toBe(true);
    expect(one.admits({ ...nothing, user: 'ann', pass: 'secret' })).toBe(true);
    expect(one.admits({ ...nothing, user: 'ann', pass: 'secret ' })).toBe(false);
    expect(one.admits({ ...nothing, user: 'bob', pass: 'secret' })).toBe(false);
    expect(one.admits(nothing)).toBe(false);
  });

  it('asks for a token', () => {
    const one = new Authenticator({ token: 't0k' });
    expect(one.admits({ ...nothing, auth_token: 't0k' })).toBe(true);
    expect(one.admits({ ...nothing, pass: 't0k' })).toBe(false);
  });

  it('takes a bcrypt hash for no password', () => {
    const hash = '$2a$11$PWIFAL8RsWyGI3jVZtO9Nu8.6jOxzxfZo7c/W0eLk017hjgUKWrhy';
    const one = new Authenticator({ user: 'ann', password: hash });
    expect(one.admits({ ...nothing, user: 'ann', pass: hash })).toBe(false);
    expect(one.uncheckable).toEqual(['ann']);
    expect(new Authenticator({ token: hash }).admits({ ...nothing, auth_token: hash })).toBe(false);
  });

  it('knows several users, and one for those who say nothing', () => {
    const users = [
      { user: 'ann', password: 'a' },
      { user: 'bob', password: 'b' },
    ];
    const some = new Authenticator({ users });
    expect(some.admits({ ...nothing, user: 'bob', pass: 'b' })).toBe(true);
    expect(some.admits({ ...nothing, user: 'bob', pass: 'a' })).toBe(false);
    expect(some.admits(nothing)).toBe(false);
    const open = new Authenticator({ users, noAuthUser: 'bob' });
    expect(open.admits(nothing)).toBe(true);
    expect(open.admits({ ...nothing, pass: 'x' })).toBe(false);
    expect(open.noAuthUser).toBe('bob');
  });
});
