import { createHash, type X509Certificate } from 'node:crypto';

/** Why a handshake came to nothing, in the words of nats-server's log. */
export interface TlsFailure {
  readonly text: string;
  /** Whoever only looks whether the port is open (probes, load balancers) is no error. */
  readonly level: 'debug' | 'error';
}

/** Node's codes, less the `ERR_SSL_` before them, beside what Go says. */
const LIBRARY: Readonly<Record<string, string>> = {
  UNSUPPORTED_PROTOCOL: 'tls: client offered only unsupported versions',
  VERSION_TOO_LOW: 'tls: client offered only unsupported versions',
  NO_SHARED_CIPHER: 'tls: no cipher suite supported by both client and server',
  NO_SUITABLE_SIGNATURE_ALGORITHM: "tls: peer doesn't support any of the certificate's signature algorithms",
  NO_SHARED_GROUP: 'tls: no supported elliptic curve offered',
  NO_SUITABLE_KEY_SHARE: 'tls: no supported elliptic curve offered',
  NO_SUITABLE_GROUPS: 'tls: no supported elliptic curve offered',
  PEER_DID_NOT_RETURN_A_CERTIFICATE: "tls: client didn't provide a certificate",
  LENGTH_MISMATCH: 'local error: tls: error decoding message',
  LENGTH_TOO_SHORT: 'local error: tls: error decoding message',
  DECODE_ERROR: 'local error: tls: error decoding message',
  DECRYPTION_FAILED_OR_BAD_RECORD_MAC: 'local error: tls: bad record MAC',
  BAD_RECORD_TYPE: 'local error: tls: unexpected message',
  UNEXPECTED_MESSAGE: 'local error: tls: unexpected message',
  PACKET_LENGTH_TOO_LONG: 'tls: oversized record received',
  DATA_LENGTH_TOO_LONG: 'tls: oversized record received',
};

/** What is no TLS at all; each TLS library tells some of it apart. */
const NO_TLS = ['WRONG_VERSION_NUMBER', 'HTTP_REQUEST', 'HTTPS_PROXY_REQUEST', 'UNKNOWN_PROTOCOL'];

/** Alerts of the peer, in Go's words. */
const ALERTS: Readonly<Record<string, string>> = {
  BAD_CERTIFICATE: 'bad certificate',
  UNSUPPORTED_CERTIFICATE: 'unsupported certificate',
  CERTIFICATE_REVOKED: 'revoked certificate',
  CERTIFICATE_EXPIRED: 'expired certificate',
  CERTIFICATE_UNKNOWN: 'unknown certificate',
  UNKNOWN_CA: 'unknown certificate authority',
  HANDSHAKE_FAILURE: 'handshake failure',
  ILLEGAL_PARAMETER: 'illegal parameter',
  PROTOCOL_VERSION: 'protocol version not supported',
  INTERNAL_ERROR: 'internal error',
  DECRYPT_ERROR: 'error decrypting message',
  DECODE_ERROR: 'error decoding message',
  ACCESS_DENIED: 'access denied',
  UNRECOGNIZED_NAME: 'unrecognized name',
  NO_APPLICATION_PROTOCOL: 'no application protocol',
};

/** What an error of the TLS library or of the socket is called. `peer`: `read tcp us->them` of Go's network errors. */
export function failureOf(error: NodeJS.ErrnoException, peer: string): TlsFailure {
  const code = error.code ?? '';
  if (!code.startsWith('ERR_SSL_')) {
    return { text: code === 'ECONNRESET' ? `${peer}: read: connection reset by peer` : error.message, level: 'error' };
  }
  const reason = code.slice('ERR_SSL_'.length);
  if (NO_TLS.includes(reason)) {
    return { text: 'tls: first record does not look like a TLS handshake', level: 'debug' };
  }
  const alert = /(?:^|_)ALERT_(.+)$/.exec(reason)?.[1];
  if (alert !== undefined) {
    return { text: `remote error: tls: ${ALERTS[alert] ?? alert.toLowerCase().replaceAll('_', ' ')}`, level: 'error' };
  }
  return { text: LIBRARY[reason] ?? `tls: ${reason.toLowerCase().replaceAll('_', ' ')}`, level: 'error' };
}

export const TIMED_OUT = 'i/o timeout';

/** The other side went away amid the handshake. */
export const ENDED: TlsFailure = { text: 'EOF', level: 'error' };

export const NOT_PINNED: TlsFailure = { text: 'certificate not pinned', level: 'error' };

/** OpenSSL's codes of a certificate that does not hold, beside Go's words. */
const VERIFICATION: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'x509: certificate has expired or is not yet valid',
  CERT_NOT_YET_VALID: 'x509: certificate has expired or is not yet valid',
  INVALID_PURPOSE: 'x509: certificate specifies an incompatible key usage',
  INVALID_CA: 'x509: invalid signature: parent certificate cannot sign this kind of certificate',
  PATH_LENGTH_EXCEEDED: 'x509: too many intermediates for path length constraint',
};

/** A certificate of the client that the authorities do not stand for, or not for this. */
export function verificationFailure(code: string, chain: readonly X509Certificate[]): TlsFailure {
  const reason = VERIFICATION[code] ?? 'x509: certificate signed by unknown authority';
  const shown = chain.map((certificate) => {
    const digest = createHash('sha256').update(certificate.raw).digest('hex');
    return `${subjectOf(certificate)} SHA-256: ${digest}`;
  });
  return { text: `tls: failed to verify certificate: ${reason} (${shown.join('; ')})`, level: 'error' };
}

/** Attributes of a name in the order in which Go writes them, whatever that of the certificate is. */
const NAME_ORDER = ['SERIALNUMBER', 'CN', 'POSTALCODE', 'STREET', 'ST', 'L', 'OU', 'O', 'C'];

function subjectOf({ subject }: X509Certificate): string {
  const rank = (part: string): number => NAME_ORDER.indexOf(part.split('=', 1)[0] ?? '');
  return (subject ?? '')
    .split('\n')
    .toSorted((a, b) => rank(a) - rank(b))
    .join(',');
}
