import type { ServiceCrossing } from '../account/crossing.ts';
import { CLIENT_INFO_HEADER, type ClientInfo, orderedClientInfo } from '../account/requester.ts';
import type { Sink } from '../account/sink.ts';
import { eventJson } from '../base/event-text.ts';
import { latin1ToText, textToLatin1 } from '../base/latin1.ts';

/** A service that a message has come through on its way. */
export interface Step {
  readonly share: boolean;
}

/** What a responder is told of who asks, where there is more to tell than `Requester.briefInfo`. */
export interface RequestOrigin {
  readonly crossing: ServiceCrossing;
  readonly source: Sink;
  /** The service that the request has come through last. */
  readonly before: Step | undefined;
  /** The header block of the request, '' when it has none; latin1. */
  readonly headers: string;
  readonly toSystem: boolean;
  readonly fromSystem: boolean;
  readonly serverName: string;
}

/** JSON of who asks; undefined when it is nobody that others may be told of. latin1. */
export function requestInfo(origin: RequestOrigin): string | undefined {
  const { crossing, source, before, toSystem, fromSystem, serverName } = origin;
  const { importer, service } = crossing;
  const share = before?.share ?? service.share;
  let info = before === undefined ? undefined : carriedInfo(origin.headers);
  if (info !== undefined) info.svc = importer.name;
  else if (source.requester !== undefined) info = source.requester.clientInfo(share);
  else if (!fromSystem) info = { acc: importer.name };
  if (info === undefined) return undefined;
  const addServer = !share && (toSystem || (before !== undefined && service.share));
  if (addServer) info.server = serverName;
  return textToLatin1(eventJson(orderedClientInfo(info)));
}

const CARRIED = new RegExp(`\\r\\n${CLIENT_INFO_HEADER}: *([^\\r]*)`);

/** What an earlier import said of the requester. */
function carriedInfo(headers: string): ClientInfo | undefined {
  const value = CARRIED.exec(headers)?.[1];
  if (value === undefined) return undefined;
  try {
    const info: unknown = JSON.parse(latin1ToText(value));
    return typeof info === 'object' && info !== null ? { ...info } : undefined;
  } catch {
    return undefined;
  }
}
