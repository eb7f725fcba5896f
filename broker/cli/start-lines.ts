import type { LogLevel } from '../base/log.ts';
import type { Broker, BrokerOptions, OperatorOptions, UserOptions } from '../options.ts';
import { hostAndPort } from './files.ts';

/** Writes one line of the log. */
export type Write = (level: LogLevel, text: string) => void;

/** Feature flags that this version knows; all are off unless they are set. */
const FEATURE_FLAGS: readonly string[] = ['js_ack_fc_v2', 'js_raft_delete_range', 'js_snapshot_sources'];

/** Payloads above this are warned of. */
const PAYLOAD_BYTES_ADVISED = 8 * 1024 * 1024;

/** `Feature flags:` and what of them counts; nothing without any. */
export function logFeatureFlags(write: Write, flags: Readonly<Record<string, boolean>> = {}): void {
  const names = Object.keys(flags).toSorted();
  if (names.length === 0) return;
  const known = names.filter((name) => FEATURE_FLAGS.includes(name));
  const unknown = names.filter((name) => !FEATURE_FLAGS.includes(name));
  const configured = known.map((name) => `${name} (${flags[name] === true ? 'opt-in' : 'disabled'})`).join(', ');
  write('info', '  Feature flags:');
  write('info', `    Configured:    ${configured || 'none'}`);
  if (unknown.length > 0) write('info', `    Unsupported:   ${unknown.join(', ')}`);
}

/** What nats-server takes for a bcrypt hash. */
const BCRYPT = /^\$2[abxy]\$\d{2}\$/;

/** Whether a password can be read by whoever reads the options. Users known by their certificate need none. */
export function hasPlainPasswords({ user, password, users = [], tls, webSocket }: BrokerOptions): boolean {
  const mapped = ({ connectionTypes = [] }: UserOptions): boolean => {
    const allowed = (type: 'STANDARD' | 'WEBSOCKET'): boolean =>
      connectionTypes.length === 0 || connectionTypes.includes(type);
    return (
      (tls?.verifyAndMap === true && allowed('STANDARD')) ||
      (webSocket?.tls?.verifyAndMap === true && allowed('WEBSOCKET'))
    );
  };
  if (user !== undefined && password !== undefined && !BCRYPT.test(password)) return true;
  return users.some((one) => {
    if (one.user === undefined || ((one.password ?? '') === '' && mapped(one))) return false;
    return !BCRYPT.test(one.password ?? '');
  });
}

/** The lines between who the server is and its first listener. */
export function logConfiguration(write: Write, options: BrokerOptions, configFile: string | undefined): void {
  if (configFile !== undefined) {
    const digest = options.configDigest ? `(${options.configDigest})` : '';
    write('info', `Using configuration file: ${configFile} ${digest}`);
  }
  if (options.operator !== undefined) logOperators(write, options.operator, options.systemAccount);
  if ((options.maxPayload ?? 0) > PAYLOAD_BYTES_ADVISED) {
    write('warn', 'Maximum payloads over 8.00 MB are generally discouraged and could lead to poor performance');
  }
  for (const warning of missingParts(options)) write('warn', warning);
}

function logOperators(write: Write, { operators }: OperatorOptions, systemAccount: string | undefined): void {
  if (operators.length === 0) return;
  write('info', 'Trusted Operators');
  for (const jwt of operators) {
    const { aud, name, iat, exp } = claims(jwt);
    write('info', `  System  : ${JSON.stringify(aud ?? '')}`);
    write('info', `  Operator: ${JSON.stringify(name ?? '')}`);
    write('info', `  Issued  : ${goTime(iat ?? 0)}`);
    write('info', `  Expires : ${exp ? goTime(exp) : 'Never'}`);
  }
  // A single operator may name it.
  const [first, second] = operators;
  const named = first !== undefined && second === undefined ? claims(first).nats?.system_account : undefined;
  if (!systemAccount && !named) write('warn', 'Trusted Operators should utilize a System Account');
}

interface OperatorClaims {
  aud?: string;
  name?: string;
  /** Seconds since the Unix epoch. */
  iat?: number;
  exp?: number;
  nats?: { system_account?: string };
}

/** Whether it is a right one is checked elsewhere; here it is only shown. */
function claims(jwt: string): OperatorClaims {
  try {
    return JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString('utf8')) as OperatorClaims;
  } catch {
    return {};
  }
}

/** A time as Go prints it, in the zone of the machine: `2026-08-21 14:50:11 +0000 UTC`. */
export function goTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  const offset = -date.getTimezoneOffset();
  const shown = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19).replace('T', ' ');
  const minutes = Math.abs(offset);
  const digits = `${String(Math.floor(minutes / 60)).padStart(2, '0')}${String(minutes % 60).padStart(2, '0')}`;
  const zone = new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' })
    .formatToParts(date)
    .find(({ type }) => type === 'timeZoneName')?.value;
  return `${shown} ${offset < 0 ? '-' : '+'}${digits} ${zone ?? ''}`.trimEnd();
}

/** What was asked for and is read, checked and kept only: said once, so that nobody waits for it. */
export function missingParts({ kept = {} }: BrokerOptions): string[] {
  const { cluster, gateway, leafnodes, mqtt, ocsp } = kept;
  const parts: [present: boolean, warning: string][] = [
    [cluster !== undefined, 'Clusters are not available in this build: routes are neither opened nor accepted'],
    [gateway !== undefined, 'Gateways are not available in this build: they are neither opened nor accepted'],
    [
      leafnodes !== undefined,
      'Leaf nodes are not available in this build: connections are neither opened nor accepted',
    ],
    [mqtt !== undefined, 'MQTT is not available in this build: its port stays closed'],
    [ocsp !== undefined, 'OCSP is not available in this build: certificates are neither stapled nor checked with it'],
  ];
  return parts.filter(([present]) => present).map(([, warning]) => warning);
}

/** The listeners, with their real ports. */
export function logListeners(write: Write, broker: Broker, options: BrokerOptions): void {
  const { monitoring, webSocket } = broker.listeners;
  if (monitoring !== undefined) {
    const scheme = monitoring.secure ? 'https' : 'http';
    write('info', `Starting ${scheme} monitor on ${hostAndPort(monitoring.host, monitoring.port)}`);
  }
  if (webSocket !== undefined) {
    const scheme = webSocket.secure ? 'wss' : 'ws';
    write('info', `Listening for websocket clients on ${scheme}://${hostAndPort(webSocket.host, webSocket.port)}`);
    if (!webSocket.secure) write('warn', 'Websocket not configured with TLS. DO NOT USE IN PRODUCTION!');
  }
  write('info', `Listening for client connections on ${hostAndPort(broker.address.host, broker.address.port)}`);
  if (options.proxyProtocol === true) write('info', 'PROXY protocol enabled for client connections');
  if (options.tls === undefined) return;
  const handshakeOnly = options.tls.handshakeFirst === true;
  const optional = options.allowNonTls === true && !handshakeOnly;
  write('info', `TLS ${optional ? 'available' : 'required'} for client connections`);
  if (handshakeOnly) {
    write('warn', 'Clients that are not using "TLS Handshake First" option will fail to connect');
  }
}
