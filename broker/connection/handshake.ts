import type { AuthenticationOutcome } from '../auth/authentication.ts';
import { latin1ToText } from '../base/latin1.ts';
import { type ConnectOptions, readConnect } from '../wire/connect.ts';
import { CLOSE_REASONS, ERRORS } from '../wire/protocol.ts';
import type { Client } from './client.ts';
import type { ConnectionContext } from './context.ts';

/**
 * CONNECT. It may come again: the subscriptions are dropped, and what it leaves out stays as it was. In nats-server's
 * order: credentials, account, version of the protocol, headers. While somebody has to be asked who a connection is,
 * nothing more of it is taken.
 */
export class Handshake {
  readonly #context: ConnectionContext;
  readonly #client: Client;
  #asking: AbortController | undefined;

  constructor(context: ConnectionContext, client: Client) {
    this.#context = context;
    this.#client = client;
  }

  onConnect(argument: string): void {
    const client = this.#client;
    const options = readConnect(latin1ToText(argument), client.options);
    if (options === undefined) {
      client.log('error', 'CONNECT is not a JSON object of known types');
      client.shut(CLOSE_REASONS.protocolViolation);
      return;
    }
    client.options = options;
    client.headers = options.headers && this.#context.limits.headerSupport;
    client.outbound.headers = client.headers;
    client.outbound.echo = options.echo;
    if (client.connected) client.subscriptions.clear();
    const asking = new AbortController();
    const outcome = client.authentication.authenticate(options, client.facts, asking.signal);
    if (!(outcome instanceof Promise)) return this.#settle(outcome, options);
    this.#asking = asking;
    client.suspend();
    void outcome.then((late) => {
      this.#asking = undefined;
      if (client.closed) return;
      this.#settle(late, options);
      client.resume();
    });
  }

  /** Something else than CONNECT came first. True when the connection may go on as the user for such connections. */
  onUnannounced(): boolean {
    const identity = this.#client.authentication.unannounced(this.#client.facts);
    if (identity !== undefined) return this.#client.admit(identity);
    this.#client.refuse({ error: ERRORS.authorizationViolation, reason: CLOSE_REASONS.authenticationFailure });
    return false;
  }

  /** The connection is gone: nobody waits for the answer any more. */
  abort(): void {
    this.#asking?.abort();
  }

  #settle({ identity, refusal }: AuthenticationOutcome, options: ConnectOptions): void {
    const client = this.#client;
    if (refusal !== undefined) return client.refuse(refusal);
    if (options.new_account || options.account !== '') {
      return client.refuse({ error: ERRORS.authorizationViolation, reason: CLOSE_REASONS.authenticationFailure });
    }
    if (!client.admit(identity)) return;
    if (options.protocol < 0 || options.protocol > 1) {
      client.sendError(ERRORS.invalidClientProtocol);
      client.finish(CLOSE_REASONS.badClientProtocolVersion);
      return;
    }
    if (options.no_responders && !client.headers) {
      client.sendError(ERRORS.noRespondersRequiresHeaders);
      client.finish(CLOSE_REASONS.noRespondersRequiresHeaders);
      return;
    }
    if (options.verbose) client.say('+OK');
    this.#context.emit({ type: 'connect', clientId: client.clientId });
  }
}
