import type { AccountJetStream } from '../account-jetstream.ts';
import type { ApiError } from '../api-error.ts';
import { consumerMetadata, needsHigherLevel, REQUIRED_LEVEL_HEADER } from '../api-level.ts';
import { checkConsumerCreate, consumerTarget } from '../consumer/config/consumer-changes.ts';
import { isGroupName } from '../consumer/config/check-consumer.ts';
import { apiError } from '../errors.ts';
import { headerOf } from '../stream/message-text.ts';
import type { StreamConsumer } from '../stream/stream-consumer.ts';
import { streamIdentity } from '../short-hash.ts';
import type { Stream } from '../stream/stream.ts';
import { parseTime } from '../time-text.ts';
import { consumerListAnswer, consumerNamesAnswer, INFOS_PER_PAGE, NAMES_PER_PAGE, pageOf } from '../encode/answers.ts';
import { type Answer, failure, isError, type RouteTable, streamNotFound, success, told } from './answers.ts';
import type { ApiRequest } from './api.ts';
import { consumerFields } from './consumer-fields.ts';
import {
  type ConsumerCreateRequest,
  consumerCreateRequest,
  consumerPauseRequest,
  consumerResetRequest,
  consumersRequest,
  consumerUnpinRequest,
  noConsumerCreateRequest,
} from './requests/consumer-requests.ts';
import {
  isEmptyRequest,
  objectBody,
  parseLoosely,
  parseRequest,
  type Parsed,
  type RequestType,
} from './requests/parse.ts';

export const consumerRoutes: RouteTable = {
  'CONSUMER.CREATE': { names: -1, kind: 'consumer_create', first: isCreate, answer: create },
  'CONSUMER.DURABLE.CREATE': { names: 2, kind: 'consumer_create', first: isCreate, answer: create },
  'CONSUMER.NAMES': { names: 1, kind: 'consumer_names', answer: names },
  'CONSUMER.LIST': { names: 1, kind: 'consumer_list', answer: list },
  'CONSUMER.INFO': { names: 2, kind: 'consumer_info', first: saysNothing, answer: info },
  'CONSUMER.DELETE': { names: 2, kind: 'consumer_delete', answer: remove },
  'CONSUMER.PAUSE': { names: 2, kind: 'consumer_pause', first: isPause, answer: pause },
  'CONSUMER.RESET': { names: 2, kind: 'consumer_reset', own: true, answer: reset },
  'CONSUMER.UNPIN': { names: 2, kind: 'consumer_unpin', second: isUnpin, answer: unpin },
};

function parseCreate({ body }: ApiRequest, strict: boolean): Parsed<ConsumerCreateRequest> | ApiError {
  return parseRequest(consumerCreateRequest, body, strict, noConsumerCreateRequest);
}

function isCreate(request: ApiRequest, strict: boolean): ApiError | undefined {
  return faultOf(parseCreate(request, strict));
}

function faultOf(parsed: Parsed<object> | ApiError): ApiError | undefined {
  return isError(parsed) ? parsed : undefined;
}

function create(account: AccountJetStream, request: ApiRequest): Answer {
  const type = 'consumer_create';
  const parsed = parseCreate(request, account.strict);
  if (isError(parsed)) return failure(type, parsed);
  const target = consumerTarget(`$JS.API.${request.subject}`);
  if (isError(target)) return failure(type, target);
  const outcome = checkConsumerCreate(
    parsed.value,
    target,
    account.consumerContext,
    headerOf(request.headers, 'Nats-Stream-Identity'),
  );
  if (isError(outcome)) return failure(type, outcome);
  const stream = account.streams.get(target.stream);
  if (stream === undefined) return failure(type, streamNotFound());
  const { config, before, identity } = outcome;
  const identified = identity === undefined ? {} : { headers: [['Nats-Stream-Identity', identity] as const] };
  const present = stream.consumers.get(config.name);
  if (present === undefined) {
    const made = stream.addConsumer(config, account.clock.now());
    return { ...success(type, consumerFields(made)), ...identified };
  }
  if (config !== before) stream.updateConsumer(present, config);
  return { ...success(type, consumerFields(present)), ...identified };
}

function names(account: AccountJetStream, request: ApiRequest, [name = '']: readonly string[]): Answer {
  const type = 'consumer_names';
  const parsed = parseRequest(consumersRequest, objectBody(request.body), account.strict, {
    offset: 0,
  });
  if (isError(parsed)) return failure(type, parsed);
  const stream = account.streams.get(name);
  if (stream === undefined) return failure(type, streamNotFound());
  const all = sorted(stream).map((consumer) => consumer.name);
  const { page, items } = pageOf(all, parsed.value.offset, NAMES_PER_PAGE);
  return told(consumerNamesAnswer(page, items));
}

function list(account: AccountJetStream, request: ApiRequest, [name = '']: readonly string[]): Answer {
  const type = 'consumer_list';
  const parsed = parseRequest(consumersRequest, objectBody(request.body), account.strict, {
    offset: 0,
  });
  if (isError(parsed)) return failure(type, parsed);
  const stream = account.streams.get(name);
  if (stream === undefined) return failure(type, streamNotFound());
  const all = sorted(stream);
  const { page, items } = pageOf(all, parsed.value.offset, INFOS_PER_PAGE);
  const listed = items.map((consumer) => consumerFields(consumer, true));
  return told(consumerListAnswer(page, listed));
}

