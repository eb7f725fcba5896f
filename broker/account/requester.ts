/** Header that tells a responder where a request comes from. */
export const CLIENT_INFO_HEADER = 'Nats-Request-Info';

/** Whoever sends a message, as others are told of him: the broker's connections, as far as accounts need to know them. */
export interface Requester {
  /** Name of the account. */
  readonly account: string;
  readonly clientId: number;
  /** `name` of its CONNECT; '' when it gave none. */
  readonly clientName: string;
  /** Nanoseconds of the last round trip; 0 while it is unknown. */
  readonly rttNanos: number;
  /** For those who may know no more than where a request comes from: the JSON of `clientInfo(false)`. latin1. */
  readonly briefInfo: string;
  /** A header block with nothing but that. latin1. */
  readonly briefBlock: string;
  /** `detailed`: with whom it is, where, and by which server. */
  clientInfo(detailed: boolean): ClientInfo;
}

/** `Nats-Request-Info`, and the parties of a metric. Fields in nats-server's order; absent where they are empty. */
export interface ClientInfo {
  start?: string;
  host?: string;
  id?: number;
  acc?: string;
  /** The account that the request went through last. */
  svc?: string;
  user?: string;
  name?: string;
  lang?: string;
  ver?: string;
  rtt?: number;
  server?: string;
  cluster?: string;
  jwt?: string;
  issuer_key?: string;
  name_tag?: string;
  tags?: readonly string[];
  kind?: string;
  client_type?: string;
  reply?: string;
}

const FIELDS = [
  'start',
  'host',
  'id',
  'acc',
  'svc',
  'user',
  'name',
  'lang',
  'ver',
  'rtt',
  'server',
  'cluster',
  'jwt',
  'issuer_key',
  'name_tag',
  'tags',
  'kind',
  'client_type',
  'reply',
] as const satisfies readonly (keyof ClientInfo)[];

/** The same with what is empty left out and the fields in order, whatever order they were set in. */
export function orderedClientInfo(info: ClientInfo): ClientInfo {
  const ordered: Record<string, unknown> = {};
  for (const field of FIELDS) {
    const value = info[field];
    if (value === undefined || value === '' || value === 0 || (Array.isArray(value) && value.length === 0)) continue;
    ordered[field] = value;
  }
  return ordered;
}
