import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readProxyHeader } from '../../../../broker/transport/proxy-protocol.ts';
import type { OpeningTerms } from '../../../../broker/transport/opening.ts';
import { listening } from './recording-owner.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');
const read = (text: string) => readProxyHeader(bytes(text));
const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';

/** A header of version 2. */
function binary(command: number, family: number, addresses: number[], length = addresses.length): string {
  return SIGNATURE + String.fromCharCode(command, family, length >> 8, length & 255, ...addresses);
}

const IPV4 = [192, 0, 2, 1, 127, 0, 0, 1, 0x1f, 0x90, 0x10, 0x7e];
const IPV6 = [0x20, 1, 0x0d, 0xb8, ...Array<number>(11).fill(0), 5, ...Array<number>(16).fill(0), 0, 80, 0x10, 0x7e];

describe('the line of version 1', () => {
  test.each([
    ['PROXY TCP4 192.0.2.1 127.0.0.1 8080 4222\r\n', { ip: '192.0.2.1', port: 8080 }],
    ['PROXY TCP6 2001:DB8:0:0::5 ::1 80 4222\r\n', { ip: '2001:db8::5', port: 80 }],
    ['PROXY TCP6 ::ffff:192.0.2.1 ::1 80 4222\r\n', { ip: '192.0.2.1', port: 80 }],
    ['PROXY  TCP4\t192.0.2.1  127.0.0.1 8080 4222\r\n', { ip: '192.0.2.1', port: 8080 }],
    ['PROXY UNKNOWN\r\n', undefined],
    ['PROXY UNKNOWN whatever else\r\n', undefined],
  ])('%j', (text, source) => {
    expect(read(text)).toEqual({ state: 'read', source, end: text.length });
    expect(read(`${text}PING\r\n`)).toEqual({ state: 'read', source, end: text.length });
  });

  test.each([
    ['PROXY TCP4 192.0.2.1 127.0.0.1 8080\r\n', 'invalid PROXY protocol header: invalid v1 format'],
    ['PROXY \r\n', 'invalid PROXY protocol header: invalid v1 format'],
    ['PROXY TCP4 a b 1 2\r\n', 'invalid PROXY protocol header: invalid address'],
    ['PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n', 'invalid PROXY protocol header: invalid address'],
    ['PROXY TCP4 ::1 127.0.0.1 1 2\r\n', 'invalid PROXY protocol header: TCP4 with IPv6 address'],
    ['PROXY TCP6 ::1 127.0.0.1 1 2\r\n', 'invalid PROXY protocol header: TCP6 with IPv4 address'],
    ['PROXY TCP5 192.0.2.1 127.0.0.1 1 2\r\n', 'invalid PROXY protocol header: invalid protocol TCP5'],
    ['PROXY TCP4 192.0.2.1 127.0.0.1 x 2\r\n', 'invalid source port'],
    ['PROXY TCP4 192.0.2.1 127.0.0.1 1 65536\r\n', 'invalid dest port'],
    [`PROXY ${'x'.repeat(101)}`, 'invalid PROXY protocol header: v1 line too long'],
  ])('%j is wrong', (text, problem) => {
    expect(read(text)).toEqual({ state: 'wrong', problem });
  });

  test('may still be under way', () => {
    const line = 'PROXY TCP4 192.0.2.1 127.0.0.1 8080 4222\r\n';
    for (let end = 0; end < line.length; end++) expect(read(line.slice(0, end)).state).toBe('incomplete');
  });
});

