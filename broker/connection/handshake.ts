import type { AuthenticationOutcome } from '../auth/authentication.ts';
import { latin1ToText } from '../base/latin1.ts';
import type { WebSocketCookies } from '../transport/transport.ts';
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
    const read = readConnect(latin1ToText(argument), client.options);
    if (read === undefined) {
      client.log('error', 'CONNECT is not a JSON object of known types');
      client.shut(CLOSE_REASONS.protocolViolation);
      return;
    }
    const options = withCookies(read, client.webSocket?.cookies);
    client.noteConnect();
    client.options = options;
    client.headers = options.headers && this.#context.limits.headerSupport;
    client.outbound.headers = client.headers;
    client.outbound.echo = options.echo;
    if (client.connected) client.subscriptions.clear();
    client.stopAuthTimer();
    const asking = new AbortController();
    const outcome = client.authentication.authenticate(options, client.facts, asking.signal);
    if (outcome instanceof Promise) this.#wait(outcome, asking, (late) => this.#settle(late, options));
    else this.#settle(outcome, options);
  }

  /**
   * Something else than CONNECT came first. True when the connection may go on as the user for such connections; false
   * when it is refused, or suspended until somebody who was asked has answered.
   */
  onUnannounced(): boolean {
    const client = this.#client;
    client.stopAuthTimer();
    const asking = new AbortController();
    const outcome = client.authentication.unannounced(client.facts, asking.signal);
    if (!(outcome instanceof Promise)) return this.#settleUnannounced(outcome);
    this.#wait(outcome, asking, (late) => this.#settleUnannounced(late));
    return false;
  }

  /** The connection is gone: nobody waits for the answer any more. */
  abort(): void {
    this.#asking?.abort();
  }

  /** Takes nothing more of what comes in until the answer is there. */
  #wait<T>(answer: Promise<T>, asking: AbortController, settle: (answer: T) => void): void {
    const client = this.#client;
    this.#asking = asking;
    client.suspend();
    void answer.then((late) => {
      this.#asking = undefined;
      if (!client.closed) {
        settle(late);
        client.resume();
      }
      return undefined;
    });
  }

  #settleUnannounced(outcome: AuthenticationOutcome | undefined): boolean {
    const client = this.#client;
    if (outcome?.identity !== undefined) {
      client.options = outcome.shown ?? client.options;
      return client.admit(outcome.identity);
    }
    const { authorizationViolation: error } = ERRORS;
    client.refuse(outcome?.refusal ?? { error, reason: CLOSE_REASONS.authenticationFailure });
    return false;
  }

  #settle({ identity, refusal, ...more }: AuthenticationOutcome, options: ConnectOptions): void {
    const client = this.#client;
    if (refusal !== undefined) return client.refuse(refusal);
    if ('shown' in more) client.options = more.shown ?? options;
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

/** What a WebSocket client does not show in CONNECT may be in the cookies of its upgrade. */
function withCookies(options: ConnectOptions, cookies: WebSocketCookies | undefined): ConnectOptions {
  if (cookies === undefined) return options;
  return {
    ...options,
    jwt: options.jwt || cookies.jwt,
    user: options.user || cookies.user,
    pass: options.pass || cookies.password,
    auth_token: options.auth_token || cookies.token,
  };
}
