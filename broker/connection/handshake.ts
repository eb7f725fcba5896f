import { latin1ToText } from '../base/latin1.ts';
import { readConnect } from '../wire/connect.ts';
import { CLOSE_REASONS, ERRORS } from '../wire/protocol.ts';
import type { Client } from './client.ts';
import type { ConnectionContext } from './context.ts';

/**
 * CONNECT. It may come again: the subscriptions are dropped, and what it leaves out stays as it was. In nats-server's
 * order: credentials, account, version of the protocol, headers.
 */
export function acceptConnect(context: ConnectionContext, client: Client, argument: string): void {
  const options = readConnect(latin1ToText(argument), client.options);
  if (options === undefined) {
    client.log('error', 'CONNECT is not a JSON object of known types');
    client.shut(CLOSE_REASONS.protocolViolation);
    return;
  }
  const first = !client.connected;
  client.options = options;
  client.headers = options.headers && context.limits.headerSupport;
  client.outbound.headers = client.headers;
  client.outbound.echo = options.echo;
  if (!first) client.subscriptions.clear();
  if (!context.authenticator.admits(options) || options.new_account || options.account !== '') {
    refuse(client, options.user);
    return;
  }
  client.admit(options.user === '' ? context.authenticator.noAuthUser : options.user);
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
  context.emit({ type: 'connect', clientId: client.clientId });
}

/** Something else than CONNECT came first. True when the connection may go on as the user for such connections. */
export function admitUnannounced(context: ConnectionContext, client: Client): boolean {
  const { noAuthUser } = context.authenticator;
  if (noAuthUser === undefined) {
    refuse(client, '');
    return false;
  }
  client.admit(noAuthUser);
  return true;
}

function refuse(client: Client, user: string): void {
  client.log('error', user === '' ? 'authentication error' : `authentication error - User ${JSON.stringify(user)}`);
  client.sendError(ERRORS.authorizationViolation);
  client.finish(CLOSE_REASONS.authenticationFailure);
}