function sorted({ consumers }: Stream): StreamConsumer[] {
  return [...consumers.values()]
    .filter(({ config }) => config.direct !== true)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Fields that nobody knows do not matter here, whatever the server is told. */
function loosely<T extends object>(type: RequestType<T>, body: string, nothing: T): Parsed<T> | ApiError {
  const parsed = parseLoosely(type, body, nothing);
  return 'complaint' in parsed ? apiError('invalidJSON', { err: parsed.complaint }) : parsed;
}

function find(account: AccountJetStream, [stream = '', consumer = '']: readonly string[]): StreamConsumer | ApiError {
  const found = account.streams.get(stream);
  if (found === undefined) return streamNotFound();
  return found.consumers.get(consumer) ?? apiError('consumerNotFound');
}

function saysNothing({ body }: ApiRequest): ApiError | undefined {
  return isEmptyRequest(body) ? undefined : apiError('notEmptyRequest');
}

function info(account: AccountJetStream, request: ApiRequest, names: readonly string[]): Answer {
  const type = 'consumer_info';
  const fault = saysNothing(request);
  if (fault !== undefined) return failure(type, fault);
  const consumer = find(account, names);
  return isError(consumer) ? failure(type, consumer) : success(type, consumerFields(consumer));
}

function remove(account: AccountJetStream, request: ApiRequest, names: readonly string[]): Answer {
  const type = 'consumer_delete';
  if (!isEmptyRequest(request.body)) return failure(type, apiError('notEmptyRequest'));
  const consumer = find(account, names);
  if (isError(consumer)) return failure(type, consumer);
  consumer.expired();
  return success(type, { success: true });
}

function parsePause({ body }: ApiRequest, strict: boolean): Parsed<{ pause_until?: string }> | ApiError {
  return parseRequest(consumerPauseRequest, objectBody(body), strict, {});
}

function isPause(request: ApiRequest, strict: boolean): ApiError | undefined {
  return faultOf(parsePause(request, strict));
}

function pause(account: AccountJetStream, request: ApiRequest, names: readonly string[]): Answer {
  const type = 'consumer_pause';
  const none = { paused: false, pause_until: '0001-01-01T00:00:00Z' };
  const parsed = parsePause(request, account.strict);
  if (isError(parsed)) return failure(type, parsed);
  const consumer = find(account, names);
  if (isError(consumer)) return failure(type, consumer);
  const until = parsed.value.pause_until;
  const time = until === undefined ? undefined : parseTime(until);
  const { pause_until: _before, ...config } = consumer.config;
  const stream = account.streams.get(consumer.stream);
  if (stream === undefined) return failure(type, streamNotFound());
  const changed = time === undefined || time.seconds < 0 ? config : { ...config, pause_until: until };
  stream.updateConsumer(consumer, { ...changed, metadata: consumerMetadata(changed) });
  const { paused, pauseRemaining } = consumer.engine.info();
  return success(type, {
    paused,
    pause_until: consumer.config.pause_until ?? none.pause_until,
    ...(pauseRemaining > 0 ? { pause_remaining: pauseRemaining } : {}),
  });
}

/** The consumer says this itself: it is neither counted nor audited. */
function reset(account: AccountJetStream, request: ApiRequest, names: readonly string[]): Answer | undefined {
  const consumer = find(account, names);
  if (isError(consumer) || request.reply === '') return undefined;
  return { ...resetAnswer(account, consumer, request), apart: true };
}

function resetAnswer(account: AccountJetStream, consumer: StreamConsumer, { headers, body }: ApiRequest): Answer {
  const type = 'consumer_reset';
  if (needsHigherLevel(headerOf(headers, REQUIRED_LEVEL_HEADER))) return failure(type, apiError('requiredApiLevel'));
  const parsed = body === '' ? { value: {} } : loosely(consumerResetRequest, body, {});
  if (isError(parsed)) return failure(type, parsed);
  const outcome = consumer.engine.reset(parsed.value.seq ?? 0);
  if (typeof outcome !== 'number') return failure(type, apiError('consumerInvalidReset', { err: outcome }));
  const stream = account.streams.get(consumer.stream);
  const answer = success(type, { ...consumerFields(consumer), reset_seq: outcome });
  if (stream === undefined || headerOf(headers, 'Nats-Stream-Identity') === undefined) return answer;
  return { ...answer, headers: [['Nats-Stream-Identity', streamIdentity(stream.created)]] };
}

function parseUnpin({ body }: ApiRequest): Parsed<{ group: string }> | ApiError {
  const parsed = loosely(consumerUnpinRequest, body, { group: '' });
  if (isError(parsed)) return parsed;
  const { group } = parsed.value;
  if (group === '') return apiError('invalidJSON', { err: 'consumer group not specified' });
  return isGroupName(group) ? parsed : apiError('consumerInvalidGroupName');
}

function isUnpin(request: ApiRequest): ApiError | undefined {
  return faultOf(parseUnpin(request));
}

function unpin(account: AccountJetStream, request: ApiRequest, names: readonly string[]): Answer {
  const type = 'consumer_unpin';
  const parsed = parseUnpin(request);
  if (isError(parsed)) return failure(type, parsed);
  const consumer = find(account, names);
  if (isError(consumer)) return failure(type, consumer);
  const { group } = parsed.value;
  if (consumer.config.priority_groups?.includes(group) !== true) {
    return failure(type, apiError('consumerInvalidPriorityGroup'));
  }
  consumer.engine.unpin(group);
  return success(type, {});
}
