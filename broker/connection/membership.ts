import type { Account } from '../account/account.ts';
import type { Identity } from '../auth/authentication.ts';
import { compilePermissions, type CompiledPermissions } from '../auth/permissions.ts';
import type { MatchCache } from '../delivery/match-cache.ts';
import type { MatchCaches } from '../delivery/match-caches.ts';
import { ResponseGrants } from './response-grants.ts';

/** Where a connection belongs: its account, as whom, and what it may do there. */
export class Membership {
  readonly account: Account;
  /** Undefined while it has not shown who it is and need not. */
  readonly identity: Identity | undefined;
  readonly permissions: CompiledPermissions | undefined;
  /** For what it publishes. */
  readonly cache: MatchCache;
  /** Replies that it may publish although its permissions do not allow them. */
  readonly grants: ResponseGrants | undefined;
  readonly #caches: MatchCaches;
  readonly #counted: number;

  /** `own`: it counts nowhere. */
  constructor(caches: MatchCaches, account: Account, identity: Identity | undefined, own: boolean) {
    this.#caches = caches;
    this.account = account;
    this.identity = identity;
    const permissions = identity?.permissions ?? account.options.defaultPermissions;
    this.permissions = permissions === undefined ? undefined : compilePermissions(permissions);
    this.cache = caches.take(account, this.#rules);
    const responses = this.permissions?.responses;
    this.grants = responses === undefined ? undefined : new ResponseGrants(responses);
    this.#counted = own ? 0 : 1;
    account.connections += this.#counted;
    account.connectionsEver += this.#counted;
  }

  /** How the log names it. */
  get label(): string | undefined {
    return this.identity?.label;
  }

  /** Who it is, for connz. */
  get user(): string | undefined {
    return this.identity?.user || undefined;
  }

  /** Of those who may publish anything there are none. */
  get #rules(): CompiledPermissions | undefined {
    return this.permissions?.key === '' ? undefined : this.permissions;
  }

  leave(): void {
    this.#caches.give(this.account, this.#rules);
    this.account.connections -= this.#counted;
  }
}
