import { isDeepStrictEqual } from 'node:util';
import type { ActivationCheck } from '../../account/exports.ts';
import { BrokerError } from '../../base/broker-error.ts';
import type { LogLevel } from '../../base/log.ts';
import type { BrokerOptions } from '../../options.ts';
import type { ConnectionType } from '../../options/permissions.ts';
import type { ConnectOptions } from '../../wire/connect.ts';
import type { Authentication, AuthenticationOutcome, ConnectionFacts, Identity, Refusal } from '../authentication.ts';
import { authTimeoutMs } from '../door.ts';
import { proxyStanding } from '../proxy.ts';
import { failureText } from '../shown.ts';
import type { UserClaims } from '../jwt/claims.ts';
import { decodeAccountClaims } from '../jwt/decode.ts';
import { isBlocking } from '../jwt/issues.ts';
import { JwtError } from '../jwt/jwt-error.ts';
import { validateAccount } from '../jwt/validation.ts';
import { AccountCallout } from './account-callout.ts';
import { AccountBook, type KnownAccount } from './account-book.ts';
import { createActivationCheck } from './activation.ts';
import type { OperatorDependencies } from './dependencies.ts';
import { trustOperators, type TrustedOperators, withOperatorDefaults } from './operators.ts';
import { createResolver } from './resolvers/create-resolver.ts';
import type { AccountResolver } from './resolvers/resolver.ts';
import { reasonOf } from './resolvers/update-requests.ts';
import {
  accountOf,
  type AdmittedUser,
  checkShown,
  checkUser,
  type Complaint,
  isRevoked,
  shownUser,
  type UserCheck,
} from './user-check.ts';

/** Operator mode: everybody shows a JWT that an account signed, whose own JWT an operator signed. */
export interface OperatorAuthentication extends Authentication {
  readonly operators: TrustedOperators;
  /**
   * Opens the resolver, keeps what is preloaded, finds the system account and takes over the accounts that the registry
   * has from before a reload.
   */
  prepare(): Promise<void>;
  /** Listens for claims, and warns of preloaded accounts that do not count. */
  start(): void;
  /** Whether activation tokens count: what exports and imports are to be held against. */
  readonly checkActivation: ActivationCheck;
  /** An account as its claims say; undefined when nobody has asked for it. */
  account(name: string): KnownAccount | undefined;
}

/** Throws a `BrokerError` in nats-server's words where the options do not go together. */
export function createOperatorAuthentication(
  options: BrokerOptions,
  dependencies: OperatorDependencies,
): OperatorAuthentication {
  return new JwtAuthentication(withOperatorDefaults(options), dependencies);
}

class JwtAuthentication implements OperatorAuthentication {
  readonly usesNonce = true;
  readonly operators: TrustedOperators;
  readonly checkActivation: ActivationCheck;
  readonly #options: BrokerOptions;
  readonly #dependencies: OperatorDependencies;
  readonly #resolver: AccountResolver;
  readonly #book: AccountBook;
  readonly #callout: AccountCallout;
  /** Accounts whose connections are taken; undefined: all. */
  readonly #pinned: ReadonlySet<string> | undefined;
  /** nats-server has no log yet when it looks whether it can start. */
  #silent = false;
  /** Accounts that were there before a reload and are to be had no more, with the reason. */
  readonly #gone = new Map<string, string>();

  constructor(options: BrokerOptions, given: OperatorDependencies) {
    const dependencies: OperatorDependencies = {
      ...given,
      log: (level, text) => {
        if (!this.#silent) given.log(level, text);
      },
    };
    this.#options = options;
    this.#dependencies = dependencies;
    this.operators = trustOperators(options);
    this.#resolver = createResolver(options.operator?.resolver ?? { type: 'memory' }, dependencies, this.operators);
    this.#book = new AccountBook(dependencies, this.operators, this.#resolver);
    this.checkActivation = createActivationCheck(this.#book, dependencies.clock);
    this.#callout = new AccountCallout(dependencies, (name) => this.#book.lookup(name), this.timeoutMs('STANDARD'));
    const pinned = options.operator?.pinnedAccounts;
    // The account that watches the server is never shut out.
    if (pinned !== undefined && pinned.length > 0) this.#pinned = new Set([...pinned, options.systemAccount ?? '']);
  }

  async prepare(): Promise<void> {
    this.#silent = true;
    try {
      await this.#prepare();
    } finally {
      this.#silent = false;
    }
  }

  start(): void {
    for (const [name, why] of this.#gone) {
      this.#log('info', `Reloaded: deleting account [${why}]: ${JSON.stringify(name)}`);
      this.#dependencies.accounts.delete(name);
    }
    this.#gone.clear();
    this.#checkPreload();
    this.#resolver.serve(this.#book);
  }

  async bring(account: string): Promise<void> {
    try {
      await this.#book.lookup(account);
    } catch (error) {
      this.#log('debug', `Account [${account}] not found: ${reasonOf(error)}`);
    }
  }

  async #prepare(): Promise<void> {
    await this.#resolver.open();
    for (const [account, jwt] of Object.entries(this.#options.operator?.preload ?? {})) {
      // A store that is full, or has something newer, is no reason not to start: nats-server does not look either.
      await this.#resolver.store(account, jwt).catch((error: unknown) => {
        this.#log('warn', `Preloaded account [${account}] not stored: ${reasonOf(error)}`);
      });
    }
    await this.#adoptKnown();
    await this.#findSystemAccount();
  }

