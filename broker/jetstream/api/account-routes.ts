import { API_LEVEL } from '../../limits.ts';
import type { AccountJetStream } from '../account-jetstream.ts';
import { apiError } from '../errors.ts';
import { type Answer, failure, success } from './answers.ts';
import type { ApiRequest } from './api.ts';

const TYPE = 'account_info_response';

/** `INFO` */
export function answerAccountInfo(account: AccountJetStream, request: ApiRequest): Answer {
  if (request.body !== '') return failure(TYPE, apiError('notEmptyRequest'), EMPTY);
  return success(TYPE, accountFields(account));
}

const NO_LIMITS = {
  max_memory: -1,
  max_storage: -1,
  max_streams: -1,
  max_consumers: -1,
  max_ack_pending: -1,
  memory_max_stream_bytes: -1,
  storage_max_stream_bytes: -1,
  max_bytes_required: false,
};

const EMPTY = {
  memory: 0,
  storage: 0,
  reserved_memory: 0,
  reserved_storage: 0,
  streams: 0,
  consumers: 0,
  limits: {
    ...NO_LIMITS,
    max_memory: 0,
    max_storage: 0,
    max_streams: 0,
    max_consumers: 0,
    max_ack_pending: 0,
    memory_max_stream_bytes: 0,
    storage_max_stream_bytes: 0,
  },
  api: { level: 0, total: 0, errors: 0 },
};

function accountFields(account: AccountJetStream): object {
  const { usage, streams, domain, reserved } = account;
  let consumers = 0;
  for (const stream of streams.values()) consumers += stream.consumers.size;
  return {
    memory: usage.memory,
    storage: usage.storage,
    reserved_memory: reserved.memory,
    reserved_storage: reserved.storage,
    streams: streams.size,
    consumers,
    limits: account.limits ?? NO_LIMITS,
    ...(domain === '' ? {} : { domain }),
    api: { level: API_LEVEL, total: account.api.total - 1, errors: account.api.errors },
  };
}
