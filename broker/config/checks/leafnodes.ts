import { isPublicKey } from '../../auth/nkey.ts';
import type { BrokerOptions } from '../../options.ts';
import type { GatewayBlock } from '../blocks/cluster.ts';
import { proxyFault, remoteName, type LeafRemote } from '../blocks/leafnode-remotes.ts';
import { leafAuthorizationFault, type LeafNodesBlock } from '../blocks/leafnodes.ts';
import { subjectsFault } from '../blocks/permissions.ts';
import { quote, quoteAll } from '../go/text.ts';
import { checkCompression } from './compression.ts';
import { OptionsFault } from './options-fault.ts';

const LEAF_PORT = 7422;

/** Throws an `OptionsFault`. */
export function checkLeafNodes(options: BrokerOptions, block: LeafNodesBlock, gateway: GatewayBlock): void {
  const authorizationFault = leafAuthorizationFault(block);
  if (authorizationFault !== undefined) throw new OptionsFault(authorizationFault);
  const remotes = (block.remotes ?? []).map(withPort);
  checkNames(remotes);
  if ((options.operator?.operators ?? []).length === 0) checkAccounts(options, block, remotes);
  else checkKeys(block, remotes);
  checkCompression(block.compression, 's2_auto');
  for (const remote of remotes) {
    const fault = proxyFault(remote);
    if (fault !== undefined) throw new OptionsFault(fault);
    const { urls = [] } = remote;
    if (new Set(urls.map((url) => /^ws/i.test(url))).size > 1) {
      throw new OptionsFault(
        `remote leaf node configuration cannot have a mix of websocket and non-websocket urls: ${quoteAll(urls)}`,
      );
    }
    checkCompression(remote.compression, 's2_auto');
  }
  if (!block.port || (!gateway.name && !gateway.port)) return;
  if (!options.systemAccount) {
    throw new OptionsFault(
      'leaf nodes and gateways (both being defined) require a system account to also be configured',
    );
  }
}

function withPort(remote: LeafRemote): LeafRemote {
  const urls = remote.urls?.map((url) =>
    url.replace(/^([^:/]+:\/\/(?:[^/@]*@)?(?:\[[^\]]*\]|[^/:?#]*))(?=$|[/?#])/, `$1:${LEAF_PORT}`),
  );
  return urls === undefined ? remote : { ...remote, urls };
}

function checkNames(remotes: readonly LeafRemote[]): void {
  const names = new Set<string>();
  for (const remote of remotes) {
    const name = remoteName(remote);
    for (const list of ['deny_imports', 'deny_exports'] as const) {
      const fault = subjectsFault(remote[list] ?? [], false);
      if (fault !== undefined) throw new OptionsFault(`invalid ${list} for remote ${name}: ${fault}`);
    }
    if (names.has(name)) throw new OptionsFault(`duplicate remote ${name}`);
    names.add(name);
  }
}

function checkAccounts(options: BrokerOptions, block: LeafNodesBlock, remotes: readonly LeafRemote[]): void {
  const known = new Set(['', '$G', ...(options.accounts ?? []).map(({ name }) => name)]);
  if (!options.systemAccount && !options.noSystemAccount) known.add('$SYS');
  const check = (account = '', where: string): void => {
    if (known.has(account)) return;
    throw new OptionsFault(`cannot find local account ${quote(account)} specified in leafnode ${where}`);
  };
  check(block.account, 'authorization');
  for (const { account } of block.users ?? []) check(account, 'authorization');
  for (const { account } of remotes) check(account, 'remote');
}

function checkKeys(block: LeafNodesBlock, remotes: readonly LeafRemote[]): void {
  if ((block.users ?? []).length > 0) {
    throw new OptionsFault('operator mode does not allow specifying users in leafnode config');
  }
  if (remotes.some(({ account = '' }) => !isPublicKey(account, 'account'))) {
    throw new OptionsFault(
      "operator mode requires account nkeys in remotes. Please add an `account` key to each remote in your `leafnodes` section, to assign it to an account. Each account value should be a 56 character public key, starting with the letter 'A'",
    );
  }
  if (block.port && block.account && !isPublicKey(block.account, 'account')) {
    throw new OptionsFault('operator mode and non account nkeys are incompatible');
  }
}
