import { GLOBAL_ACCOUNT } from '../account/account.ts';
import type { BrokerOptions } from '../options.ts';
import type { UserOptions } from '../options/authentication.ts';
import type { ConnectionType, PermissionsOptions } from '../options/permissions.ts';
import { type ConnectOptions, defaultConnectOptions } from '../wire/connect.ts';
import type { Authentication, AuthenticationOutcome, ConnectionFacts, Identity, Refusal } from './authentication.ts';
import { isBcrypt } from './bcrypt.ts';
import { type CertificateNames, readCertificateNames } from './certificate/certificate-names.ts';
import { userOfCertificate } from './certificate/certificate-user.ts';
import { DerError } from './certificate/der.ts';
import { standardSubjectText } from './certificate/distinguished-name.ts';
import type { AuthenticationDependencies } from './dependencies.ts';
import { type Directory, directoryOf, type Door, doorOf } from './door.ts';
import { proxyStanding } from './proxy.ts';
import { failureText, labelOf, signatureFault, userOf } from './shown.ts';

/** What the configuration makes of somebody, before anybody else is asked. */
export interface Finding {
  readonly admitted: boolean;
  /** What was shown, with what the configuration fills in for those who show nothing, or a certificate. */
  readonly shown: ConnectOptions;
  /** Name or key that the configuration knows this one by, even if the password is wrong; '' when by none. */
  readonly knownAs: string;
  readonly account: string;
  readonly permissions: PermissionsOptions | undefined;
  readonly allowedTypes: readonly ConnectionType[] | undefined;
  /** It came through a proxy that is trusted. */
  readonly proxied: boolean;
  readonly proxyRequired: boolean;
  readonly reason: Refusal['reason'];
  readonly debug: string | undefined;
}

type Answer<T> = T | Promise<T>;

/** What this needs of its broker. */
export type ConfigDependencies = Pick<AuthenticationDependencies, 'server' | 'log' | 'passwords'>;

/**
 * Users, keys and tokens of a configuration, in nats-server's order: keys, users (or their certificates), the token, the
 * single user.
 */
export class ConfigAuthentication implements Authentication {
  readonly usesNonce: boolean;
  readonly #options: BrokerOptions;
  readonly #dependencies: ConfigDependencies;
  readonly #directory: Directory;
  readonly #doors = new Map<ConnectionType, Door>();

  constructor(options: BrokerOptions, dependencies: ConfigDependencies) {
    this.#options = options;
    this.#dependencies = dependencies;
    this.#directory = directoryOf(options, dependencies.server.id);
    this.usesNonce = this.#directory.byKey.size > 0 || this.#proxies.length > 0;
  }

  required(type: ConnectionType): boolean {
    return this.#door(type).required;
  }

  demanded(type: ConnectionType): boolean {
    return this.#door(type).demanded;
  }

  timeoutMs(type: ConnectionType): number {
    return this.#door(type).timeoutMs;
  }

  authenticate(connect: ConnectOptions, facts: ConnectionFacts, signal?: AbortSignal): Answer<AuthenticationOutcome> {
    const finding = this.find(connect, facts, signal);
    return finding instanceof Promise ? finding.then(outcomeOf) : outcomeOf(finding);
  }

  unannounced(facts: ConnectionFacts, signal?: AbortSignal): Answer<AuthenticationOutcome> | undefined {
    return this.admitsUnannounced(facts) ? this.authenticate(defaultConnectOptions(), facts, signal) : undefined;
  }

  review(identity: Identity, connect: ConnectOptions, facts: ConnectionFacts): Answer<AuthenticationOutcome> {
    return this.movedOutcome(identity, connect) ?? this.authenticate(connect, facts);
  }

  dispose(): void {}

  /** Whether there is somebody for connections of that type that begin without CONNECT. Users with keys are not. */
  admitsUnannounced({ type }: ConnectionFacts): boolean {
    const user = this.#directory.byName.get(this.#door(type).noAuthUser);
    return user !== undefined && user.proxyRequired !== true && admitsType(user, type);
  }

  /** Of somebody whose name or key is gone, or belongs to another account now: he has to come again. */
  movedOutcome(identity: Identity, { nkey, user }: ConnectOptions): AuthenticationOutcome | undefined {
    const { byKey, byName } = this.#directory;
    if (nkey === '' && user === '') return undefined;
    const found = nkey === '' ? byName.get(user) : byKey.get(nkey);
    if (found !== undefined && (found.account ?? GLOBAL_ACCOUNT) === identity.account) return undefined;
    // The single user is in no list, and where there is neither list nor user nobody is asked for a name.
    return byKey.size + byName.size > 0 ? { refusal: MOVED } : undefined;
  }

