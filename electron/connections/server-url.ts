/** Addresses of servers as people write them: `nats://`, `tls://`, `ws://`, `wss://`, a bare host, IPv6 in brackets or not. */

import { isIPv6 } from 'node:net';

export type Scheme = 'nats' | 'tls' | 'ws' | 'wss';

export interface ServerAddress {
  scheme: Scheme;
  /** Without brackets. */
  host: string;
  port: number;
  /** Whether the port was written, or is the default of the scheme. */
  portGiven: boolean;
  /** Path and query of a WebSocket address, with its leading slash; empty when there is none. */
  path: string;
  /** What stood before `@`. A single word is a token, as with every NATS client. */
  credentials?: { user: string; password: string } | { token: string };
}

export const defaultPorts: Record<Scheme, number> = { nats: 4222, tls: 4222, ws: 80, wss: 443 };

export class ServerUrlError extends Error {
  override readonly name = 'ServerUrlError';
  readonly code = 'invalid-server';
}

/** Throws `ServerUrlError` with a sentence that says what is wrong. It never repeats the part before `@`. */
export function parseServer(text: string): ServerAddress {
  const trimmed = text.trim();
  if (trimmed === '') throw new ServerUrlError('The address is empty. Write a host, such as nats://127.0.0.1:4222.');
  const [, schemeText = 'nats', afterScheme = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/is.exec(trimmed) ?? [];
  const scheme = schemeText.toLowerCase();
  if (!isScheme(scheme)) {
    throw new ServerUrlError(`"${scheme}://" is no NATS address. Use nats://, tls://, ws:// or wss://.`);
  }
  const pathAt = afterScheme.search(/[/?#]/);
  const authority = pathAt === -1 ? afterScheme : afterScheme.slice(0, pathAt);
  const path = pathAt === -1 ? '' : afterScheme.slice(pathAt);
  const at = authority.lastIndexOf('@');
  const place = authority.slice(at + 1);
  const { host, portText } = splitPort(place);
  if (host === '') throw new ServerUrlError('The address has no host. Write one, such as nats://127.0.0.1:4222.');
  if (!isIPv6(host) && !/^[^\s:[\]%<>"\\^`{|}]+$/u.test(host)) {
    throw new ServerUrlError(`"${host}" is no host name. Write a name or an IP address.`);
  }
  if (scheme !== 'ws' && scheme !== 'wss' && path !== '' && path !== '/') {
    throw new ServerUrlError(`Only WebSocket addresses have a path. Take "${path}" away, or use ws:// or wss://.`);
  }
  const address: ServerAddress = {
    scheme,
    host,
    port: portText === undefined ? defaultPorts[scheme] : readPort(portText),
    portGiven: portText !== undefined,
    path: path === '/' ? '' : path,
  };
  if (at !== -1) address.credentials = readCredentials(authority.slice(0, at));
  return address;
}

/** The address without credentials, the port written when it was, or always with `withPort`. */
export function formatServer(address: ServerAddress, withPort = false): string {
  const host = isIPv6(address.host) ? `[${address.host}]` : address.host;
  const port = withPort || address.portGiven ? `:${address.port}` : '';
  return `${address.scheme}://${host}${port}${address.path}`;
}

/** For lists and logs: what cannot be read as an address is named without anything that may be a secret. */
export function serverForDisplay(text: string): string {
  try {
    return formatServer(parseServer(text), true);
  } catch {
    return text.slice(text.lastIndexOf('@') + 1).slice(0, 200);
  }
}

function isScheme(text: string): text is Scheme {
  return Object.hasOwn(defaultPorts, text);
}

function splitPort(place: string): { host: string; portText: string | undefined } {
  const bracketed = /^\[([^\]]*)\](?::(.*))?$/s.exec(place);
  if (bracketed) {
    // The zone of a link-local address is escaped in a URL (RFC 6874).
    const host = (bracketed[1] ?? '').replace('%25', '%');
    if (!isIPv6(host)) throw new ServerUrlError(`"[${host}]" is no IPv6 address.`);
    return { host, portText: bracketed[2] };
  }
  if (isIPv6(place)) return { host: place, portText: undefined };
  const colon = place.indexOf(':');
  if (colon === -1) return { host: place, portText: undefined };
  return { host: place.slice(0, colon), portText: place.slice(colon + 1) };
}

function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) {
    throw new ServerUrlError(`"${text.slice(0, 40)}" is no port. Ports go from 1 to 65535.`);
  }
  return port;
}

function readCredentials(text: string): NonNullable<ServerAddress['credentials']> {
  const colon = text.indexOf(':');
  try {
    if (colon === -1) return { token: decodeURIComponent(text) };
    return { user: decodeURIComponent(text.slice(0, colon)), password: decodeURIComponent(text.slice(colon + 1)) };
  } catch {
    throw new ServerUrlError('What stands before "@" has a "%" that is no escape. Write "%25" for a percent sign.');
  }
}
