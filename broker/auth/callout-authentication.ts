import { GLOBAL_ACCOUNT } from '../account/account.ts';
import type { BrokerOptions } from '../options.ts';
import type { AuthCalloutOptions } from '../options/authentication.ts';
import type { ConnectionType } from '../options/permissions.ts';
import { type ConnectOptions, defaultConnectOptions } from '../wire/connect.ts';
import type { Authentication, AuthenticationOutcome, ConnectionFacts, Identity } from './authentication.ts';
import { Callout, CALLOUT_SUBJECT, capitalized, withDenied } from './callout.ts';
import { ConfigAuthentication, type Finding, outcomeOf, refusalOf } from './config-authentication.ts';
import type { AuthenticationDependencies } from './dependencies.ts';
import type { UserClaims } from './jwt/claims.ts';
import { permissionsOf } from './operator/account-options.ts';
import { admitsTime, connectionTypes } from './operator/user-limits.ts';
import { labelOf, userOf } from './shown.ts';

type Answer<T> = T | Promise<T>;

/**
 * A program decides who comes in (ADR-26), whatever the configuration says of him: of everybody but those it comes in as
 * itself, and those of accounts that it is not in charge of.
 */
export class CalloutAuthentication implements Authentication {
  readonly #configured: ConfigAuthentication;
  readonly #options: BrokerOptions;
  readonly #dependencies: AuthenticationDependencies;
  readonly #settings: AuthCalloutOptions;
  readonly #callout: Callout;

  constructor(options: BrokerOptions, settings: AuthCalloutOptions, dependencies: AuthenticationDependencies) {
    this.#configured = new ConfigAuthentication(options, dependencies);
    this.#options = options;
    this.#settings = settings;
    this.#dependencies = dependencies;
    this.#callout = new Callout(dependencies);
    this.#complain();
  }

  get usesNonce(): boolean {
    return this.#configured.usesNonce;
  }

  required(type: ConnectionType): boolean {
    return this.#configured.required(type);
  }

  demanded(type: ConnectionType): boolean {
    return this.#configured.demanded(type);
  }

  timeoutMs(type: ConnectionType): number {
    return this.#configured.timeoutMs(type);
  }

