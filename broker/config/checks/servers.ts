import type { BrokerOptions } from '../../options.ts';
import {
  type ClusterBlock,
  clusterPermissionsFault,
  type GatewayBlock,
  RESERVED,
  RESERVED_NAME,
} from '../blocks/cluster.ts';
import type { LeafNodesBlock } from '../blocks/leafnodes.ts';
import { quote, quoteAll } from '../go/text.ts';
import { checkCompression } from './compression.ts';
import { OptionsFault } from './options-fault.ts';

const POOL_SIZE_DEFAULT = 3;

/** Throws an `OptionsFault`. */
export function checkGateway({ name, port, gateways = [] }: GatewayBlock): void {
  if (!name && !port) return;
  if (!name) throw new OptionsFault('gateway has no name');
  if (name.includes(' ')) throw new OptionsFault('gateway name cannot contain spaces');
  if (!port) throw new OptionsFault(`gateway ${quote(name)} has no port specified (select -1 for random port)`);
  for (const [index, remote] of gateways.entries()) {
    if (!remote.name) throw new OptionsFault(`gateway in the list ${index} has no name`);
    if ((remote.urls ?? []).length === 0) throw new OptionsFault(`gateway ${quote(remote.name)} has no URL`);
  }
}

/** Throws an `OptionsFault`. */
export function checkCluster(options: BrokerOptions, cluster: ClusterBlock, gateway: GatewayBlock): void {
  const { name, permissions } = cluster;
  if (name?.includes(' ')) throw new OptionsFault('cluster name cannot contain spaces');
  const fault = permissions === undefined ? undefined : clusterPermissionsFault(permissions);
  if (fault !== undefined) throw new OptionsFault(fault);
  checkCompression(cluster.compression, 's2_fast');
  if (gateway.name && name && gateway.name !== name) {
    throw new OptionsFault('cluster name conflicts between cluster and gateway definitions');
  }
  // Alone, a leaf node gives the name of its server to the cluster.
  const leafNodes = (options.kept?.leafnodes ?? {}) as LeafNodesBlock;
  const alone = (leafNodes.remotes ?? []).length > 0 && !cluster.port;
  if ((name || gateway.name || (alone ? options.serverName : '')) === RESERVED_NAME) throw new OptionsFault(RESERVED);
  checkPinnedAccounts(options, cluster);
}

/** Accounts with routes of their own; the system account is one of them without being named. */
function checkPinnedAccounts(options: BrokerOptions, { port, pool_size: size, accounts = [] }: ClusterBlock): void {
  const poolSize = port ? size || POOL_SIZE_DEFAULT : (size ?? 0);
  const system = options.systemAccount || (options.noSystemAccount ? '' : '$SYS');
  const pinned = port && poolSize > 0 && system !== '' && !accounts.includes(system) ? [...accounts, system] : accounts;
  if (pinned.length > 0 && poolSize < 0) {
    throw new OptionsFault('pool_size cannot be negative if pinned accounts are specified');
  }
  const twice = pinned.find((account, index) => pinned.indexOf(account) !== index);
  if (twice !== undefined) {
    throw new OptionsFault(`found duplicate account name ${quote(twice)} in pinned accounts list ${quoteAll(pinned)}`);
  }
}
