import type { Account } from '../account/account.ts';
import { latin1ToText, textToLatin1 } from '../base/latin1.ts';
import { accountTag } from './account-tag.ts';
import { type MonitorContext, tell } from './context.ts';
import { unlessEmpty } from './go-json.ts';
import type { MonitoredConnection, MonitorHost } from './host.ts';
import { timestamp } from './time-text.ts';

const CONNECTED = 'io.nats.server.advisory.v1.client_connect';
const DISCONNECTED = 'io.nats.server.advisory.v1.client_disconnect';

/** Tells of connections that came, went, or were refused. */
export class ConnectionEvents {
  readonly #context: MonitorContext;

  constructor(context: MonitorContext) {
    this.#context = context;
  }

  onConnect(connection: MonitoredConnection): void {
    const { host } = this.#context;
    this.#tell(`$SYS.ACCOUNT.${textToLatin1(connection.account)}.CONNECT`, CONNECTED, host.systemAccount, () => ({
      client: clientInfo(host, connection, connection.account),
    }));
  }

  onDisconnect(connection: MonitoredConnection): void {
    const { host, now } = this.#context;
    const { account, closedAt, reason } = connection;
    this.#tell(`$SYS.ACCOUNT.${textToLatin1(account)}.DISCONNECT`, DISCONNECTED, host.systemAccount, () =>
      departure(host, connection, account, closedAt ?? now(), reason),
    );
  }

  /** Told in the account that it concerns, `told`, and to the system account. */
  onAuthenticationError(
    connection: MonitoredConnection,
    reason: string,
    told: { readonly account: string; readonly reason: string },
  ): void {
    const { host, now } = this.#context;
    this.#tell('$SYS.ACCOUNT.CLIENT.AUTH.ERR', DISCONNECTED, host.account(told.account)?.account, () =>
      departure(host, connection, told.account, now(), told.reason),
    );
    this.#tell(`$SYS.SERVER.${host.serverId}.CLIENT.AUTH.ERR`, DISCONNECTED, host.systemAccount, () =>
      departure(host, connection, connection.account, now(), reason),
    );
  }

  /** Nothing is made up that nobody hears. */
  #tell(subject: string, type: string, account: Account | undefined, body: () => object): void {
    const context = this.#context;
    const { bus, host, identity, newEventId, now } = context;
    if (host.systemAccount === undefined || account === undefined || !bus.hasInterest(account, subject)) return;
    const event = { type, id: newEventId(), timestamp: timestamp(now()), server: identity.next(), ...body() };
    tell(context, subject, event, account);
  }
}

function departure(
  host: MonitorHost,
  connection: MonitoredConnection,
  account: string,
  at: number,
  reason: string,
): object {
  return {
    client: clientInfo(host, connection, account, at),
    sent: { msgs: connection.inMessages, bytes: connection.inBytes },
    received: { msgs: connection.outMessages, bytes: connection.outBytes },
    reason,
  };
}

function clientInfo(host: MonitorHost, connection: MonitoredConnection, account: string, stop?: number): object {
  const { rttMicros = 0 } = connection;
  return {
    start: timestamp(connection.startedAt),
    host: unlessEmpty(connection.ip),
    id: connection.clientId,
    acc: account,
    user: unlessEmpty(latin1ToText(connection.user)),
    name: unlessEmpty(latin1ToText(connection.name)),
    lang: unlessEmpty(latin1ToText(connection.language)),
    ver: unlessEmpty(latin1ToText(connection.version)),
    rtt: stop === undefined ? undefined : unlessEmpty(Math.round(rttMicros * 1000)),
    stop: stop === undefined ? undefined : timestamp(stop),
    jwt: unlessEmpty(connection.jwt),
    issuer_key: unlessEmpty(connection.issuerKey),
    // Of the account that it is in, also where another one is told of it.
    name_tag: accountTag(host.account(connection.account), connection.account),
    tags: unlessEmpty(connection.tags),
    kind: connection.kind,
    client_type: connection.type,
  };
}