  authenticate(connect: ConnectOptions, facts: ConnectionFacts, signal?: AbortSignal): Answer<AuthenticationOutcome> {
    const finding = this.#configured.find(connect, facts, signal);
    return finding instanceof Promise
      ? finding.then((late) => this.#decide(late, facts))
      : this.#decide(finding, facts);
  }

  unannounced(facts: ConnectionFacts, signal?: AbortSignal): Answer<AuthenticationOutcome> | undefined {
    if (!this.#configured.admitsUnannounced(facts)) return undefined;
    return this.authenticate(defaultConnectOptions(), facts, signal);
  }

  review(identity: Identity, connect: ConnectOptions, facts: ConnectionFacts): Answer<AuthenticationOutcome> {
    const moved = this.#configured.movedOutcome(identity, connect);
    return moved ?? this.authenticate(connect, facts);
  }

  dispose(): void {}

  #decide(finding: Finding, facts: ConnectionFacts): Answer<AuthenticationOutcome> {
    const { authUsers } = this.#settings;
    const itself = finding.knownAs !== '' && authUsers.includes(finding.knownAs);
    if (itself || !this.#isInCharge(finding.account)) return this.#guarded(outcomeOf(finding));
    return this.#ask(finding, facts).then((outcome) => this.#guarded(outcome));
  }

  /** Whoever the configuration does not know counts as one of the global account, and is asked about. */
  #isInCharge(account: string): boolean {
    const { allowedAccounts = [] } = this.#settings;
    return account === GLOBAL_ACCOUNT || allowedAccounts.length === 0 || allowedAccounts.includes(account);
  }

  async #ask(finding: Finding, facts: ConnectionFacts): Promise<AuthenticationOutcome> {
    const { issuer, xkey = '' } = this.#settings;
    const name = this.#accountName;
    const account = this.#dependencies.accounts.get(name);
    if (account === undefined) {
      const quoted = JSON.stringify(name);
      return this.#refuse(finding, `No valid account ${quoted} for auth callout request: account missing`, 'warn');
    }
    const answer = await this.#callout.ask({
      connect: finding.shown,
      facts,
      account,
      subject: issuer,
      curveKey: xkey,
      // The time of the plain listener counts for all of them.
      timeoutMs: this.#configured.timeoutMs('STANDARD'),
      signerFault: ({ iss }) => (iss === issuer ? undefined : 'auth callout signing key is unknown'),
    });
    if ('failure' in answer) return this.#refuse(finding, answer.failure, answer.level);
    return this.#admit(finding, facts, answer.user);
  }

  #admit(finding: Finding, facts: ConnectionFacts, user: UserClaims): AuthenticationOutcome {
    const { nats } = user;
    const place = JSON.stringify(this.#accountName);
    const refuse = (text: string): AuthenticationOutcome => this.#refuse(finding, capitalized(text), 'warn');
    if ((finding.proxyRequired || nats.proxy_required) && !finding.proxied) {
      return { refusal: refusalOf(finding.shown, 'Proxy Required', 'proxy connection required') };
    }
    const now = this.#dependencies.clock.now();
    const { allowed, leftMs } = admitsTime(nats, now);
    if (!allowed) return refuse(`authorized user on account ${place} outside of valid connect times`);
    const { known, unknown } = connectionTypes(nats.allowed_connection_types);
    if (unknown.length > 0 && known.length === 0) {
      return refuse(`authorized user on account ${place} using invalid connection type`);
    }
    if (known.length > 0 && !known.includes(facts.type)) {
      return refuse(`authorized user on account ${place} not allowed to use connection type`);
    }
    const fault = this.#issuerFault(user, place);
    if (fault !== undefined) return refuse(fault);
    // Where there are no operators the audience says which account he is put in.
    const account = this.#dependencies.accounts.get(user.aud);
    if (account === undefined) {
      const wanted = JSON.stringify(user.aud);
      return refuse(`no valid account ${wanted} for auth callout response on account ${place}: account missing`);
    }
    const shown =
      user.name === '' ? finding.shown : { ...finding.shown, user: user.name, nkey: '', auth_token: '', jwt: '' };
    const end = Math.min(user.exp === 0 ? Infinity : user.exp * 1000, leftMs === undefined ? Infinity : now + leftMs);
    return {
      identity: {
        account: account.name,
        user: userOf(shown),
        label: labelOf(shown),
        permissions: permissionsOf(nats) ?? account.options.defaultPermissions,
        expiresAt: end === Infinity ? undefined : end,
        tags: nats.tags,
        allowedTypes: known.length === 0 ? undefined : known,
      },
      shown,
    };
  }

  #issuerFault({ iss, nats }: UserClaims, place: string): string | undefined {
    const { issuer } = this.#settings;
    if (nats.issuer_account !== '') {
      return `error non operator mode account ${place}: attempted to use issuer_account`;
    }
    if (iss === issuer) return undefined;
    const keys = `expected ${JSON.stringify(issuer)} got ${JSON.stringify(iss)}`;
    return `wrong issuer for auth callout response on account ${place}, ${keys}`;
  }

  #refuse(finding: Finding, text: string, level: 'warn' | 'debug'): AuthenticationOutcome {
    if (level === 'warn') this.#dependencies.log('warn', text);
    const refusal = refusalOf(finding.shown, finding.reason, level === 'debug' ? text : undefined);
    return { refusal: { ...refusal, told: { account: this.#accountName, reason: text } } };
  }

  /** Nobody in the account of the program may ask it himself. */
  #guarded(outcome: AuthenticationOutcome): AuthenticationOutcome {
    if (outcome.refusal !== undefined || outcome.identity.account !== this.#accountName) return outcome;
    const permissions = withDenied(outcome.identity.permissions, CALLOUT_SUBJECT);
    return { ...outcome, identity: { ...outcome.identity, permissions } };
  }

  get #accountName(): string {
    return this.#settings.account ?? GLOBAL_ACCOUNT;
  }

  /** Tells the log what cannot work; the broker goes on, as nats-server does. */
  #complain(): void {
    const { accounts, log } = this.#dependencies;
    const { users = [], user, webSocket } = this.#options;
    if (accounts.get(this.#accountName) === undefined) {
      log('error', `Authorization callout account ${JSON.stringify(this.#accountName)} not valid`);
    }
    const names = new Set([...users.flatMap((one) => [one.user, one.nkey]), user, webSocket?.user]);
    for (const name of this.#settings.authUsers) {
      if (!names.has(name)) log('error', `Authorization callout user ${JSON.stringify(name)} not valid: <nil>`);
    }
  }
}