  find(connect: ConnectOptions, facts: ConnectionFacts, signal?: AbortSignal): Answer<Finding> {
    const standing = proxyStanding(connect, facts, this.#proxies);
    // A user JWT counts for nothing where there are no operators.
    const found = new Search({ ...connect, jwt: '' }, standing === 'trusted');
    if (standing === 'untrusted') return found.refused('proxy is not trusted', 'Proxy Not Trusted');
    const door = this.#door(facts.type);
    if (!door.required) return found.admitted();
    const { byKey, byName } = this.#directory;
    if (byKey.size > 0) {
      if (found.showsNothing && byKey.has(door.noAuthUser)) found.shown.nkey = door.noAuthUser;
      if (found.shown.nkey !== '') return this.#findKey(found, facts, door);
    }
    if (byName.size > 0) {
      if (door.byCertificate) return this.#findByCertificate(found, facts, signal);
      const noAuthUser = byName.get(door.noAuthUser);
      if (found.showsNoPassword && noAuthUser !== undefined) {
        found.shown.user = door.noAuthUser;
        // As in nats-server nobody comes in so whose password is kept as a hash: it is no password itself.
        found.shown.pass = noAuthUser.password ?? '';
      }
      if (found.shown.user !== '') return this.#findUser(found, facts, door, signal);
    }
    return this.#findSimple(found, door, signal);
  }

  #findKey(found: Search, facts: ConnectionFacts, door: Door): Finding {
    const { shown } = found;
    const user = this.#directory.byKey.get(shown.nkey);
    if (user === undefined || !admitsType(user, facts.type)) return found.refused();
    found.is(shown.nkey, user, this.#permissionsOf(user));
    if (found.lacksProxy) return found.refusedWithoutProxy();
    const fault = shown.nkey === door.noAuthUser ? undefined : signatureFault(shown.nkey, facts.nonce, shown.sig);
    return fault === undefined ? found.admitted() : found.refused(fault);
  }

  #findByCertificate(found: Search, facts: ConnectionFacts, signal: AbortSignal | undefined): Answer<Finding> {
    const names = namesOf(facts);
    if (typeof names === 'string') return found.refused(names);
    const { byName } = this.#directory;
    const candidates = new Set([...byName].filter(([, user]) => admitsType(user, facts.type)).map(([name]) => name));
    const name = userOfCertificate(names, candidates);
    const user = name === undefined ? undefined : byName.get(name);
    if (name === undefined || user === undefined) {
      return found.refused(`User in cert [${JSON.stringify(standardSubjectText(names.subject))}], not found`);
    }
    if (found.shown.user !== '') {
      const shown = JSON.stringify(found.shown.user);
      this.#dependencies.log('warn', `User ${shown} found in connect proto, but user required from cert`);
    }
    found.shown.user = name;
    found.is(name, user, this.#permissionsOf(user));
    if (found.lacksProxy) return found.refusedWithoutProxy();
    return this.#withPassword(found, user.password ?? '', found.shown.pass, signal);
  }

  #findUser(found: Search, facts: ConnectionFacts, door: Door, signal: AbortSignal | undefined): Answer<Finding> {
    const { shown } = found;
    const user = this.#directory.byName.get(shown.user);
    if (user === undefined || !admitsType(user, facts.type)) return found.refused();
    found.is(shown.user, user, this.#permissionsOf(user));
    if (found.lacksProxy) return found.refusedWithoutProxy();
    const password = user.password ?? '';
    if (password === '' && shown.user !== door.noAuthUser && this.#standsForCertificate(user)) {
      return found.refused(`User ${JSON.stringify(shown.user)} requires a client certificate`);
    }
    return this.#withPassword(found, password, shown.pass, signal);
  }

  #findSimple(found: Search, door: Door, signal: AbortSignal | undefined): Answer<Finding> {
    const { shown } = found;
    found.proxyRequired = this.#options.proxyRequired === true;
    if (found.lacksProxy) return found.refusedWithoutProxy();
    if (door.token !== '') return this.#withPassword(found, door.token, shown.auth_token, signal);
    if (door.user === '' || door.user !== shown.user) return found.refused();
    found.knownAs = door.user;
    return this.#withPassword(found, door.password, shown.pass, signal);
  }

