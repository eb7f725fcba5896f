import { createHash, timingSafeEqual } from 'node:crypto';
import type { UserOptions } from '../options/authentication.ts';

/** What a connection shows. Fields that CONNECT left out are empty. */
export interface Credentials {
  user: string;
  pass: string;
  auth_token: string;
}

export interface AuthenticationOptions {
  user?: string | undefined;
  password?: string | undefined;
  token?: string | undefined;
  users?: readonly UserOptions[] | undefined;
  noAuthUser?: string | undefined;
}

/** Who may come in. In nats-server's order: users, then token, then the single user. */
export class Authenticator {
  readonly #users: ReadonlyMap<string, string> | undefined;
  readonly #token: string | undefined;
  readonly #single: { user: string; password: string } | undefined;
  readonly #noAuthUser: string | undefined;

  constructor(options: AuthenticationOptions) {
    const { users, token, user, password, noAuthUser } = options;
    if (users !== undefined && users.length > 0)
      this.#users = new Map(users.map((u) => [u.user ?? '', u.password ?? '']));
    if (token) this.#token = token;
    if (user) this.#single = { user, password: password ?? '' };
    if (noAuthUser && this.#users?.has(noAuthUser)) this.#noAuthUser = noAuthUser;
  }

  /** Whether credentials are needed at all. */
  get required(): boolean {
    return this.#users !== undefined || this.#token !== undefined || this.#single !== undefined;
  }

  /** Name of the user that connections without credentials are. */
  get noAuthUser(): string | undefined {
    return this.#noAuthUser;
  }

  /** Users whose password is a bcrypt hash: nobody can be admitted as one of them, and a hash is no password. */
  get uncheckable(): string[] {
    const all = [
      ...(this.#users ?? []),
      ...(this.#single ? [[this.#single.user, this.#single.password] as const] : []),
    ];
    return all.filter(([, password]) => BCRYPT.test(password)).map(([user]) => user);
  }

  admits(shown: Credentials): boolean {
    if (!this.required) return true;
    if (this.#users !== undefined) {
      if (shown.user === '') return this.#noAuthUser !== undefined && shown.pass === '' && shown.auth_token === '';
      const password = this.#users.get(shown.user);
      return password !== undefined && equal(password, shown.pass);
    }
    if (this.#token !== undefined) return equal(this.#token, shown.auth_token);
    const single = this.#single as { user: string; password: string };
    return single.user === shown.user && equal(single.password, shown.pass);
  }
}

/** What nats-server takes for a bcrypt hash. */
const BCRYPT = /^\$2[abxy]\$\d{2}\$/;

/** Takes the same time wherever the two differ. */
function equal(expected: string, shown: string): boolean {
  if (BCRYPT.test(expected)) return false;
  return timingSafeEqual(digest(expected), digest(shown));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
