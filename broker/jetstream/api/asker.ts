import type { Account } from '../../account/account.ts';
import { CLIENT_INFO_HEADER, type ClientInfo, orderedClientInfo } from '../../account/requester.ts';
import { latin1ToText } from '../../base/latin1.ts';
import type { ClientTold } from '../encode/advisories.ts';
import { headerOf } from '../stream/message-text.ts';
import type { ApiRequest } from './api.ts';

/** Who asked, as events tell it; undefined: the broker itself. Whoever asks from another account is told of as far as it was let known. */
export function askerOf(
  { source, headers }: Pick<ApiRequest, 'source' | 'headers'>,
  account: Account,
  serverName: string,
): ClientTold | undefined {
  const requester = source?.requester;
  if (requester === undefined) return undefined;
  if (requester.account === account.name) return told(requester.clientInfo(true));
  const carried = carriedInfo(headerOf(headers, CLIENT_INFO_HEADER)) ?? { acc: requester.account };
  return told({ ...carried, svc: account.name, server: carried.server ?? serverName });
}

/** Credentials are nobody's business. */
function told(info: ClientInfo): ClientTold {
  return { ...orderedClientInfo({ ...info, jwt: '' }) };
}

function carriedInfo(value: string | undefined): ClientInfo | undefined {
  if (value === undefined) return undefined;
  try {
    const info: unknown = JSON.parse(latin1ToText(value));
    return typeof info === 'object' && info !== null && !Array.isArray(info) ? info : undefined;
  } catch {
    return undefined;
  }
}
