import { BrokerError } from './base/broker-error.ts';
import type { ConnectionLimits } from './connection/context.ts';
import * as limits from './limits.ts';
import type { BrokerOptions } from './options.ts';

/** What a broker goes by: its options checked, and every default filled in. */
export interface Settings {
  readonly host: string;
  /** -1: any free port. */
  readonly port: number;
  readonly connectionsMax: number;
  readonly lameDuckDurationMs: number;
  readonly lameDuckGracePeriodMs: number;
  readonly spinMicros: number;
  readonly connection: ConnectionLimits;
  /** What the arena has room for; a reload may go up to it. */
  readonly payloadBytesCapacity: number;
  readonly controlLineBytesCapacity: number;
}

/** Throws a `BrokerError` that names the option and its range. 0 means the default wherever nats-server takes it so. */
export function resolveSettings(options: BrokerOptions): Settings {
  const port = options.port ?? limits.DEFAULT_PORT;
  if (port !== -1) number('port', port, 1, 65535, '-1 for any free port, or ');
  const payloadBytesMax = number(
    'maxPayload',
    options.maxPayload || limits.PAYLOAD_BYTES_MAX_DEFAULT,
    1,
    limits.PAYLOAD_BYTES_MAX_HIGHEST,
  );
  const pendingBytesMax = number('maxPending', options.maxPending || limits.PENDING_BYTES_MAX_DEFAULT, 1);
  if (payloadBytesMax > pendingBytesMax) {
    throw invalid(`max_payload (${payloadBytesMax}) cannot be higher than max_pending (${pendingBytesMax})`);
  }
  const controlLineBytesMax = number(
    'maxControlLine',
    options.maxControlLine || limits.CONTROL_LINE_BYTES_MAX_DEFAULT,
    64,
    limits.CONTROL_LINE_BYTES_MAX_HIGHEST,
  );
  if (options.password !== undefined && !options.user) throw invalid('password needs user');
  const users = options.users ?? [];
  const names = new Set(users.map(({ user, nkey }) => user ?? nkey ?? ''));
  if (names.size < users.length || names.has('')) throw invalid('users need names or nkeys, each another');
  if (options.noAuthUser !== undefined && !names.has(options.noAuthUser)) {
    throw invalid(
      `no_auth_user: "${options.noAuthUser}" not present as user or nkey in authorization block or account configuration`,
    );
  }
  return {
    host: options.host || limits.DEFAULT_HOST,
    port,
    connectionsMax: integer('maxConnections', options.maxConnections || limits.CONNECTIONS_MAX_DEFAULT),
    lameDuckDurationMs: number(
      'lameDuckDurationMs',
      options.lameDuckDurationMs ?? limits.LAME_DUCK_DURATION_MS_DEFAULT,
      0,
    ),
    lameDuckGracePeriodMs: number(
      'lameDuckGracePeriodMs',
      options.lameDuckGracePeriodMs ?? limits.LAME_DUCK_GRACE_PERIOD_MS_DEFAULT,
      0,
    ),
    spinMicros: number('spinMicros', options.spinMicros ?? limits.SPIN_MICROS_DEFAULT, 0, 1_000_000),
    payloadBytesCapacity: Math.max(payloadBytesMax, limits.PAYLOAD_BYTES_CAPACITY_MIN),
    controlLineBytesCapacity: Math.max(controlLineBytesMax, limits.CONTROL_LINE_BYTES_CAPACITY_MIN),
    connection: {
      payloadBytesMax,
      pendingBytesMax,
      controlLineBytesMax,
      subscriptionsMax: Math.max(0, integer('maxSubscriptions', options.maxSubscriptions ?? 0)),
      subscriptionTokensMax: Math.max(0, integer('maxSubscriptionTokens', options.maxSubscriptionTokens ?? 0)),
      pingIntervalMs: number(
        'pingIntervalMs',
        options.pingIntervalMs || limits.PING_INTERVAL_MS_DEFAULT,
        1,
        TIMER_MS_MAX,
      ),
      webSocketPingIntervalMs: number(
        'webSocket.pingIntervalMs',
        options.webSocket?.pingIntervalMs || options.pingIntervalMs || limits.PING_INTERVAL_MS_DEFAULT,
        1,
        TIMER_MS_MAX,
      ),
      pingsOutstandingMax: number('pingMax', options.pingMax || limits.PINGS_OUTSTANDING_MAX_DEFAULT, 1),
      writeDeadlineMs: number(
        'writeDeadlineMs',
        options.writeDeadlineMs || limits.WRITE_DEADLINE_MS_DEFAULT,
        1,
        TIMER_MS_MAX,
      ),
      authTimeoutMs: number('authTimeoutMs', options.authTimeoutMs || limits.AUTH_TIMEOUT_MS_DEFAULT, 1, TIMER_MS_MAX),
      noFastProducerStall: options.noFastProducerStall ?? false,
      headerSupport: !(options.noHeaderSupport ?? false),
      maxTracedMessageLength: Math.max(0, integer('maxTracedMessageLength', options.maxTracedMessageLength ?? 0)),
    },
  };
}

const { TIMER_MS_MAX } = limits;

function number(name: string, value: number, min: number, max = Number.MAX_SAFE_INTEGER, or = ''): number {
  if (Number.isFinite(value) && value >= min && value <= max) return value;
  throw invalid(`${name} must be ${or}from ${min} to ${max}, not ${value}`);
}

function integer(name: string, value: number): number {
  if (Number.isSafeInteger(value)) return value;
  throw invalid(`${name} must be a whole number, not ${value}`);
}

function invalid(text: string): BrokerError {
  return new BrokerError('invalid-option', text);
}
