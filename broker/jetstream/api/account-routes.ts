import type { AccountJetStream } from '../account-jetstream.ts';
import { accountInfoJson } from '../encode/info-fields.ts';
import { apiError } from '../errors.ts';
import { NO_LIMITS } from '../resource-limits.ts';
import { type Answer, failure, success } from './answers.ts';
import type { ApiRequest } from './api.ts';
import { isEmptyRequest } from './requests/parse.ts';

/** `INFO` */
export function answerAccountInfo(account: AccountJetStream, request: ApiRequest): Answer {
  if (!isEmptyRequest(request.body)) return failure('account_info', apiError('notEmptyRequest'));
  const { usage, streams, domain, reserved, api, limits = NO_LIMITS } = account;
  let consumers = 0;
  for (const stream of streams.values()) consumers += stream.consumers.size;
  const info = accountInfoJson({
    memory: usage.memory,
    storage: usage.storage,
    reserved_memory: reserved.memory,
    reserved_storage: reserved.storage,
    streams: streams.size,
    consumers,
    limits,
    domain,
    // The request at hand is counted when it is answered.
    api: { total: api.total, errors: api.errors },
  });
  return success('account_info', info);
}
