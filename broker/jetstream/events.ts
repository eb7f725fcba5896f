import type { Account } from '../account/account.ts';
import { newEventId } from '../base/event-text.ts';
import type { Time } from '../store/message-log.ts';
import { ackMetric, advisory, type AdvisoryName } from './encode/advisories.ts';
import type { Surroundings } from './surroundings.ts';

/** An event at `$JS.EVENT.ADVISORY.<subject>` of an account. */
export function advise(
  around: Surroundings,
  account: Account,
  name: AdvisoryName,
  subject: string,
  fields: object,
): void {
  tell(around, account, `$JS.EVENT.ADVISORY.${subject}`, (id, time) => advisory(name, id, time, fields));
}

/** The same event, in the account and for those who watch over all accounts: there with the name of the account. */
export function adviseWidely(
  around: Surroundings,
  account: Account,
  name: AdvisoryName,
  subject: string,
  fields: object,
): void {
  const id = newEventId();
  const to = `$JS.EVENT.ADVISORY.${subject}`;
  tell(around, account, to, (_, time) => advisory(name, id, time, fields));
  const { system } = around.accounts;
  if (system === undefined) return;
  tell(around, system, to, (_, time) => advisory(name, id, time, { account: account.name, ...fields }));
}

/** What an acknowledged message took, at `$JS.EVENT.METRIC.<subject>`. */
export function measure(around: Surroundings, account: Account, subject: string, fields: object): void {
  tell(around, account, `$JS.EVENT.METRIC.${subject}`, (id, time) => ackMetric(id, time, fields));
}

/** Only where somebody listens. */
function tell(
  { bus, clock }: Surroundings,
  account: Account,
  subject: string,
  event: (id: string, time: Readonly<Time>) => string,
): void {
  if (!bus.hasInterest(account, subject)) return;
  bus.publish(account, subject, Buffer.from(event(newEventId(), clock.now()), 'latin1'));
}
