import { latin1ToText } from '../base/latin1.ts';
import type { PermissionsOptions, SubjectPermissions } from '../options.ts';
import { accountTag } from './account-tag.ts';
import { unlessEmpty } from './go-json.ts';
import type { MonitoredConnection, MonitorHost } from './host.ts';
import { NANOS_PER_MS } from './time-text.ts';

/** Who somebody is and what he may do: `$SYS.REQ.USER.INFO`. Undefined for nobody who could be told. */
export function userInfo(host: MonitorHost, asker: MonitoredConnection | undefined, now: number): object {
  if (asker === undefined) return { user: '', account: '' };
  const { account, expiresAt, nameTag, permissions, user } = asker;
  return {
    user: latin1ToText(user),
    account,
    account_name: accountTag(host.account(account), account),
    user_name: unlessEmpty(nameTag),
    permissions: permissions && permissionDetails(permissions),
    expires:
      expiresAt === undefined ? undefined : unlessEmpty(Math.trunc((expiresAt - now) / 1000) * 1000 * NANOS_PER_MS),
  };
}

function permissionDetails({ publish, subscribe, allowResponses }: PermissionsOptions): object {
  return {
    publish: subjects(publish),
    subscribe: subjects(subscribe),
    responses: allowResponses && {
      max: allowResponses.messagesMax,
      ttl: allowResponses.expiresMs * NANOS_PER_MS,
    },
  };
}

function subjects(permissions: SubjectPermissions | undefined): object {
  return {
    allow: permissions?.allow && unlessEmpty(permissions.allow),
    deny: permissions?.deny && unlessEmpty(permissions.deny),
  };
}
