import { isIP } from 'node:net';

/** Where a connection comes from, as the proxy in front of us says. */
export interface ProxySource {
  readonly ip: string;
  readonly port: number;
}

/** What the first bytes of a connection are. */
export type ProxyHeader =
  /** More has to come before that can be said. */
  | { readonly state: 'incomplete' }
  /** No PROXY protocol: the bytes are the client's. */
  | { readonly state: 'none' }
  /** `source` is undefined for checks of the proxy's own. The client's bytes begin at `end`. */
  | { readonly state: 'read'; readonly source: ProxySource | undefined; readonly end: number }
  | { readonly state: 'wrong'; readonly problem: string };

/** Bytes that tell which version it is, if any. */
export const PROXY_PREFIX_BYTES = 6;
/** A line of version 1 with its end. */
const LINE_BYTES_MAX = 107;
const LINE_PREFIX = 'PROXY ';
const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const FIXED_BYTES = 16;

const INVALID = 'invalid PROXY protocol header';
const UNSUPPORTED = 'unsupported PROXY protocol feature';

/** Reads the header of the PROXY protocol, version 1 (a line) or 2 (binary), that a connection may begin with. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (bytes.length < PROXY_PREFIX_BYTES) return { state: 'incomplete' };
  if (bytes.toString('latin1', 0, PROXY_PREFIX_BYTES) === LINE_PREFIX) return readLine(bytes);
  if (bytes.compare(SIGNATURE, 0, PROXY_PREFIX_BYTES, 0, PROXY_PREFIX_BYTES) === 0) return readBinary(bytes);
  return { state: 'none' };
}

function readLine(bytes: Buffer): ProxyHeader {
  const lineEnd = bytes.subarray(0, LINE_BYTES_MAX).indexOf('\r\n');
  if (lineEnd === -1)
    return bytes.length < LINE_BYTES_MAX ? { state: 'incomplete' } : wrong(`${INVALID}: v1 line too long`);
  const words = bytes
    .toString('latin1', LINE_PREFIX.length, lineEnd)
    .split(/[ \t\r\n\v\f]+/)
    .filter((word) => word !== '');
  const [family, sourceIp = '', targetIp = '', sourcePort = '', targetPort = ''] = words;
  const end = lineEnd + 2;
  if (family === 'UNKNOWN') return { state: 'read', source: undefined, end };
  if (words.length !== 5) return wrong(`${INVALID}: invalid v1 format`);
  if (!isAddress(sourceIp) || !isAddress(targetIp)) return wrong(`${INVALID}: invalid address`);
  if (!isPort(sourcePort)) return wrong('invalid source port');
  if (!isPort(targetPort)) return wrong('invalid dest port');
  const sixes = [sourceIp, targetIp].filter((ip) => ip.includes(':')).length;
  if (family === 'TCP4' && sixes > 0) return wrong(`${INVALID}: TCP4 with IPv6 address`);
  if (family === 'TCP6' && sixes < 2) return wrong(`${INVALID}: TCP6 with IPv4 address`);
  if (family !== 'TCP4' && family !== 'TCP6') return wrong(`${INVALID}: invalid protocol ${family}`);
  return { state: 'read', source: { ip: canonical(sourceIp), port: Number(sourcePort) }, end };
}

function readBinary(bytes: Buffer): ProxyHeader {
  if (bytes.length < SIGNATURE.length) return { state: 'incomplete' };
  if (!bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return wrong(`${INVALID}: invalid signature`);
  if (bytes.length < FIXED_BYTES) return { state: 'incomplete' };
  const versionAndCommand = bytes.readUInt8(12);
  const familyAndProtocol = bytes.readUInt8(13);
  const addressBytes = bytes.readUInt16BE(14);
  const end = FIXED_BYTES + addressBytes;
  if (versionAndCommand >> 4 !== 2) {
    return wrong(`${INVALID}: invalid version 0x${hex(versionAndCommand & 0xf0)}`);
  }
  const command = versionAndCommand & 0xf;
  if (command > 1) return wrong(`unknown PROXY protocol command: 0x${hex(command)}`);
  const whole = bytes.length >= end;
  const nobody: ProxyHeader = whole ? { state: 'read', source: undefined, end } : { state: 'incomplete' };
  if (command === 0) return nobody;
  if ((familyAndProtocol & 0xf) !== 1) return wrong(`${UNSUPPORTED}: only STREAM protocol supported`);
  const family = familyAndProtocol >> 4;
  switch (family) {
    case 0:
      return nobody;
    case 1:
      if (addressBytes < 12) return wrong(`IPv4 address data too short: ${addressBytes} bytes`);
      if (!whole) return { state: 'incomplete' };
      return { state: 'read', source: { ip: bytes.subarray(16, 20).join('.'), port: bytes.readUInt16BE(24) }, end };
    case 2:
      if (addressBytes < 36) return wrong(`IPv6 address data too short: ${addressBytes} bytes`);
      if (!whole) return { state: 'incomplete' };
      return { state: 'read', source: { ip: ipv6Text(bytes.subarray(16, 32)), port: bytes.readUInt16BE(48) }, end };
    default:
      return wrong(`${UNSUPPORTED}: unsupported address family 0x${hex(familyAndProtocol & 0xf0)}`);
  }
}

function wrong(problem: string): ProxyHeader {
  return { state: 'wrong', problem };
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, '0');
}

function isAddress(text: string): boolean {
  return isIP(text) !== 0 && !text.includes('%');
}

function isPort(text: string): boolean {
  return /^\d+$/.test(text) && Number(text) <= 65535;
}

function ipv6Text(bytes: Uint8Array): string {
  const groups: string[] = [];
  for (let at = 0; at < 16; at += 2)
    groups.push((((bytes[at] as number) << 8) | (bytes[at + 1] as number)).toString(16));
  return canonical(groups.join(':'));
}

/** The one form that an address is shown in: shortest, and IPv4 as such where it is dressed up as IPv6. */
function canonical(ip: string): string {
  if (!ip.includes(':')) return ip;
  const short = new URL(`http://[${ip}]/`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(short);
  if (mapped === null) return short;
  const value = Number.parseInt(mapped[1] as string, 16) * 65536 + Number.parseInt(mapped[2] as string, 16);
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
}
