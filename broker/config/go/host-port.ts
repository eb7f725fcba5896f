import { quote } from './text.ts';

/** `host:port` as Go's `net.SplitHostPort` and `strconv.Atoi` take it; else what nats-server says of it. */
export function hostAndPort(address: string): { host: string; port: number } | string {
  const split = splitHostPort(address);
  if (split === undefined) return `could not parse address string ${quote(address)}`;
  const port = parseDecimal(split.port);
  return port === undefined ? `could not parse port ${quote(split.port)}` : { host: split.host, port };
}

/** Undefined when there is no port, or a colon or bracket too many. */
export function splitHostPort(address: string): { host: string; port: string } | undefined {
  const colon = address.lastIndexOf(':');
  if (colon === -1) return undefined;
  const port = address.slice(colon + 1);
  let host = address.slice(0, colon);
  if (host.startsWith('[')) {
    if (!host.endsWith(']')) return undefined;
    host = host.slice(1, -1);
  } else if (host.includes(':')) return undefined;
  return /[[\]]/.test(host) || /[[\]]/.test(port) ? undefined : { host, port };
}

/** A whole number in decimal, with a sign. */
export function parseDecimal(text: string): number | undefined {
  if (!/^[-+]?\d+$/.test(text)) return undefined;
  const number = Number(text);
  return Math.abs(number) < 2 ** 63 ? number : undefined;
}

/** Why an address is none for `net.SplitHostPort`, in Go's words; undefined when it is one, or has just no port. */
export function addressFault(address: string): string | undefined {
  if (splitHostPort(address) !== undefined) return undefined;
  const colon = address.lastIndexOf(':');
  if (colon === -1) return `address ${address}: missing port in address`;
  if (address.startsWith('[')) {
    const end = address.indexOf(']');
    if (end === -1) return `address ${address}: missing ']' in address`;
    if (end + 1 === address.length) return `address ${address}: missing port in address`;
    if (end + 1 !== colon) {
      return address[end + 1] === ':'
        ? `address ${address}: too many colons in address`
        : `address ${address}: missing port in address`;
    }
    if (address.indexOf('[', 1) !== -1) return `address ${address}: unexpected '[' in address`;
    return `address ${address}: unexpected ']' in address`;
  }
  if (address.slice(0, colon).includes(':')) return `address ${address}: too many colons in address`;
  return address.includes('[')
    ? `address ${address}: unexpected '[' in address`
    : `address ${address}: unexpected ']' in address`;
}
