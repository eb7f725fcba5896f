import { CLIENT_INFO_HEADER, type ClientInfo, orderedClientInfo, type Requester } from '../account/requester.ts';
import { eventJson, eventTime } from '../base/event-text.ts';
import { textToLatin1 } from '../base/latin1.ts';
import type { Client } from './client.ts';

const NANOS_PER_MICRO = 1000;

/** A connection as other accounts are told of it. */
export class ClientRequester implements Requester {
  readonly #client: Client;
  readonly #serverName: string;
  /** What `briefInfo` was made of, and what came out: requests ask for it one by one. */
  #briefAccount = '';
  #briefRtt = -1;
  #brief = '';
  #block = '';

  constructor(client: Client, serverName: string) {
    this.#client = client;
    this.#serverName = serverName;
  }

  get account(): string {
    return this.#client.membership?.account.name ?? '';
  }

  get clientId(): number {
    return this.#client.clientId;
  }

  get clientName(): string {
    return this.#client.options.name;
  }

  /** Until a ping was answered, the time that its CONNECT took. */
  get rttNanos(): number {
    const { rttMicros, connectMicros } = this.#client;
    return Math.round((rttMicros ?? connectMicros ?? 0) * NANOS_PER_MICRO);
  }

  get briefBlock(): string {
    const { briefInfo } = this;
    if (this.#block === '') this.#block = `NATS/1.0\r\n${CLIENT_INFO_HEADER}: ${briefInfo}\r\n\r\n`;
    return this.#block;
  }

  get briefInfo(): string {
    const { account, rttNanos } = this;
    if (account !== this.#briefAccount || rttNanos !== this.#briefRtt) {
      this.#briefAccount = account;
      this.#briefRtt = rttNanos;
      this.#block = '';
      this.#brief = textToLatin1(eventJson(orderedClientInfo(this.clientInfo(false))));
    }
    return this.#brief;
  }

  clientInfo(detailed: boolean): ClientInfo {
    const brief = { acc: this.account, rtt: this.rttNanos };
    if (!detailed) return brief;
    const { startedAt, remoteAddress, clientId, options, identity, claimedUser, type } = this.#client;
    return {
      ...brief,
      start: eventTime(startedAt),
      host: remoteAddress,
      id: clientId,
      user: identity?.user || claimedUser,
      name: options.name,
      lang: options.lang,
      ver: options.version,
      server: this.#serverName,
      ...(identity?.jwt === undefined ? {} : { jwt: identity.jwt }),
      ...(identity?.issuerKey === undefined ? {} : { issuer_key: identity.issuerKey }),
      ...(identity?.nameTag === undefined ? {} : { name_tag: identity.nameTag }),
      ...(identity?.tags === undefined ? {} : { tags: identity.tags }),
      kind: 'Client',
      client_type: type === 'WEBSOCKET' ? 'websocket' : 'nats',
    };
  }
}
