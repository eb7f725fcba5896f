import type { TestUser } from '../../support/operator-tree.ts';
import { type ClientSteps, client, type ConnectFields, connectLine, plain, type Step } from '../case.ts';
import { request } from '../monitoring-steps.ts';

/** A user of the system account: brings claims, and asks for them. */
export const s = client('s');

/** Comes in with his JWT and his signature. */
export function enter(who: ClientSteps, user: TestUser, fields: ConnectFields = {}): Step[] {
  return who.connectAs(user.seed, { jwt: user.jwt, ...fields });
}

/** Shows his JWT and his signature, and is not let in. */
export function turnedAway(who: ClientSteps, user: TestUser, fields: ConnectFields = {}, seed = user.seed): Step[] {
  return [who.open(), who.sign(seed, { jwt: user.jwt, ...fields }), ...violation(who)];
}

/** Shows these fields without a signature, and is not let in. */
export function turnedAwayWith(who: ClientSteps, fields: ConnectFields): Step[] {
  return [who.open(), who.send(connectLine({ ...plain, ...fields })), ...violation(who)];
}

export function violation(who: ClientSteps): Step[] {
  return [who.expect("-ERR 'Authorization Violation'\r\n"), who.closed()];
}

/** Was let in, and has to go now. */
export function sentAway(who: ClientSteps, error: string): Step[] {
  return [who.expect(`-ERR '${error}'\r\n`), who.closed()];
}

/** What `who` publishes does not come back to himself, though he subscribes to it: he may not publish it. */
export function deniedPublish(who: ClientSteps, subject: string): Step[] {
  return [
    who.send(`PUB ${subject} 0\r\n\r\n`),
    who.expect(`-ERR 'Permissions Violation for Publish to "${subject}"'\r\n`),
  ];
}

export function deniedSubscribe(who: ClientSteps, subject: string): Step[] {
  return [
    who.send(`SUB ${subject} 99\r\n`),
    who.expect(`-ERR 'Permissions Violation for Subscription to "${subject}"'\r\n`),
  ];
}

/** Publishes and subscribes without a word against it. */
export function allowed(who: ClientSteps, { publish, subscribe }: { publish?: string; subscribe?: string }): Step[] {
  const lines = [
    publish === undefined ? '' : `PUB ${publish} 0\r\n\r\n`,
    subscribe === undefined ? '' : `SUB ${subscribe} 98\r\nUNSUB 98\r\n`,
  ];
  return [who.send(...lines.filter((line) => line !== '')), ...who.sync()];
}

/** A message goes from one to the other and nowhere else. */
export function delivered(from: ClientSteps, subject: string, to: ClientSteps, as = subject): Step[] {
  return [
    to.send(`SUB ${as} 7\r\n`),
    ...to.sync(),
    from.send(`PUB ${subject} 2\r\nhi\r\n`),
    ...from.sync(),
    to.expect(`MSG ${as} 7 2\r\nhi\r\n`),
    to.send('UNSUB 7\r\n'),
    ...to.sync(),
  ];
}

/** A message does not get there. */
export function undelivered(from: ClientSteps, subject: string, to: ClientSteps, as = subject): Step[] {
  return [
    to.send(`SUB ${as} 7\r\n`),
    ...to.sync(),
    from.send(`PUB ${subject} 2\r\nhi\r\n`),
    ...from.sync(),
    ...to.sync(),
    to.send('UNSUB 7\r\n'),
  ];
}

export const updateSubject = (key: string): string => `$SYS.REQ.ACCOUNT.${key}.CLAIMS.UPDATE`;

/** Claims are brought, and taken. */
export function updated(key: string, jwt: string, message = 'jwt updated'): Step {
  return request('s', updateSubject(key), jwt, { part: { data: { account: key, code: 200, message } } });
}

/** Claims are brought on some subject, and refused. */
export function refusedClaims(subject: string, jwt: string, account: string, description: string): Step {
  return request('s', subject, jwt, { part: { error: { account, code: 500, description } } });
}
