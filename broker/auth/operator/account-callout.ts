import type { ConnectOptions } from '../../wire/connect.ts';
import type { AuthenticationOutcome, ConnectionFacts, Identity } from '../authentication.ts';
import { Callout, CALLOUT_SUBJECT, capitalized, withDenied } from '../callout.ts';
import type { AuthorizationResponseClaims, UserClaims } from '../jwt/claims.ts';
import { failureText, labelOf, userOf } from '../shown.ts';
import type { KnownAccount } from './account-book.ts';
import type { OperatorDependencies } from './dependencies.ts';
import { type AdmittedUser, checkUser } from './user-check.ts';

/** Those whom a program let in, with what it said of them: they show no JWT that could be looked at again. */
const calledOut = new WeakMap<Identity, UserClaims>();

/** Somebody whom his account admits, as far as it is asked. */
export interface CalloutCandidate {
  readonly connect: ConnectOptions;
  readonly facts: ConnectionFacts;
  readonly account: KnownAccount;
  readonly user: AdmittedUser;
  /** It came through a proxy that is trusted. */
  readonly proxied: boolean;
}

/** Accounts may have a program decide who comes in (ADR-26): the one that a user comes in as whom they name. */
export class AccountCallout {
  readonly #dependencies: OperatorDependencies;
  readonly #lookup: (name: string) => KnownAccount | Promise<KnownAccount>;
  readonly #timeoutMs: number;
  readonly #callout: Callout;

  constructor(
    dependencies: OperatorDependencies,
    lookup: (name: string) => KnownAccount | Promise<KnownAccount>,
    timeoutMs: number,
  ) {
    this.#dependencies = dependencies;
    this.#lookup = lookup;
    this.#timeoutMs = timeoutMs;
    this.#callout = new Callout(dependencies);
  }

  /** Whether it is for a program to say who comes into the account. */
  concerns({ claims }: KnownAccount): boolean {
    return (claims?.nats.authorization.auth_users.length ?? 0) > 0;
  }

  /** What a program said of somebody who is in because of that; undefined of others. */
  admitted(identity: Identity): UserClaims | undefined {
    return calledOut.get(identity);
  }

  decide(candidate: CalloutCandidate): AuthenticationOutcome | Promise<AuthenticationOutcome> {
    const { account, connect, user } = candidate;
    if (account.claims?.nats.authorization.auth_users.includes(user.claims.sub) === true) {
      const { identity, jwt } = user;
      return guarded(jwt === connect.jwt ? { identity } : { identity, shown: { ...connect, jwt } }, account.name);
    }
    return this.#ask(candidate);
  }

  async #ask(candidate: CalloutCandidate): Promise<AuthenticationOutcome> {
    const { connect, facts, account, user } = candidate;
    const space = this.#dependencies.accounts.get(account.name);
    if (space === undefined) return this.#refuse(candidate, 'Client not mapped to a callout account', 'warn');
    const answer = await this.#callout.ask({
      connect: { ...connect, jwt: user.jwt },
      user: user.claims.sub,
      facts,
      tags: user.claims.nats.tags,
      nameTag: user.claims.name,
      account: space,
      subject: account.name,
      curveKey: account.claims?.nats.authorization.xkey ?? '',
      timeoutMs: this.#timeoutMs,
      signerFault: (response) => signerFault(response, account),
    });
    if ('failure' in answer) return this.#refuse(candidate, answer.failure, answer.level);
    return this.#admit(candidate, answer.user);
  }

  async #admit(
    { connect, facts, account, proxied }: CalloutCandidate,
    user: UserClaims,
  ): Promise<AuthenticationOutcome> {
    const refuse = (text: string): AuthenticationOutcome =>
      this.#refuse({ connect, account }, capitalized(text), 'warn');
    const name = user.nats.issuer_account === '' ? user.iss : user.nats.issuer_account;
    const allowed = account.claims?.nats.authorization.allowed_accounts ?? [];
    if (name !== account.name && !allowed.includes('*') && !allowed.includes(name)) {
      const accounts = `account ${JSON.stringify(user.iss)} not permitted as valid account option for auth callout`;
      return refuse(`${accounts} for account ${JSON.stringify(account.name)}`);
    }
    let target: KnownAccount;
    try {
      target = await this.#lookup(name);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const accounts = `${JSON.stringify(name)} for auth callout response on account ${JSON.stringify(account.name)}`;
      return refuse(`no valid account ${accounts}: ${why}`);
    }
    if (!target.signingKeys.has(user.iss)) return refuse(`user JWT issuer ${JSON.stringify(user.iss)} is not known`);
    const check = checkUser({ jwt: '', claims: user }, target, facts, this.#dependencies.clock.now(), undefined);
    if ('complaint' in check) return refuse(check.complaint.text);
    if (check.user.claims.nats.proxy_required && !proxied) {
      return this.#refuse({ connect, account }, 'proxy connection required', 'debug', 'Proxy Required');
    }
    // The JWT that was shown says nothing of who he is now.
    const kept = { ...connect, jwt: '' };
    const shown = user.name === '' ? kept : { ...kept, user: user.name, nkey: '', auth_token: '' };
    const { account: place, permissions, expiresAt, tags, allowedTypes } = check.user.identity;
    const identity = { account: place, user: userOf(shown), label: labelOf(shown), permissions, expiresAt };
    const outcome = guarded({ identity: { ...identity, tags, allowedTypes }, shown }, account.name);
    if (outcome.identity !== undefined) calledOut.set(outcome.identity, check.user.claims);
    return outcome;
  }

  #refuse(
    { connect, account }: Pick<CalloutCandidate, 'connect' | 'account'>,
    text: string,
    level: 'warn' | 'debug',
    reason: 'Authentication Failure' | 'Proxy Required' = 'Authentication Failure',
  ): AuthenticationOutcome {
    if (level === 'warn') this.#dependencies.log('warn', text);
    const debug = level === 'debug' ? text : undefined;
    const told = { account: account.name, reason: text };
    return { refusal: { error: 'Authorization Violation', reason, log: failureText(connect), debug, told } };
  }
}

/** An answer in clear has to be signed by the account that was asked in. */
function signerFault({ iss, nats }: AuthorizationResponseClaims, account: KnownAccount): string | undefined {
  const { issuer_account: issuer } = nats;
  if (issuer !== '' && issuer !== account.name) {
    return `auth callout response issuer account ${JSON.stringify(issuer)} is not the callout account`;
  }
  return account.signingKeys.has(iss) ? undefined : 'auth callout signing key is unknown';
}

/** Nobody in the account of the program may ask it himself. */
function guarded(outcome: AuthenticationOutcome, account: string): AuthenticationOutcome {
  if (outcome.refusal !== undefined) return outcome;
  const { identity } = outcome;
  const permissions =
    identity.account === account ? withDenied(identity.permissions, CALLOUT_SUBJECT) : identity.permissions;
  return { ...outcome, identity: { ...identity, permissions } };
}
