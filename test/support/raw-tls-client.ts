import { readFileSync } from 'node:fs';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import type { Certificate } from './certificates.ts';
import { deadline } from './deadline.ts';
import { RawClient } from './raw-client.ts';

const HANDSHAKE_MS_MAX = 10_000;

/** What a client says and wants of TLS. */
export interface ClientTls extends Pick<
  ConnectionOptions,
  'minVersion' | 'maxVersion' | 'ciphers' | 'ecdhCurve' | 'servername'
> {
  /** Path of the authority that it trusts. */
  readonly ca: string;
  readonly certificate?: Certificate | undefined;
}

/** Goes on through TLS with a client that has read everything so far. Rejects when the handshake fails. */
export async function secureRaw(raw: RawClient, { ca, certificate, ...options }: ClientTls): Promise<RawClient> {
  const socket = connect({
    servername: 'localhost',
    ...options,
    socket: raw.release(),
    ca: readFileSync(ca),
    ...(certificate === undefined ? {} : { cert: readFileSync(certificate.cert), key: readFileSync(certificate.key) }),
  });
  const secure = RawClient.over(socket);
  const shaken = new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the server closed the connection amid the handshake')));
  });
  try {
    await deadline(shaken, HANDSHAKE_MS_MAX, () => 'the handshake does not come to an end');
  } catch (error) {
    const closed = new Promise((resolve) => raw.socket.once('close', resolve));
    socket.destroy();
    if (!raw.socket.closed) await closed;
    throw error;
  }
  return secure;
}

/** What the handshake of a client came to. */
export function handshakeOf(raw: RawClient): { version: string | null; cipherSuite: string; subject: string } {
  const socket = raw.socket as TLSSocket;
  return {
    version: socket.getProtocol(),
    cipherSuite: socket.getCipher().standardName,
    subject: socket.getPeerX509Certificate()?.subject ?? '',
  };
}
