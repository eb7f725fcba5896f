import type { BrokerOptions } from '../../options.ts';
import type { WebSocketOptions } from '../../options/websocket.ts';
import type { ClusterBlock, GatewayBlock } from '../blocks/cluster.ts';
import type { LeafNodesBlock } from '../blocks/leafnodes.ts';
import type { MqttBlock } from '../blocks/mqtt.ts';
import { addressFault } from '../go/host-port.ts';
import { quote } from '../go/text.ts';
import { parseGoUrl } from '../go/url.ts';
import { OptionsFault } from './options-fault.ts';

/** Whoever shows nothing must be somebody that is there. Throws an `OptionsFault`. */
export function checkNoAuthUser(options: BrokerOptions, name: string | undefined): void {
  if (!name) return;
  if ((options.operator?.operators ?? []).length > 0) {
    throw new OptionsFault('no_auth_user not compatible with Trusted Operator');
  }
  const { users } = options;
  if (users === undefined || users.length === 0) {
    throw new OptionsFault(`no_auth_user: "${name}" present, but users/nkeys are not defined`);
  }
  if (users.some(({ user, nkey }) => user === name || nkey === name)) return;
  throw new OptionsFault(
    `no_auth_user: "${name}" not present as user or nkey in authorization block or account configuration`,
  );
}

/** Throws an `OptionsFault`. */
export function checkMqtt(options: BrokerOptions, mqtt: MqttBlock): void {
  if (!mqtt.port) return;
  const { jetstream, ...kept } = options.kept ?? {};
  const cluster = kept.cluster as ClusterBlock | undefined;
  const gateway = kept.gateway as GatewayBlock | undefined;
  const leafnodes = kept.leafnodes as LeafNodesBlock | undefined;
  if (!options.serverName && (cluster?.port || gateway?.port)) {
    throw new OptionsFault('mqtt requires server name to be explicitly set');
  }
  checkNoAuthUser(options, mqtt.no_auth_user);
  if ((options.users ?? []).length > 0) {
    if (mqtt.username) {
      throw new OptionsFault('mqtt authentication username not compatible with presence of users/nkeys');
    }
    if (mqtt.token) {
      throw new OptionsFault('mqtt authentication token not compatible with presence of users/nkeys');
    }
  }
  if ((mqtt.ack_wait ?? 0) < 0) throw new OptionsFault('ack wait must be a positive value');
  if ((mqtt.js_api_timeout ?? 0) < 0) throw new OptionsFault('JS API timeout must be a positive value');
  const alone = !cluster?.port && !gateway?.port && !leafnodes?.port && (leafnodes?.remotes ?? []).length === 0;
  if (jetstream?.enabled !== true && alone) {
    throw new OptionsFault('mqtt requires JetStream to be enabled if running in standalone mode');
  }
}

/** Headers of the upgrade that are the server's own. */
const OWN_HEADERS = new Set(['host', 'content-length', 'connection', 'upgrade', 'nats-no-masking']);

/** Throws an `OptionsFault`. */
export function checkWebSocket(options: BrokerOptions, webSocket: WebSocketOptions): void {
  if (webSocket.tls === undefined && webSocket.noTls !== true) {
    throw new OptionsFault('websocket requires TLS configuration');
  }
  for (const origin of webSocket.allowedOrigins ?? []) {
    const fault = originFault(origin);
    if (fault !== undefined) throw new OptionsFault(`unable to parse allowed origin${fault}`);
  }
  checkNoAuthUser(options, webSocket.noAuthUser);
  if ((options.users ?? []).length > 0) {
    if (webSocket.user) {
      throw new OptionsFault('websocket authentication username not compatible with presence of users/nkeys');
    }
    if (webSocket.token) {
      throw new OptionsFault('websocket authentication token not compatible with presence of users/nkeys');
    }
  }
  const { operators = [], trustedKeys = [] } = options.operator ?? {};
  if (webSocket.jwtCookie && operators.length === 0 && trustedKeys.length === 0) {
    throw new OptionsFault(
      `trusted operators or trusted keys configuration is required for JWT authentication via cookie ${quote(webSocket.jwtCookie)}`,
    );
  }
  for (const name of Object.keys(webSocket.headers ?? {})) {
    const header = name.toLowerCase();
    if (OWN_HEADERS.has(header)) throw new OptionsFault(`websocket: invalid header ${quote(name)} not allowed`);
    if (header.startsWith('sec-websocket-')) {
      throw new OptionsFault(`websocket: invalid header ${quote(name)}, "Sec-WebSocket-" prefix not allowed`);
    }
  }
}

function originFault(origin: string): string | undefined {
  const url = parseGoUrl(origin);
  if (typeof url === 'string') return `: ${url}`;
  // Only what begins a request may be one: a whole address, or a path.
  if (origin === '') return ': parse "": empty url';
  if (url.scheme === '' && !origin.startsWith('/')) {
    return `: parse ${quote(origin)}: invalid URI for request`;
  }
  if (url.scheme !== 'http' && url.scheme !== 'https') {
    return ` ${quote(origin)}: allowed origins must be absolute URLs with http or https scheme`;
  }
  if (url.host === '') return ` ${quote(origin)}: host is required`;
  const fault = addressFault(url.host);
  return fault === undefined || fault.endsWith('missing port in address') ? undefined : `: ${fault}`;
}
