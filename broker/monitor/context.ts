import type { Account } from '../account/account.ts';
import type { Bus } from '../account/bus.ts';
import { compactJson } from './go-json.ts';
import type { MonitorHost } from './host.ts';
import type { Resources } from './resources.ts';
import type { ServerIdentity } from './server-info.ts';

/** What requests and events have in common. */
export interface MonitorContext {
  readonly host: MonitorHost;
  readonly bus: Bus;
  readonly resources: Resources;
  readonly identity: ServerIdentity;
  /** HTTP requests by endpoint. */
  readonly httpRequests: ReadonlyMap<string, number>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newEventId: () => string;
}

/** Publishes JSON in the system account, or in `account`. Nothing happens where there is no system account. */
export function tell({ host, bus }: MonitorContext, subject: string, value: object, account?: Account): void {
  const target = account ?? host.systemAccount;
  if (target !== undefined) bus.publish(target, subject, compactJson(value));
}
