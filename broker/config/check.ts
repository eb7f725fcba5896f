import { BrokerError } from '../base/broker-error.ts';
import { trustOperators, withOperatorDefaults } from '../auth/operator/operators.ts';
import {
  LAME_DUCK_DURATION_MS_DEFAULT,
  LAME_DUCK_GRACE_PERIOD_MS_DEFAULT,
  PAYLOAD_BYTES_MAX_DEFAULT,
  PENDING_BYTES_MAX_DEFAULT,
} from '../limits.ts';
import type { BrokerOptions } from '../options.ts';
import type { PermissionsOptions } from '../options/permissions.ts';
import type { ClusterBlock, GatewayBlock } from './blocks/cluster.ts';
import { subjectsFault } from './blocks/permissions.ts';
import { checkJetStream } from './checks/jetstream.ts';
import { checkLeafNodes } from './checks/leafnodes.ts';
import { checkMqtt, checkNoAuthUser, checkWebSocket } from './checks/listeners.ts';
import { OptionsFault } from './checks/options-fault.ts';
import { checkCluster, checkGateway } from './checks/servers.ts';
import { ConfigError, type ProgramOptions } from './config.ts';
import { formatGoDuration } from '../base/duration-text.ts';
import { quote } from './go/text.ts';
import { withoutSecrets } from './grammar/secrets.ts';

/**
 * Whether the options go together, once flags have been laid over the configuration: what nats-server asks before a start
 * and before a reload, in its order. Throws a `ConfigError` with the first thing that does not.
 */
export function checkOptions(broker: BrokerOptions, _program: ProgramOptions = {}): void {
  try {
    check(broker);
  } catch (error) {
    if (!(error instanceof OptionsFault || error instanceof BrokerError)) throw error;
    const message = withoutSecrets(error.message);
    throw new ConfigError(message, [{ file: '', line: 0, column: 0, message }]);
  }
}

/**
 * Why the monitoring endpoints cannot be had, as the log says it behind `Can't start monitoring: `; undefined: they can. It
 * ends a start when it comes to them, and `nats-server -t` does not ask.
 */
export function monitoringFault({ monitoring, tls }: BrokerOptions): string | undefined {
  if (monitoring === undefined) return undefined;
  const { port, conflictingPort, secure } = monitoring;
  if (conflictingPort !== undefined) {
    return `can't specify both HTTP (${port}) and HTTPs (${conflictingPort}) ports`;
  }
  return secure === true && tls === undefined ? 'TLS cert and key required for HTTPS' : undefined;
}

function check(options: BrokerOptions): void {
  const { kept = {}, webSocket } = options;
  const cluster = (kept.cluster ?? {}) as ClusterBlock;
  const gateway = (kept.gateway ?? {}) as GatewayBlock;
  checkLimits(options);
  checkOperators(options);
  checkLeafNodes(options, kept.leafnodes ?? {}, gateway);
  checkUsers(options);
  checkNoAuthUser(options, options.noAuthUser);
  checkGateway(gateway);
  checkCluster(options, cluster, gateway);
  checkMqtt(options, kept.mqtt ?? {});
  checkJetStream(options, cluster);
  if (webSocket !== undefined) checkWebSocket(options, webSocket);
  checkSystemAccount(options);
}

function checkLimits(options: BrokerOptions): void {
  const duration = options.lameDuckDurationMs || LAME_DUCK_DURATION_MS_DEFAULT;
  const grace = options.lameDuckGracePeriodMs || LAME_DUCK_GRACE_PERIOD_MS_DEFAULT;
  if (grace >= duration) {
    throw new OptionsFault(
      `lame duck grace period (${formatGoDuration(grace)}) should be strictly lower than lame duck duration (${formatGoDuration(duration)})`,
    );
  }
  const payload = options.maxPayload || PAYLOAD_BYTES_MAX_DEFAULT;
  const pending = options.maxPending || PENDING_BYTES_MAX_DEFAULT;
  if (payload > pending) {
    throw new OptionsFault(`max_payload (${payload}) cannot be higher than max_pending (${pending})`);
  }
  if (options.serverName?.includes(' ')) throw new OptionsFault('server name cannot contain spaces');
}

function checkOperators(options: BrokerOptions): void {
  const { operator, mappings } = options;
  if (operator === undefined) return;
  // Mappings of its own make `$G` an account of the configuration.
  const accounts = mappings === undefined ? options.accounts : [{ name: '$G' }, ...(options.accounts ?? [])];
  trustOperators(withOperatorDefaults({ ...options, accounts }));
}

function checkUsers({ users = [] }: BrokerOptions): void {
  const byName = users.filter(({ nkey }) => nkey === undefined);
  for (const { user = '', permissions } of byName) checkPermissions(permissions, `user ${quote(user)}`);
  for (const { nkey, permissions } of users) {
    if (nkey !== undefined) checkPermissions(permissions, `nkey ${quote(nkey)}`);
  }
}

function checkPermissions(permissions: PermissionsOptions | undefined, who: string): void {
  const lists = [
    ['publish allow', permissions?.publish?.allow, false],
    ['publish deny', permissions?.publish?.deny, false],
    ['subscribe allow', permissions?.subscribe?.allow, true],
    ['subscribe deny', permissions?.subscribe?.deny, true],
  ] as const;
  for (const [list, subjects, queues] of lists) {
    const fault = subjectsFault(subjects ?? [], queues);
    if (fault !== undefined) throw new OptionsFault(`invalid permissions for ${who}: ${list}: ${fault}`);
  }
}

/** In operator mode the resolver knows it, or will. */
function checkSystemAccount({ systemAccount, accounts = [], operator }: BrokerOptions): void {
  if (!systemAccount || (operator?.operators ?? []).length > 0 || operator?.trustedKeys?.length) return;
  // `$G` is there anyway. `$SYS` is not, where it is named here.
  if (systemAccount === '$G') return;
  if (accounts.some(({ name }) => name === systemAccount)) return;
  throw new OptionsFault('error resolving system account: account missing');
}
