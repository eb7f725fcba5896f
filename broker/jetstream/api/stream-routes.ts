import type { AccountJetStream } from '../account-jetstream.ts';
import { apiError } from '../errors.ts';
import { checkStreamCreate, checkStreamUpdate } from '../stream/config/stream-changes.ts';
import type { Stream } from '../stream/stream.ts';
import { subjectsCollide } from '../../subject/subset.ts';
import {
  INFOS_PER_PAGE,
  NAMES_PER_PAGE,
  pageOf,
  streamInfoAnswer,
  streamListAnswer,
  streamNamesAnswer,
  SUBJECTS_PER_PAGE,
} from '../encode/answers.ts';
import { type Answer, failure, isError, type RouteTable, streamNotFound, success, told } from './answers.ts';
import type { ApiRequest } from './api.ts';
import { isEmptyRequest, objectBody, parseRequest } from './requests/parse.ts';
import {
  streamConfigRequest,
  streamInfoRequest,
  streamListRequest,
  streamNamesRequest,
  streamPurgeRequest,
} from './requests/stream-requests.ts';
import { streamFields, subjectCounts } from './stream-fields.ts';

export const streamRoutes: RouteTable = {
  'STREAM.CREATE': { names: 1, kind: 'stream_create', answer: create },
  'STREAM.UPDATE': { names: 1, kind: 'stream_update', answer: update },
  'STREAM.NAMES': { names: 0, kind: 'stream_names', answer: names },
  'STREAM.LIST': { names: 0, kind: 'stream_list', answer: list },
  'STREAM.INFO': { names: 1, kind: 'stream_info', answer: info },
  'STREAM.DELETE': { names: 1, kind: 'stream_delete', answer: remove },
  'STREAM.PURGE': { names: 1, kind: 'stream_purge', answer: purge },
};

function create(account: AccountJetStream, request: ApiRequest, [name = '']: readonly string[]): Answer {
  const type = 'stream_create';
  const parsed = parseRequest(streamConfigRequest, request.body, account.strict, {});
  if (isError(parsed)) return failure(type, parsed);
  const outcome = checkStreamCreate(parsed.value, name, account.context);
  if (isError(outcome)) return failure(type, outcome);
  if (outcome.existing) {
    const present = account.streams.get(outcome.config.name);
    if (present !== undefined) return success(type, { ...streamFields(present), did_create: true });
  }
  const stream = account.create(outcome.config);
  return {
    ...success(type, { ...streamFields(stream, { created: true }), did_create: true }),
    after: () => account.adviseStream('CREATED', stream.name),
  };
}

function update(account: AccountJetStream, request: ApiRequest, [name = '']: readonly string[]): Answer {
  const type = 'stream_update';
  const parsed = parseRequest(streamConfigRequest, request.body, account.strict, {});
  if (isError(parsed)) return failure(type, parsed);
  const outcome = checkStreamUpdate(parsed.value, name, account.context);
  if (isError(outcome)) return failure(type, outcome);
  const stream = account.streams.get(name);
  if (stream === undefined) return failure(type, streamNotFound());
  account.update(stream, outcome);
  return { ...success(type, streamFields(stream)), after: () => account.adviseStream('UPDATED', name) };
}

function chosen(account: AccountJetStream, filter: string): Stream[] {
  const streams = [...account.streams.values()].filter(
    ({ config }) => filter === '' || (config.subjects ?? []).some((subject) => subjectsCollide(subject, filter)),
  );
  return streams.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function names(account: AccountJetStream, request: ApiRequest): Answer {
  const type = 'stream_names';
  const parsed = parseRequest(streamNamesRequest, objectBody(request.body), account.strict, {
    offset: 0,
    subject: '',
  });
  if (isError(parsed)) return failure(type, parsed);
  const { subject } = parsed.value;
  const all = chosen(account, subject).map((stream) => stream.name);
  const { page, items } = pageOf(all, parsed.value.offset, NAMES_PER_PAGE);
  return told(streamNamesAnswer(page, items));
}

function list(account: AccountJetStream, request: ApiRequest): Answer {
  const type = 'stream_list';
  const parsed = parseRequest(streamListRequest, objectBody(request.body), account.strict, {
    offset: 0,
    subject: '',
  });
  if (isError(parsed)) return failure(type, parsed);
  const all = chosen(account, parsed.value.subject);
  const { page, items } = pageOf(all, parsed.value.offset, INFOS_PER_PAGE);
  const listed = items.map((stream) => streamFields(stream, { listed: true }));
  return told(streamListAnswer(page, listed));
}

function info(account: AccountJetStream, request: ApiRequest, [name = '']: readonly string[]): Answer {
  const type = 'stream_info';
  const parsed = parseRequest(streamInfoRequest, objectBody(request.body), account.strict, {
    offset: 0,
    deleted_details: false,
    subjects_filter: '',
  });
  if (isError(parsed)) return failure(type, parsed);
  const stream = account.streams.get(name);
  if (stream === undefined) return failure(type, streamNotFound());
  const { offset, deleted_details: details, subjects_filter: filter } = parsed.value;
  const leader = account.jetStream.around.serverName;
  if (filter === '') return told(streamInfoAnswer(streamFields(stream, { details, leader })));
  const { page, items } = pageOf(subjectCounts(stream, filter), offset, SUBJECTS_PER_PAGE);
  if (page.total === 0) return told(streamInfoAnswer(streamFields(stream, { details, leader })));
  const subjects = new Map(items);
  // The offset is told as it was given, also beyond the end.
  return told(streamInfoAnswer(streamFields(stream, { details, leader, subjects }), { ...page, offset }));
}

function remove(account: AccountJetStream, request: ApiRequest, [name = '']: readonly string[]): Answer {
  const type = 'stream_delete';
  if (!isEmptyRequest(request.body)) return failure(type, apiError('notEmptyRequest'));
  const stream = account.streams.get(name);
  if (stream === undefined) return failure(type, streamNotFound());
  account.delete(stream);
  return { ...success(type, { success: true }), after: () => account.adviseStream('DELETED', name) };
}

function purge(account: AccountJetStream, request: ApiRequest, [name = '']: readonly string[]): Answer {
  const type = 'stream_purge';
  const parsed = parseRequest(streamPurgeRequest, request.body, account.strict, { seq: 0, filter: '', keep: 0 });
  if (isError(parsed)) return failure(type, parsed);
  const { seq, filter, keep } = parsed.value;
  if (seq > 0 && keep > 0) return failure(type, apiError('badRequest'));
  const stream = account.streams.get(name);
  if (stream === undefined) return failure(type, streamNotFound());
  if (stream.config.sealed) return failure(type, apiError('streamSealed'));
  if (stream.config.deny_purge)
    return failure(type, apiError('streamPurgeFailed', { err: 'stream purge not permitted' }));
  return success(type, { success: true, purged: stream.purge({ filter, sequence: seq, keep }) });
}
