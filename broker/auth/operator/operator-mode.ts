import type { ActivationCheck } from '../../account/exports.ts';
import type { BrokerOptions } from '../../options.ts';
import type { ConnectionType } from '../../options/permissions.ts';
import type { ConnectOptions } from '../../wire/connect.ts';
import type { Authentication, AuthenticationOutcome, ConnectionFacts, Identity } from '../authentication.ts';
import type { AuthenticationDependencies } from '../dependencies.ts';
import { authTimeoutMs } from '../door.ts';
import { trustOperators, withOperatorDefaults } from './operators.ts';

/**
 * Operator mode for whoever puts the broker together. Most brokers have no operator: what checks users, keeps accounts and
 * looks them up is loaded when it is prepared. Only then anybody may be let in.
 */
export class OperatorMode implements Authentication {
  readonly usesNonce = true;
  readonly #options: BrokerOptions;
  readonly #dependencies: AuthenticationDependencies;
  #loaded: Authentication | undefined;

  /** Throws a `BrokerError` in nats-server's words where the options do not go together. */
  constructor(options: BrokerOptions, dependencies: AuthenticationDependencies) {
    trustOperators(withOperatorDefaults(options));
    this.#options = options;
    this.#dependencies = dependencies;
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

  async prepare(): Promise<void> {
    const [{ createOperatorAuthentication }, { fetchText }] = await Promise.all([
      import('./operator-authentication.ts'),
      import('../../transport/http-client.ts'),
    ]);
    const loaded = createOperatorAuthentication(this.#options, { ...this.#dependencies, fetchText });
    this.#loaded = loaded;
    await loaded.prepare();
  }

  start(): void {
    this.#inner.start?.();
  }

  async bring(account: string): Promise<void> {
    await this.#inner.bring?.(account);
  }

  get checkActivation(): ActivationCheck | undefined {
    return this.#loaded?.checkActivation;
  }

  authenticate(
    connect: ConnectOptions,
    facts: ConnectionFacts,
    signal: AbortSignal,
  ): AuthenticationOutcome | Promise<AuthenticationOutcome> {
    return this.#inner.authenticate(connect, facts, signal);
  }

  /** Whoever begins with something else than CONNECT shows no JWT. */
  unannounced(): undefined {
    return undefined;
  }

  review(
    identity: Identity,
    connect: ConnectOptions,
    facts: ConnectionFacts,
  ): AuthenticationOutcome | Promise<AuthenticationOutcome> {
    return this.#inner.review(identity, connect, facts);
  }

  dispose(): void {
    this.#loaded?.dispose();
  }

  get #inner(): Authentication {
    if (this.#loaded === undefined) throw new Error('operator mode was not prepared');
    return this.#loaded;
  }
}