describe('the header of version 2', () => {
  test.each<[string, string, { ip: string; port: number } | undefined]>([
    ['IPv4', binary(0x21, 0x11, IPV4), { ip: '192.0.2.1', port: 8080 }],
    ['IPv4 with more behind it', binary(0x21, 0x11, [...IPV4, 1, 2, 3]), { ip: '192.0.2.1', port: 8080 }],
    ['IPv6', binary(0x21, 0x21, IPV6), { ip: '2001:db8::5', port: 80 }],
    ['LOCAL', binary(0x20, 0x00, []), undefined],
    ['LOCAL with addresses', binary(0x20, 0x11, IPV4), undefined],
    ['no family', binary(0x21, 0x01, [1, 2, 3]), undefined],
  ])('%s', (_name, text, source) => {
    expect(read(`${text}PING`)).toEqual({ state: 'read', source, end: text.length });
    for (let end = 0; end < text.length; end++) expect(read(text.slice(0, end)).state).toBe('incomplete');
  });

  test.each([
    ['\r\n\r\n\0\rQUITx\n\n', 'invalid PROXY protocol header: invalid signature'],
    [binary(0x31, 0x11, IPV4), 'invalid PROXY protocol header: invalid version 0x30'],
    [binary(0x25, 0x11, IPV4), 'unknown PROXY protocol command: 0x05'],
    [binary(0x21, 0x12, IPV4), 'unsupported PROXY protocol feature: only STREAM protocol supported'],
    [binary(0x21, 0x31, IPV4), 'unsupported PROXY protocol feature: unsupported address family 0x30'],
    [binary(0x21, 0x11, IPV4.slice(0, 11)), 'IPv4 address data too short: 11 bytes'],
    [binary(0x21, 0x21, IPV6.slice(0, 35)), 'IPv6 address data too short: 35 bytes'],
  ])('%j is wrong', (text, problem) => {
    expect(read(text)).toEqual({ state: 'wrong', problem });
  });
});

test('other bytes are the client’s', () => {
  for (const text of ['PING\r\n', 'CONNECT {}\r\n', '\x16\x03\x01\0\x05hello']) expect(read(text).state).toBe('none');
});

test('any bytes have an answer', () => {
  const tail = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array).toString('latin1'));
  fc.assert(
    fc.property(fc.constantFrom('', 'PROXY ', 'PROXY TCP4 ', SIGNATURE, `${SIGNATURE}\x21\x11`), tail, (head, rest) => {
      const header = read(head + rest);
      if (header.state === 'read') expect(header.end).toBeLessThanOrEqual(head.length + rest.length);
    }),
    { numRuns: 500 },
  );
});

describe('a connection with a header', () => {
  const terms = (): OpeningTerms => ({ tls: undefined, allowNonTls: false, proxyProtocol: true, rateLimit: undefined });
  const until = { timeout: 5000, interval: 5 } as const;

  test('comes from where the proxy says, and loses nothing behind the header', async () => {
    await using listener = await listening(terms);
    const plain = listener.dial();
    await expect.poll(() => plain.text, until).toBe('INFO plain\r\n');
    for (const piece of ['PRO', 'XY TCP4 192.0.2.1 127.0.0.1 80', '80 4222\r', '\nPI', 'NG\r\n']) {
      plain.socket.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await expect.poll(() => listener.owners[0]?.received, until).toBe('PING\r\n');
    expect(listener.owners[0]?.transport).toMatchObject({ remoteAddress: '192.0.2.1', remotePort: 8080 });
  });

  test('may come without', async () => {
    await using listener = await listening(terms);
    const plain = listener.dial();
    plain.socket.write('CONNECT {}\r\n');
    await expect.poll(() => listener.owners[0]?.received, until).toBe('CONNECT {}\r\n');
    expect(listener.owners[0]?.transport.remoteAddress).toBe('127.0.0.1');
  });

  test('ends when the header is wrong', async () => {
    await using listener = await listening(terms);
    const plain = listener.dial();
    plain.socket.write('PROXY TCP4 x y\r\nPING\r\n');
    await expect.poll(() => plain.closed, until).toBe(true);
    expect(listener.owners[0]?.received).toBe('');
    expect(listener.owners[0]?.log_).toEqual(['closed invalid PROXY protocol header: invalid v1 format']);
  });
});
