import type { AccountJetStream } from '../account-jetstream.ts';
import { apiError } from '../errors.ts';
import { checkStreamCreate, checkStreamUpdate } from '../stream/config/stream-changes.ts';
import type { Stream } from '../stream/stream.ts';
import { subjectsCollide } from '../../subject/subset.ts';
import { type Answer, failure, isError, type RouteTable, streamNotFound, success } from './answers.ts';
import type { ApiRequest } from './api.ts';
import { isEmptyRequest, parseRequest } from './requests/parse.ts';
import {
  streamConfigRequest,
  streamInfoRequest,
  streamListRequest,
  streamNamesRequest,
  streamPurgeRequest,
} from './requests/stream-requests.ts';
import { createdFields, streamFields, subjectCounts } from './stream-fields.ts';

/** Streams, names and subjects that one answer has at most. */
const LIST_MAX = 256;
const NAMES_MAX = 1024;
const SUBJECTS_MAX = 100_000;
const NO_PAGE = { total: 0, offset: 0, limit: 0 };

export const streamRoutes: RouteTable = {
  'STREAM.CREATE': { names: 1, answer: create },
  'STREAM.UPDATE': { names: 1, answer: update },
  'STREAM.NAMES': { names: 0, answer: names },
  'STREAM.LIST': { names: 0, answer: list },
  'STREAM.INFO': { names: 1, answer: info },
  'STREAM.DELETE': { names: 1, answer: remove },
  'STREAM.PURGE': { names: 1, answer: purge },
};

function create(account: AccountJetStream, request: ApiRequest, [name = '']: readonly string[]): Answer {
  const type = 'stream_create_response';
  const parsed = parseRequest(streamConfigRequest, request.body, account.strict, {});
  if (isError(parsed)) return failure(type, parsed);
  const outcome = checkStreamCreate(parsed.value, name, account.context);
  if (isError(outcome)) return failure(type, outcome);
  if (outcome.existing) {
    const present = account.streams.get(outcome.config.name);
    if (present !== undefined) return success(type, streamFields(present));
  }
  const stream = account.create(outcome.config);
  return success(type, { ...createdFields(stream), did_create: true });
}

function update(account: AccountJetStream, request: ApiRequest, [name = '']: readonly string[]): Answer {
  const type = 'stream_update_response';
  const parsed = parseRequest(streamConfigRequest, request.body, account.strict, {});
  if (isError(parsed)) return failure(type, parsed);
  const outcome = checkStreamUpdate(parsed.value, name, account.context);
  if (isError(outcome)) return failure(type, outcome);
  const stream = account.streams.get(name);
  if (stream === undefined) return failure(type, streamNotFound());
  account.update(stream, outcome);
  return success(type, streamFields(stream));
}

function chosen(account: AccountJetStream, filter: string): Stream[] {
  const streams = [...account.streams.values()].filter(
    ({ config }) => filter === '' || (config.subjects ?? []).some((subject) => subjectsCollide(subject, filter)),
  );
  return streams.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function names(account: AccountJetStream, request: ApiRequest): Answer {
  const type = 'stream_names_response';
  const parsed = parseRequest(streamNamesRequest, isEmptyRequest(request.body) ? '' : request.body, account.strict, {
    offset: 0,
    subject: '',
  });
  if (isError(parsed)) return failure(type, parsed, { ...NO_PAGE, streams: null });
  const { subject } = parsed.value;
  const all = chosen(account, subject).map((stream) => stream.name);
  const offset = Math.min(Math.max(0, parsed.value.offset), all.length);
  const streams = all.slice(offset, offset + NAMES_MAX);
  return success(type, { total: all.length, offset, limit: NAMES_MAX, streams: streams.length === 0 ? null : streams });
}

function list(account: AccountJetStream, request: ApiRequest): Answer {
  const type = 'stream_list_response';
  const parsed = parseRequest(streamListRequest, isEmptyRequest(request.body) ? '' : request.body, account.strict, {
    offset: 0,
    subject: '',
  });
  if (isError(parsed)) return failure(type, parsed, { ...NO_PAGE, streams: null });
  const all = chosen(account, parsed.value.subject);
  const offset = Math.min(Math.max(0, parsed.value.offset), all.length);
  const streams = all.slice(offset, offset + LIST_MAX).map((stream) => streamFields(stream));
  return success(type, { total: all.length, offset, limit: LIST_MAX, streams });
}

function info(account: AccountJetStream, request: ApiRequest, [name = '']: readonly string[]): Answer {
  const type = 'stream_info_response';
  const parsed = parseRequest(streamInfoRequest, request.body, account.strict, {
    offset: 0,
    deleted_details: false,
    subjects_filter: '',
  });
  if (isError(parsed)) return failure(type, parsed, NO_PAGE);
  const stream = account.streams.get(name);
  if (stream === undefined) return failure(type, streamNotFound(), NO_PAGE);
  const { offset, deleted_details: details, subjects_filter: filter } = parsed.value;
  if (filter === '') return success(type, { ...NO_PAGE, ...streamFields(stream, { details }) });
  const all = subjectCounts(stream, filter);
  const from = Math.min(Math.max(0, offset), all.length);
  const page = Object.fromEntries(all.slice(from, from + SUBJECTS_MAX));
  return success(type, {
    total: all.length,
    offset: from,
    limit: SUBJECTS_MAX,
    ...streamFields(stream, { details, ...(all.length === 0 ? {} : { subjects: page }) }),
  });
}

function remove(account: AccountJetStream, request: ApiRequest, [name = '']: readonly string[]): Answer {
  const type = 'stream_delete_response';
  if (!isEmptyRequest(request.body)) return failure(type, apiError('notEmptyRequest'));
  const stream = account.streams.get(name);
  if (stream === undefined) return failure(type, streamNotFound());
  account.delete(stream);
  return success(type, { success: true });
}

function purge(account: AccountJetStream, request: ApiRequest, [name = '']: readonly string[]): Answer {
  const type = 'stream_purge_response';
  const none = { purged: 0 };
  const parsed = parseRequest(streamPurgeRequest, request.body, account.strict, { seq: 0, filter: '', keep: 0 });
  if (isError(parsed)) return failure(type, parsed, none);
  const { seq, filter, keep } = parsed.value;
  if (seq > 0 && keep > 0) return failure(type, apiError('badRequest'), none);
  const stream = account.streams.get(name);
  if (stream === undefined) return failure(type, streamNotFound(), none);
  if (stream.config.sealed) return failure(type, apiError('streamSealed'), none);
  if (stream.config.deny_purge)
    return failure(type, apiError('streamPurgeFailed', { err: 'stream purge not permitted' }), none);
  return success(type, { success: true, purged: stream.purge({ filter, sequence: seq, keep }) });
}