  #withPassword(found: Search, expected: string, shown: string, signal: AbortSignal | undefined): Answer<Finding> {
    // The hash of somebody who need not show anything is held against itself, which cannot match.
    if (expected === shown && isBcrypt(expected)) return found.refused();
    const right = this.#dependencies.passwords.matches(expected, shown, signal);
    const settle = (isRight: boolean): Finding => (isRight ? found.admitted() : found.refused());
    return right instanceof Promise ? right.then(settle) : settle(right);
  }

  /**
   * Whether a user without a password is known by a certificate on some listener; then the empty password of another
   * listener does not let him in.
   */
  #standsForCertificate(user: UserOptions): boolean {
    const { tls, webSocket } = this.#options;
    return (
      (tls?.verifyAndMap === true && admitsType(user, 'STANDARD')) ||
      (webSocket?.tls?.verifyAndMap === true && admitsType(user, 'WEBSOCKET'))
    );
  }

  #permissionsOf(user: UserOptions): PermissionsOptions | undefined {
    if (user.permissions !== undefined) return user.permissions;
    if (user.account === undefined) return this.#options.defaultPermissions;
    return this.#options.accounts?.find(({ name }) => name === user.account)?.defaultPermissions;
  }

  #door(type: ConnectionType): Door {
    let door = this.#doors.get(type);
    if (door === undefined) this.#doors.set(type, (door = doorOf(this.#options, this.#directory, type)));
    return door;
  }

  get #proxies(): readonly string[] {
    return this.#options.kept?.proxies ?? [];
  }
}

/** What is found out of somebody, step by step. */
class Search {
  readonly shown: ConnectOptions;
  knownAs = '';
  proxyRequired = false;
  readonly #proxied: boolean;
  #account = GLOBAL_ACCOUNT;
  #permissions: PermissionsOptions | undefined;
  #allowedTypes: readonly ConnectionType[] | undefined;

  constructor(shown: ConnectOptions, proxied: boolean) {
    this.shown = shown;
    this.#proxied = proxied;
  }

  get showsNoPassword(): boolean {
    return this.shown.user === '' && this.shown.pass === '' && this.shown.auth_token === '';
  }

  get showsNothing(): boolean {
    return this.showsNoPassword && this.shown.nkey === '';
  }

  get lacksProxy(): boolean {
    return this.proxyRequired && !this.#proxied;
  }

  is(name: string, user: UserOptions, permissions: PermissionsOptions | undefined): void {
    this.knownAs = name;
    this.proxyRequired = user.proxyRequired === true;
    this.#account = user.account ?? GLOBAL_ACCOUNT;
    this.#permissions = permissions;
    this.#allowedTypes = user.connectionTypes;
  }

  admitted(): Finding {
    return this.#finding(true);
  }

  refused(debug?: string, reason: Refusal['reason'] = 'Authentication Failure'): Finding {
    return this.#finding(false, debug, reason);
  }

  refusedWithoutProxy(): Finding {
    return this.refused('proxy connection required', 'Proxy Required');
  }

  #finding(admitted: boolean, debug?: string, reason: Refusal['reason'] = 'Authentication Failure'): Finding {
    return {
      admitted,
      shown: this.shown,
      knownAs: this.knownAs,
      // Whoever is not let in is nobody's yet.
      account: admitted ? this.#account : GLOBAL_ACCOUNT,
      permissions: this.#permissions,
      allowedTypes: this.#allowedTypes,
      proxied: this.#proxied,
      proxyRequired: this.proxyRequired,
      reason,
      debug,
    };
  }
}

/** As nats-server does it: without a word. */
const MOVED: Refusal = { error: '', reason: 'Client Closed', debug: 'The user is gone, or belongs to another account' };

/** What is told of somebody when nobody else is asked. */
export function outcomeOf(finding: Finding): AuthenticationOutcome {
  const { shown } = finding;
  if (!finding.admitted) return { refusal: refusalOf(shown, finding.reason, finding.debug) };
  return {
    identity: {
      account: finding.account,
      user: userOf(shown),
      label: labelOf(shown),
      permissions: finding.permissions,
      allowedTypes: finding.allowedTypes,
    },
    shown,
  };
}

export function refusalOf(shown: ConnectOptions, reason: Refusal['reason'], debug?: string): Refusal {
  return { error: 'Authorization Violation', reason, log: failureText(shown), debug };
}

function admitsType({ connectionTypes = [] }: UserOptions, type: ConnectionType): boolean {
  return connectionTypes.length === 0 || connectionTypes.includes(type);
}

/** The names of a connection's certificate, or why there are none. */
function namesOf({ tls }: ConnectionFacts): CertificateNames | string {
  if (tls === undefined) return 'User required in cert, no TLS connection state';
  const [certificate] = tls.certificates;
  if (certificate === undefined) return 'User required in cert, no peer certificates found';
  try {
    return readCertificateNames(certificate);
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    return `User required in cert, which cannot be read: ${error.message}`;
  }
}