  required(): boolean {
    return true;
  }

  demanded(): boolean {
    return true;
  }

  timeoutMs(type: ConnectionType): number {
    return authTimeoutMs(this.#options, type);
  }

  authenticate(
    connect: ConnectOptions,
    facts: ConnectionFacts,
    signal: AbortSignal,
  ): AuthenticationOutcome | Promise<AuthenticationOutcome> {
    const proxy = proxyStanding(connect, facts, this.#options.kept?.proxies ?? []);
    if (proxy === 'untrusted') {
      return this.#refuse(connect, facts, debug('proxy is not trusted'), 'Proxy Not Trusted');
    }
    const shown = shownUser(connect, this.#options.operator?.defaultSentinel);
    if ('text' in shown) return this.#refuse(connect, facts, shown);
    if (shown.claims.nats.proxy_required && proxy !== 'trusted') {
      return this.#refuse(connect, facts, debug('proxy connection required'), 'Proxy Required');
    }
    const early = checkShown(shown.claims, this.#dependencies.clock.now());
    if (early !== undefined) return this.#refuse(connect, facts, early);
    const name = accountOf(shown.claims);
    if (this.#pinned !== undefined && !this.#pinned.has(name)) {
      return this.#refuse(connect, facts, debug(`Account ${name} not listed as operator pinned account`));
    }
    const admit = (account: KnownAccount): AuthenticationOutcome | Promise<AuthenticationOutcome> => {
      const check = checkUser(shown, account, facts, this.#dependencies.clock.now(), { signature: connect.sig });
      if ('user' in check && this.#callout.concerns(account)) {
        return this.#callout.decide({ connect, facts, account, user: check.user, proxied: proxy === 'trusted' });
      }
      return this.#settle(connect, facts, account, check);
    };
    const missing = (error: unknown): AuthenticationOutcome =>
      this.#refuse(connect, facts, debug(`Account JWT lookup error: ${reasonOf(error)}`));
    let found;
    try {
      found = this.#book.lookup(name);
    } catch (error) {
      return missing(error);
    }
    if (!(found instanceof Promise)) return admit(found);
    return unlessAborted(found, signal).then(admit, missing);
  }

  /** Whoever begins with something else than CONNECT shows no JWT. */
  unannounced(): undefined {
    return undefined;
  }

  review(identity: Identity, connect: ConnectOptions, facts: ConnectionFacts): AuthenticationOutcome {
    const account = this.#book.known(identity.account);
    if (account === undefined) {
      return this.#refuse(connect, facts, debug('Account JWT lookup error: account missing'));
    }
    if (account.expired) {
      return sentAway('Account Authentication Expired', 'Authentication Expired');
    }
    const calledOut = this.#callout.admitted(identity);
    if (calledOut !== undefined) return reviewCalledOut(identity, calledOut, account);
    const shown = shownUser({ ...connect, jwt: identity.jwt ?? connect.jwt }, undefined);
    if ('text' in shown) return this.#refuse(connect, facts, shown);
    if (shown.claims.nats.bearer_token && account.claims?.nats.limits.disallow_bearer === true) {
      return this.#refuse(connect, facts, debug('Bearer User JWT not allowed'));
    }
    if (isRevoked(account, shown.claims)) {
      return sentAway('User Authentication Revoked', 'Credentials Revoked');
    }
    const check = checkUser(shown, account, facts, this.#dependencies.clock.now(), undefined);
    if ('complaint' in check) return silent(check.complaint);
    // A key whose scope is another one now has signed for somebody else.
    const scoped = account.signingKeys.get(shown.claims.iss) !== undefined;
    if (scoped && !sameStanding(identity, check.user.identity)) return silent(debug('the scope has changed'));
    return { identity: { ...check.user.identity, expiresAt: identity.expiresAt } };
  }

  account(name: string): KnownAccount | undefined {
    return this.#book.known(name);
  }

  dispose(): void {
    this.#resolver.dispose();
    this.#book.dispose();
  }

  #settle(
    connect: ConnectOptions,
    facts: ConnectionFacts,
    account: KnownAccount,
    check: UserCheck,
  ): AuthenticationOutcome {
    if ('complaint' in check) return this.#refuse(connect, facts, check.complaint);
    this.#logAdmitted(facts, account, check.user);
    // Who showed nothing may have been taken for somebody: that is what is looked at when he is looked at again.
    const { identity, jwt } = check.user;
    return jwt === connect.jwt ? { identity } : { identity, shown: { ...connect, jwt } };
  }

  #refuse(
    connect: ConnectOptions,
    facts: ConnectionFacts,
    { level, text }: Complaint,
    reason: Refusal['reason'] = 'Authentication Failure',
  ): AuthenticationOutcome {
    if (level === 'error') this.#log('error', `${addressOf(facts)} - ${text}`);
    return {
      refusal: {
        error: 'Authorization Violation',
        reason,
        log: failureText(connect),
        debug: level === 'debug' ? text : undefined,
      },
    };
  }

  #logAdmitted(facts: ConnectionFacts, account: KnownAccount, { claims }: AdmittedUser): void {
    const quote = JSON.stringify;
    const tags = (list: readonly string[]): string => `[${list.map((tag) => quote(tag)).join(' ')}]`;
    const user = `${quote(claims.sub)} (claim-name: ${quote(claims.name)}, claim-tags: ${tags(claims.nats.tags)})`;
    const { name = '', iss = '', nats } = account.claims ?? {};
    const its = `(claim-name: ${quote(name)}, claim-tags: ${tags(nats?.tags ?? [])})`;
    const mappings = (nats?.mappings.size ?? 0) > 0;
    this.#log(
      'debug',
      `${addressOf(facts)} - Authenticated JWT: Client ${user} signed with ${quote(claims.iss)} ` +
        `by Account ${quote(account.name)} ${its} signed with ${quote(iss)} has mappings ${mappings}`,
    );
  }

  /** Accounts that are there from before a reload go on as the resolver has them now. */
  async #adoptKnown(): Promise<void> {
    const { accounts } = this.#dependencies;
    const memory = this.#options.operator?.resolver?.type === 'memory';
    for (const { name, options } of accounts.list()) {
      if (options.jwt === undefined) continue;
      try {
        const jwt = await this.#book.fetch(name).catch((error: unknown) => {
          // Only a memory resolver is sure to have everything that there is.
          if (memory) throw error;
          return options.jwt as string;
        });
        await this.#book.adopt(name, jwt);
      } catch (error) {
        const why = error instanceof JwtError ? 'bad claims' : 'removed';
        this.#book.forget(name);
        this.#gone.set(name, why);
      }
    }
  }

  async #findSystemAccount(): Promise<void> {
    const { systemAccount: name, operator } = this.#options;
    if (name === undefined || this.#book.known(name) !== undefined) return;
    const memory = operator?.resolver?.type === 'memory';
    try {
      await this.#book.lookup(name);
    } catch (error) {
      if (memory || this.operators.claims.length !== 1) {
        throw new BrokerError('invalid-option', `error resolving system account: ${reasonOf(error)}`);
      }
      // Its JWT has to get here somehow: its own users may bring it.
      this.#book.allowUnknown(name);
    }
  }

  /** What is wrong with preloaded accounts is said now, and not when somebody comes. */
  #checkPreload(): void {
    const now = Math.floor(this.#dependencies.clock.now() / 1000);
    for (const [account, jwt] of Object.entries(this.#options.operator?.preload ?? {})) {
      const issues = validateAccount(decodeAccountClaims(jwt), now);
      if (!isBlocking(issues, true)) continue;
      this.#log('warn', `Account [${account}] has validation issues:`);
      for (const { description } of issues) this.#log('warn', `  - ${description}`);
    }
  }

  #log(level: LogLevel, text: string): void {
    this.#dependencies.log(level, text);
  }
}

