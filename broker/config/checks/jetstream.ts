import { isPublicKey } from '../../auth/nkey.ts';
import type { BrokerOptions } from '../../options.ts';
import { isValidSubject } from '../../subject/validity.ts';
import type { ClusterBlock } from '../blocks/cluster.ts';
import { quote } from '../go/text.ts';
import { OptionsFault } from './options-fault.ts';

/** Throws an `OptionsFault`. */
export function checkJetStream(options: BrokerOptions, cluster: ClusterBlock): void {
  const { enabled, domain = '', more = {} } = options.kept?.jetstream ?? {};
  checkDefaultDomains(options, (more['default_js_domain'] ?? {}) as Record<string, string>);
  if (domain !== '') {
    const subject = `$JS.${domain}.API.>`;
    if (!isValidSubject(subject)) {
      throw new OptionsFault(`invalid domain name: derived ${quote(subject)} is not a valid subject`);
    }
    if (/[ \t\r\n\f.*>]/.test(domain)) {
      throw new OptionsFault('invalid domain name: may not contain ., * or >');
    }
  }
  if (enabled !== true || !cluster.port) return;
  if (!options.serverName) throw new OptionsFault('jetstream cluster requires `server_name` to be set');
  // A gateway gives its name to a cluster that has none.
  const gateway = options.kept?.gateway as { name?: string } | undefined;
  if (!cluster.name && !gateway?.name) {
    throw new OptionsFault('jetstream cluster requires `cluster.name` to be set');
  }
  const { extension_hint: given = '' } = more as { extension_hint?: string };
  const hint = given.toLowerCase();
  if (hint !== '' && hint !== 'will_extend' && hint !== 'no_extend') {
    throw new OptionsFault(`expected 'no_extend' for string value, got '${hint}'`);
  }
  if (Number(more['max_outstanding_catchup'] ?? 0) < 0) {
    throw new OptionsFault('jetstream max catchup cannot be negative');
  }
}

/** Domains that requests without one go to, by account. */
function checkDefaultDomains(options: BrokerOptions, domains: Readonly<Record<string, string>>): void {
  const inOperatorMode = (options.operator?.operators ?? []).length > 0;
  for (const [name, domain] of Object.entries(domains)) {
    if (inOperatorMode) {
      if (isPublicKey(name, 'account')) continue;
      throw new OptionsFault(
        `default_js_domain contains account name ${quote(name)}, which is not a valid public account nkey`,
      );
    }
    if (name === '$G') continue;
    const account = options.accounts?.find((candidate) => candidate.name === name);
    if (account === undefined) {
      throw new OptionsFault(
        `in non operator mode, \`default_js_domain\` references non existing account ${quote(name)}`,
      );
    }
    if (account.jetstream !== undefined && account.jetstream !== false && domain !== '') {
      throw new OptionsFault(`default_js_domain contains account name ${quote(name)} with enabled JetStream`);
    }
  }
  for (const [name, domain] of Object.entries(domains)) {
    if (name === (options.systemAccount || '$SYS')) {
      throw new OptionsFault(`system account ${quote(name)} can not be in default_js_domain`);
    }
    if (domain !== '' && !isValidSubject(`$JS.${domain}.API.>`)) {
      throw new OptionsFault(
        `default_js_domain contains account ${quote(name)} with invalid domain name ${quote(domain)}`,
      );
    }
  }
}
