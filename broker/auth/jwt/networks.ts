/** A network in CIDR notation. */
export interface Network {
  readonly address: Uint8Array;
  readonly prefixBits: number;
}

/** `10.0.0.0/8` or `fd00::/8`; undefined when the text is no such thing. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/');
  const address = slash < 0 ? undefined : parseAddress(text.slice(0, slash));
  const bits = text.slice(slash + 1);
  if (address === undefined || !/^\d{1,3}$/.test(bits)) return undefined;
  const prefixBits = Number(bits);
  return prefixBits <= address.length * 8 ? { address, prefixBits } : undefined;
}

/** Whether the address, written as text, is of the network. IPv4 within IPv6 is IPv4. */
export function contains(network: Network, host: string): boolean {
  const address = parseAddress(host.replace(/^::ffff:(?=\d+\.)/i, ''));
  if (address?.length !== network.address.length) return false;
  for (let bit = 0; bit < network.prefixBits; bit += 8) {
    const left = Math.min(8, network.prefixBits - bit);
    const mask = (0xff << (8 - left)) & 0xff;
    if ((((address[bit / 8] as number) ^ (network.address[bit / 8] as number)) & mask) !== 0) return false;
  }
  return true;
}

/** 4 or 16 bytes; undefined when the text is no address. */
export function parseAddress(text: string): Uint8Array | undefined {
  return text.includes(':') ? parseV6(text) : parseV4(text);
}

function parseV4(text: string): Uint8Array | undefined {
  const parts = text.split('.', 5);
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256)) {
    return undefined;
  }
  return Uint8Array.from(parts, Number);
}

function parseV6(text: string): Uint8Array | undefined {
  const halves = text.split('::', 3);
  const [head, tail] = halves.map((half) => parseGroups(half));
  if (halves.length > 2 || head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const bytes = new Uint8Array(16);
  const length = head.length + (tail?.length ?? 0);
  // Two colons stand for one group at least.
  if (tail === undefined ? length !== 16 : length > 14) return undefined;
  bytes.set(head);
  if (tail !== undefined) bytes.set(tail, 16 - tail.length);
  return bytes;
}

/** The bytes of groups with colons between them; the last one may be an IPv4 address. */
function parseGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const bytes: number[] = [];
  const groups = text.split(':', 9);
  for (const [index, group] of groups.entries()) {
    const v4 = index === groups.length - 1 && group.includes('.') ? parseV4(group) : undefined;
    if (v4 !== undefined) bytes.push(...v4);
    else if (/^[0-9a-fA-F]{1,4}$/.test(group))
      bytes.push(Number.parseInt(group, 16) >> 8, Number.parseInt(group, 16) & 255);
    else return undefined;
  }
  return bytes.length <= 16 ? bytes : undefined;
}
