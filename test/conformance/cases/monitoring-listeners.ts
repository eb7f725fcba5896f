import { a, type Case, connectLine, plain } from '../case.ts';
import { ABSENT, TEXT, TIME } from '../json-pattern.ts';
import { arriving, type SecureOptions } from '../listener-steps.ts';
import { http } from '../monitoring-steps.ts';
import { OPEN } from './monitoring-config.ts';

const here = arriving('a');
const own = 'cert_file: "$CERTS/server.pem", key_file: "$CERTS/server.key"';
const withTls = (more = ''): string => `${OPEN}\ntls { ${own}, ca_file: "$CERTS/ca.pem", ${more} }`;
const secured = (tls: SecureOptions = {}) => [a.open(), here.secure(tls), a.send(connectLine(plain)), ...a.sync()];
const DIGEST = /^"[0-9a-f]{64}"$/;

/** What monitoring shows of TLS and WebSocket. */
export const monitoringListeners: Case[] = [
  {
    name: 'connz shows version and cipher suite of TLS',
    config: withTls(),
    alone: true,
    steps: [
      ...secured({ maxVersion: 'TLSv1.3' }),
      http('/connz', {
        part: {
          connections: [
            {
              tls_version: '1.3',
              tls_cipher_suite: 'TLS_AES_128_GCM_SHA256',
              tls_first: ABSENT,
              tls_peer_certs: ABSENT,
            },
          ],
        },
      }),
      a.leave(),
      http('/connz?state=closed', { part: { connections: [{ tls_version: '1.3', tls_cipher_suite: TEXT }] } }),
    ],
  },
  {
    name: 'connz shows the older TLS, too',
    config: withTls(),
    alone: true,
    steps: [
      ...secured({ maxVersion: 'TLSv1.2' }),
      http('/connz', { part: { connections: [{ tls_version: '1.2', tls_cipher_suite: /ECDHE_ECDSA/ }] } }),
    ],
  },
  {
    name: 'connz?auth shows the certificate of a client while it is there',
    config: withTls('verify: true'),
    alone: true,
    steps: [
      ...secured({ certificate: 'client' }),
      http('/connz?auth=1', {
        part: {
          connections: [
            {
              tls_peer_certs:
                /^\[\{"subject":"CN=ada,O=Example","spki_sha256":"[0-9a-f]{64}","cert_sha256":"[0-9a-f]{64}"\}/,
            },
          ],
        },
      }),
      http('/connz', { part: { connections: [{ tls_peer_certs: ABSENT, tls_version: TEXT }] } }),
      a.leave(),
      http('/connz?state=closed&auth=1', { part: { connections: [{ tls_peer_certs: ABSENT, tls_version: TEXT }] } }),
    ],
  },
  {
    name: 'connz tells where TLS came first',
    config: withTls('handshake_first: true'),
    alone: true,
    steps: [
      here.dial(),
      here.secure(),
      a.expect(/^INFO [^\n]*\n/),
      a.send(connectLine(plain)),
      ...a.sync(),
      http('/connz', { part: { connections: [{ tls_version: TEXT, tls_first: true }] } }),
    ],
  },
  {
    name: 'connz shows how a browser came in',
    config: `${OPEN}\nwebsocket { listen: "127.0.0.1:-1", no_tls: true }`,
    alone: true,
    steps: [
      ...here.webSocket({}, { name: 'page' }),
      http('/connz', {
        part: { connections: [{ kind: 'Client', type: 'websocket', name: 'page', tls_version: ABSENT }] },
      }),
    ],
  },
  {
    name: 'varz tells that TLS is required, and when the certificate ends',
    config: withTls('verify: true, timeout: 3'),
    steps: [
      http('/varz', {
        part: { tls_required: true, tls_verify: true, tls_timeout: 3, auth_timeout: 4, tls_cert_not_after: TIME },
      }),
    ],
  },
  {
    name: 'varz tells that TLS is not required where connections without it are taken',
    config: `${withTls()}\nallow_non_tls: true`,
    steps: [http('/varz', { part: { tls_required: ABSENT, tls_verify: ABSENT, tls_cert_not_after: TIME } })],
  },
  {
    name: 'varz tells of the certificate for WebSocket, and of the pinned ones',
    config: `${OPEN}\nwebsocket { listen: "127.0.0.1:-1", tls { ${own}, pinned_certs: ["${'ab'.repeat(32)}"] } }`,
    steps: [
      http('/varz', {
        part: {
          tls_cert_not_after: ABSENT,
          websocket: { tls_pinned_certs: [DIGEST], tls_cert_not_after: TIME, no_tls: ABSENT },
        },
      }),
    ],
  },
];
