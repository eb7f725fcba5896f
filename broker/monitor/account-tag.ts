import type { MonitoredAccount } from './host.ts';

/** What people call an account: the name in its JWT, or its only name. `name` is for one that is gone. */
export function accountTag(account: MonitoredAccount | undefined, name: string): string {
  return account?.options.displayName || (account?.name ?? name);
}
