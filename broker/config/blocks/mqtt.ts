import type { Draft } from '../draft.ts';
import { shown, typeOf } from '../go/text.ts';
import type { Token } from '../grammar/token.ts';
import { boolean, duration, inBlock, integer, type Keys, keys, listen, readKeys, text } from '../fields.ts';
import { asInteger, Fault, mapOf, missingBlock, type Scope } from '../report.ts';
import { withTlsFiles } from '../tls/certificates.ts';
import { readTlsBlock, type TlsBlock } from '../tls/tls-block.ts';
import { readSimpleAuthorization } from './authorization.ts';

/** `mqtt`, as it is kept. Durations are milliseconds; names are nats-server's. */
export interface MqttBlock {
  host?: string | undefined;
  port?: number | undefined;
  tls?: TlsBlock | undefined;
  username?: string | undefined;
  password?: string | undefined;
  token?: string | undefined;
  auth_timeout?: number | undefined;
  no_auth_user?: string | undefined;
  ack_wait?: number | undefined;
  js_api_timeout?: number | undefined;
  max_ack_pending?: number | undefined;
  js_domain?: string | undefined;
  stream_replicas?: number | undefined;
  consumer_memory_storage?: boolean | undefined;
  consumer_inactive_threshold?: number | undefined;
  reject_qos2_publish?: boolean | undefined;
  downgrade_qos2_subscribe?: boolean | undefined;
}

interface Into {
  readonly block: MqttBlock;
  readonly draft: Draft;
}

const ACK_PENDING_MAX = 65_535;

/** Throws a `Fault` when it is no map. */
export function readMqtt(draft: Draft, token: Token, scope: Scope): void {
  const block: MqttBlock = { ...draft.kept.mqtt };
  scope.guard((inner) => {
    const map = mapOf(inner.open(token));
    if (map === undefined) throw new Fault(token, `Expected mqtt to be a map, got ${typeOf(token.value)}`);
    readKeys(map, MQTT_KEYS, { block, draft }, inner);
  });
  draft.kept.mqtt = { ...block };
}

const MQTT_KEYS: Keys<Into> = keys<Into>({
  listen: inBlock(listen),
  port: inBlock(integer('port')),
  'host|net': inBlock(text('host')),
  tls: ({ block, draft }, token, scope) => {
    const tls = withTlsFiles(readTlsBlock(token, scope.report), token, draft.sources);
    block.tls = tls;
  },
  'authorization|authentication': ({ block }, token, scope) => {
    const { user, password, token: secret, timeoutMs } = readSimpleAuthorization(token, scope) ?? missingBlock();
    Object.assign(block, { username: user, password, token: secret, auth_timeout: timeoutMs });
  },
  no_auth_user: inBlock(text('no_auth_user')),
  'ack_wait|ackwait': inBlock(duration('ack_wait', 'ack_wait')),
  'js_api_timeout|api_timeout': inBlock(duration('js_api_timeout', 'js_api_timeout')),
  'max_ack_pending|max_pending|max_inflight': ({ block }, token) => {
    const value = asInteger(token.value);
    if (value < 0 || value > ACK_PENDING_MAX) {
      throw new Fault(token, `invalid value ${shown(token.value)}, should in [0..${ACK_PENDING_MAX}] range`);
    }
    block.max_ack_pending = value;
  },
  js_domain: inBlock(text('js_domain')),
  stream_replicas: inBlock(integer('stream_replicas')),
  consumer_replicas: (_into, token, scope, key) => {
    scope.report.warnOf(key, token, 'consumer replicas setting ignored in this server version');
  },
  consumer_memory_storage: inBlock(boolean('consumer_memory_storage')),
  'consumer_inactive_threshold|consumer_auto_cleanup': inBlock(
    duration('consumer_inactive_threshold', 'consumer_inactive_threshold'),
  ),
  reject_qos2_publish: inBlock(boolean('reject_qos2_publish')),
  downgrade_qos2_subscribe: inBlock(boolean('downgrade_qos2_subscribe')),
});
