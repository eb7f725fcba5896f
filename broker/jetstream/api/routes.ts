import type { AccountJetStream } from '../account-jetstream.ts';
import type { Answer, RouteTable } from './answers.ts';
import type { ApiRequest } from './api.ts';
import { needsHigherLevel, REQUIRED_LEVEL_HEADER } from '../api-level.ts';
import { apiError } from '../errors.ts';
import { clusterRoutes } from './cluster-routes.ts';
import { failure } from './answers.ts';
import { headerOf } from '../stream/message-text.ts';
import { answerAccountInfo } from './account-routes.ts';
import { consumerRoutes } from './consumer-routes.ts';
import { messageRoutes } from './message-routes.ts';
import { snapshotRoutes } from './snapshot-routes.ts';
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

export function route(account: AccountJetStream, request: ApiRequest): Answer | undefined {
  for (const verb of VERBS) {
    if (request.subject !== verb && !request.subject.startsWith(`${verb}.`)) continue;
    const entry = TABLE[verb];
    const names = request.tokens.slice(verb.split('.').length);
    if (entry === undefined || (entry.names !== -1 && names.length !== entry.names)) continue;
    const level = headerOf(request.headers, REQUIRED_LEVEL_HEADER);
    if (needsHigherLevel(level)) return failure(entry.kind, apiError('requiredApiLevel'));
    return entry.answer(account, request, names);
  }
  return undefined;
}
