import { isValidPublishSubject } from '../../subject/validity.ts';
import type { AccountJetStream } from '../account-jetstream.ts';
import { answer } from '../encode/answers.ts';
import { streamConfigJson } from '../encode/config-fields.ts';
import { streamStateJson } from '../encode/info-fields.ts';
import { apiError } from '../errors.ts';
import { RestoreSession } from '../snapshot/restore-session.ts';
import { SnapshotSender } from '../snapshot/snapshot-sender.ts';
import { completeStream } from '../stream/config/complete-stream.ts';
import { timeText } from '../time-text.ts';
import { type Answer, failure, isError, type RouteTable, streamNotFound } from './answers.ts';
import type { ApiRequest } from './api.ts';
import { askerOf } from './asker.ts';
import { isEmptyRequest, parseRequest } from './requests/parse.ts';
import { streamRestoreRequest, streamSnapshotRequest } from './requests/stream-requests.ts';
import { stateOf } from './stream-fields.ts';

export const snapshotRoutes: RouteTable = {
  'STREAM.SNAPSHOT': { names: 1, kind: 'stream_snapshot', answer: snapshot },
  'STREAM.RESTORE': { names: 1, kind: 'stream_restore', answer: restore },
};

function snapshot(account: AccountJetStream, request: ApiRequest, [name = '']: readonly string[]): Answer {
  const kind = 'stream_snapshot';
  if (isEmptyRequest(request.body)) return failure(kind, apiError('badRequest'));
  const stream = account.streams.get(name);
  if (stream === undefined) return failure(kind, streamNotFound());
  const parsed = parseRequest(streamSnapshotRequest, request.body, account.strict, {
    deliver_subject: '',
    no_consumers: false,
    chunk_size: 0,
    window_size: 0,
    jsck: false,
  });
  if (isError(parsed)) return failure(kind, parsed);
  const asked = parsed.value;
  if (!isValidPublishSubject(asked.deliver_subject)) return failure(kind, apiError('snapshotDeliverSubjectInvalid'));
  const state = stateOf(stream, {});
  const all = [...stream.consumers.values()].filter(({ config }) => config.direct !== true);
  const terms = { state, consumers: asked.no_consumers ? undefined : all, now: { ...account.clock.now() } };
  const start = timeText(account.clock.now());
  const more = aside(account, request);
  const sender = new SnapshotSender(stream, account, asked, terms, (error) => {
    const end = timeText(account.clock.now());
    account.advise('snapshot_complete', `STREAM.SNAPSHOT_COMPLETE.${name}`, {
      stream: name,
      start,
      end,
      error: error === '' ? undefined : error,
      ...more,
    });
  });
  return {
    text: answer(kind, { config: streamConfigJson(stream.config, false), state: streamStateJson(state) }),
    failed: false,
    after: () => {
      const fields = { stream: name, state: streamStateJson(state), ...more };
      account.advise('snapshot_create', `STREAM.SNAPSHOT_CREATE.${name}`, fields);
      sender.start();
    },
  };
}

function restore(account: AccountJetStream, request: ApiRequest, [name = '']: readonly string[]): Answer {
  const kind = 'stream_restore';
  if (isEmptyRequest(request.body)) return failure(kind, apiError('badRequest'));
  const parsed = parseRequest(streamRestoreRequest, request.body, account.strict, { config: {}, state: {} });
  if (isError(parsed)) return failure(kind, parsed);
  const fields = { ...parsed.value.config };
  if (fields.name === undefined || fields.name === '') fields.name = name;
  if (fields.name !== name) return failure(kind, apiError('streamMismatch'));
  if (/[\\/]/.test(name)) return failure(kind, apiError('streamNameContainsPathSeparators'));
  const config = completeStream(fields, account.context);
  if (isError(config)) return failure(kind, config);
  if (account.streams.has(name)) return failure(kind, apiError('streamNameExistRestoreFailed'));
  const { first_seq: firstSequence = 0, last_seq: lastSequence = 0 } = parsed.value.state;
  const start = timeText(account.clock.now());
  const more = aside(account, request);
  account.advise('restore_create', `STREAM.RESTORE_CREATE.${name}`, { stream: name, ...more });
  const session = new RestoreSession(account, { config, firstSequence, lastSequence }, (bytes) => {
    const end = timeText(account.clock.now());
    account.advise('restore_complete', `STREAM.RESTORE_COMPLETE.${name}`, { stream: name, start, end, bytes, ...more });
  });
  session.start();
  return { text: answer(kind, { deliver_subject: session.subject }), failed: false };
}

/** Who asked, and the domain, as events tell it. */
function aside({ domain, account, jetStream }: AccountJetStream, request: ApiRequest): object {
  const client = askerOf(request, account, jetStream.around.serverName);
  return { client, domain: domain === '' ? undefined : domain };
}
