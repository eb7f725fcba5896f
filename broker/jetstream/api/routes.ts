import type { AccountJetStream } from '../account-jetstream.ts';
import type { ApiRequest } from './api.ts';
import { needsHigherLevel, REQUIRED_LEVEL_HEADER } from '../api-level.ts';
import { StoreError } from '../../store/message-log.ts';
import { apiError } from '../errors.ts';
import { clusterRoutes } from './cluster-routes.ts';
import { type Answer, failure, type RouteEntry, type RouteTable } from './answers.ts';
import { headerOf } from '../stream/message-text.ts';
import { answerAccountInfo } from './account-routes.ts';
import { consumerRoutes } from './consumer-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { snapshotRoutes } from './snapshot-routes.ts';
import { storeFailure } from './store-failure.ts';
import { streamRoutes } from './stream-routes.ts';

const TABLE: RouteTable = {
  INFO: { names: 0, kind: 'account_info', answer: answerAccountInfo },
  ...clusterRoutes,
  ...streamRoutes,
  ...snapshotRoutes,
  ...messageRoutes,
  ...consumerRoutes,
};

/** The longest verbs come first, so that `STREAM.MSG.GET` is not a stream named `GET`. */
const VERBS = Object.keys(TABLE).sort((one, other) => other.split('.').length - one.split('.').length);

/** `account`: undefined where it has no JetStream, which is what such requests are told. */
export function route(account: AccountJetStream | undefined, request: ApiRequest, strict: boolean): Answer | undefined {
  for (const verb of VERBS) {
    if (request.subject !== verb && !request.subject.startsWith(`${verb}.`)) continue;
    const entry = TABLE[verb];
    const names = request.tokens.slice(verb.split('.').length);
    if (entry === undefined || (entry.names === -1 ? names.length === 0 : names.length !== entry.names)) continue;
    return answerBy(entry, account, request, names, strict);
  }
  return undefined;
}

/** In nats-server's order: what is wrong with a request comes before or behind other reasons, by its verb. */
function answerBy(
  { kind, first, second, own, answer }: RouteEntry,
  account: AccountJetStream | undefined,
  request: ApiRequest,
  names: readonly string[],
  strict: boolean,
): Answer | undefined {
  if (own === true) return account && answer(account, request, names);
  const tooHigh = needsHigherLevel(headerOf(request.headers, REQUIRED_LEVEL_HEADER));
  // Whoever answers looks at the request anyway.
  if (!tooHigh && account !== undefined) return answerOf(kind, () => answer(account, request, names));
  const early = first?.(request, strict);
  if (early !== undefined) return failure(kind, early);
  if (tooHigh) return failure(kind, apiError('requiredApiLevel'));
  return failure(kind, second?.(request, strict) ?? apiError('notEnabledForAccount'));
}

/** A disk that takes nothing is told of in the words of the request. */
function answerOf(kind: RouteEntry['kind'], answer: () => Answer | undefined): Answer | undefined {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return failure(kind, storeFailure(kind, error));
  }
}
