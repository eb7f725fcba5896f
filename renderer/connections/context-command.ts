import type { Profile } from '../../electron/bridge/contract.ts';
import { shellCommand } from '../ui/shell-words.ts';

/** The profile as the command that makes a context of the `nats` tool. Secrets are left out: a history keeps commands. */
export function contextCommand(profile: Profile): string {
  const { authentication: auth, tls } = profile;
  const words = ['nats', 'context', 'save', profile.name.replace(/[^\w.-]+/g, '-') || 'natscope'];
  const option = (name: string, value: string | undefined): void => {
    if (value !== undefined && value !== '') words.push(name, value);
  };
  option('--server', profile.servers.join(','));
  if (auth.method === 'user') option('--user', auth.user);
  if (auth.method === 'nkey') option('--nkey', auth.seedFile);
  if (auth.method === 'creds') option('--creds', auth.file);
  option('--tlsca', tls.caFile);
  option('--tlscert', tls.certFile);
  option('--tlskey', tls.keyFile);
  if (tls.first === true) words.push('--tlsfirst');
  option('--inbox-prefix', profile.inboxPrefix);
  option('--js-domain', profile.jetstreamDomain);
  return shellCommand(words);
}