/** Whom a program let in may stay while its signer signs for the account and he is not revoked. */
function reviewCalledOut(identity: Identity, claims: UserClaims, account: KnownAccount): AuthenticationOutcome {
  if (isRevoked(account, claims)) return sentAway('User Authentication Revoked', 'Credentials Revoked');
  return account.signingKeys.has(claims.iss) ? { identity } : silent(debug('User JWT issuer is not known'));
}

/** Somebody who did nothing wrong has to go: that is no error to the log. */
function sentAway(error: string, reason: Refusal['reason']): AuthenticationOutcome {
  return { refusal: { error, reason, log: '', debug: error } };
}

/** The connection is closed without a word: so does nats-server when keys change. */
function silent({ text }: Complaint): AuthenticationOutcome {
  return { refusal: { error: '', reason: 'Authentication Failure', debug: text } };
}

function debug(text: string): Complaint {
  return { text, level: 'debug' };
}

/** Whether a user may do the same as before. */
function sameStanding(before: Identity, now: Identity): boolean {
  const standing = ({ permissions, subscriptionsMax, payloadBytesMax, allowedTypes }: Identity): unknown => [
    permissions,
    subscriptionsMax,
    payloadBytesMax,
    allowedTypes,
  ];
  return isDeepStrictEqual(standing(before), standing(now));
}

function addressOf({ ip, port, clientId }: ConnectionFacts): string {
  return `${ip.includes(':') ? `[${ip}]` : ip}:${port} - cid:${clientId}`;
}

/** Rejects as soon as nobody waits any more. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('the connection is gone'));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
