import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import {
  consumerPauseRequest,
  consumerResetRequest,
  consumersRequest,
  consumerUnpinRequest,
} from '../../broker/jetstream/api/requests/consumer-requests.ts';
import {
  messageDeleteRequest,
  messageGetRequest,
  parseDirectGet,
  parseNextRequest,
} from '../../broker/jetstream/api/requests/message-requests.ts';
import {
  isEmptyRequest,
  looksLikeJson,
  parseLoosely,
  parseRequest,
  type RequestType,
} from '../../broker/jetstream/api/requests/parse.ts';
import {
  streamInfoRequest,
  streamListRequest,
  streamNamesRequest,
  streamPurgeRequest,
  streamRestoreRequest,
  streamSnapshotRequest,
} from '../../broker/jetstream/api/requests/stream-requests.ts';
import { type AnswerKind, errorAnswer } from '../../broker/jetstream/encode/answers.ts';
import { apiError, failed } from '../../broker/jetstream/errors.ts';
import { newestCompared } from '../support/real-servers.ts';
import { RealAccounts } from './jetstream-config/servers.ts';

/**
 * Bodies of all requests but those that make streams and consumers: what is said against them, by our functions and by the
 * real server.
 */
const real = newestCompared(inject('realServers'));
const accounts = new RealAccounts(real?.path ?? '');
const onReal = describe.skipIf(real === undefined);
afterAll(() => accounts[Symbol.asyncDispose]());

beforeAll(async () => {
  if (real === undefined) return;
  const link = await accounts.link('plain');
  await link.request('$JS.API.STREAM.CREATE.S', '{"name":"S","allow_direct":true}');
  await link.request(
    '$JS.API.CONSUMER.CREATE.S.c',
    '{"stream_name":"S","config":{"durable_name":"c","ack_policy":"explicit"}}',
  );
});

/** Who reads a body: only what looks like JSON, anything but an empty one, or anything; with mercy for unknown fields or not. */
type Reading = 'json' | 'filled' | 'any' | 'loose';

interface Endpoint {
  readonly subject: string;
  readonly kind: AnswerKind;
  readonly type: RequestType<object>;
  readonly reading: Reading;
  readonly fields: readonly string[];
}

function endpoint<T extends object>(
  subject: string,
  kind: AnswerKind,
  type: RequestType<T>,
  reading: Reading,
  fields: string,
): Endpoint {
  // Nothing but its complaints is looked at.
  return { subject, kind, type, reading, fields: fields.split(' ') };
}

const ENDPOINTS: readonly Endpoint[] = [
  endpoint('STREAM.NAMES', 'stream_names', streamNamesRequest, 'json', 'offset subject'),
  endpoint('STREAM.LIST', 'stream_list', streamListRequest, 'json', 'offset subject'),
  endpoint('STREAM.INFO.X', 'stream_info', streamInfoRequest, 'json', 'offset deleted_details subjects_filter'),
  endpoint('STREAM.PURGE.X', 'stream_purge', streamPurgeRequest, 'json', 'seq filter keep'),
  endpoint(
    'STREAM.MSG.GET.X',
    'stream_msg_get',
    messageGetRequest,
    'filled',
    'seq last_by_subj next_by_subj batch max_bytes start_time multi_last up_to_seq up_to_time no_hdr',
  ),
  endpoint('STREAM.MSG.DELETE.X', 'stream_msg_delete', messageDeleteRequest, 'filled', 'seq no_erase'),
  endpoint(
    'STREAM.SNAPSHOT.S',
    'stream_snapshot',
    streamSnapshotRequest,
    'filled',
    'deliver_subject no_consumers chunk_size window_size jsck',
  ),
  endpoint(
    'STREAM.RESTORE.X',
    'stream_restore',
    streamRestoreRequest,
    'filled',
    'config state config.name config.sources config.placement.tags state.messages state.first_ts state.num_subjects state.subjects state.subjects.a state.deleted state.lost state.lost.msgs state.lost.bytes state.consumer_count state.num_deleted',
  ),
  endpoint('CONSUMER.NAMES.X', 'consumer_names', consumersRequest, 'json', 'offset'),
  endpoint('CONSUMER.LIST.X', 'consumer_list', consumersRequest, 'json', 'offset'),
  endpoint('CONSUMER.PAUSE.X.c', 'consumer_pause', consumerPauseRequest, 'json', 'pause_until'),
  endpoint('CONSUMER.UNPIN.X.c', 'consumer_unpin', consumerUnpinRequest, 'loose', 'group'),
  endpoint('CONSUMER.RESET.S.c', 'consumer_reset', consumerResetRequest, 'loose', 'seq'),
];

const VALUES = ['1', '-1', '1.5', '"x"', 'true', 'null', '[]', '[1]', '["x"]', '{}', '{"x":1}', '99999999999999999999'];
const BODIES = [
  '',
  ' ',
  '{}',
  ' { } ',
  '{',
  '[]',
  '[1',
  'x',
  '1',
  'null',
  '{"x":1}',
  '\n{"x":1}',
  '{} x',
  '{"x":{"y":[1,2]}}',
];

/** `a.b` set to the value. */
function bodyWith(field: string, value: string): string {
  return field
    .split('.')
    .toReversed()
    .reduce((inner, name) => `{${JSON.stringify(name)}:${inner}}`, value);
}

function bodiesOf(fields: readonly string[]): string[] {
  return [...BODIES, ...fields.flatMap((field) => VALUES.map((value) => bodyWith(field, value)))];
}

/** What we say against a body; undefined: nothing. */
function complaint({ kind, type, reading }: Endpoint, body: string): string | undefined {
  if (reading === 'json' && !looksLikeJson(body)) return undefined;
  if (reading === 'filled' && isEmptyRequest(body)) return errorAnswer(kind, apiError('badRequest'));
  if (reading === 'loose') {
    if (body === '' && kind === 'consumer_reset') return undefined;
    const parsed = parseLoosely(type, body, {});
    return 'complaint' in parsed ? errorAnswer(kind, apiError('invalidJSON', { err: parsed.complaint })) : undefined;
  }
  const parsed = parseRequest(type, body, true, {});
  return failed(parsed) ? errorAnswer(kind, parsed) : undefined;
}

for (const one of ENDPOINTS) {
  onReal(`bodies of ${one.subject}`, () => {
    test.each(bodiesOf(one.fields))('%s', async (body) => {
      const link = await accounts.link('plain');
      const theirs = await link.request(`$JS.API.${one.subject}`, body);
      const ours = complaint(one, body);
      if (ours === undefined) expect(theirs).not.toMatch(/"err_code":10025,"description":"invalid JSON: (?!consumer)/);
      else expect(theirs).toBe(ours);
    });
  });
}

const NEXT_FIELDS =
  'expires batch max_bytes no_wait idle_heartbeat group min_pending min_ack_pending id priority unknown'.split(' ');

onReal('bodies of CONSUMER.MSG.NEXT.S.c', () => {
  const bodies = NEXT_FIELDS.flatMap((field) =>
    VALUES.map((value) => `{"no_wait":true,"expires":1000000,"${field}":${value}}`),
  );
  const more = [
    '{',
    '{"no_wait":true',
    '{"no_wait":true} x',
    '{"no_wait":true,"idle_heartbeat":5,"expires":9}',
    ' {"no_wait":tru}',
  ];
  test.each([...bodies, ...more])('%s', async (body) => {
    const link = await accounts.link('plain');
    const { headers } = await link.exchange('$JS.API.CONSUMER.MSG.NEXT.S.c', body);
    const ours = parseNextRequest(body);
    if ('complaint' in ours) expect(headers).toBe(`NATS/1.0 400 Bad Request - ${ours.complaint}\r\n\r\n`);
    else
      expect(headers).toMatch(/^NATS\/1\.0 (100|404|408|409|400 Bad Request - (?!json|invalid|heartbeat|unexpected))/);
  });
});

onReal('bodies of DIRECT.GET.S', () => {
  const fields = 'seq last_by_subj next_by_subj batch start_time multi_last up_to_time no_hdr unknown'.split(' ');
  test.each(bodiesOf(fields).filter((body) => body !== ''))('%s', async (body) => {
    const link = await accounts.link('plain');
    const { headers } = await link.exchange('$JS.API.DIRECT.GET.S', body);
    if (parseDirectGet(body) === undefined) expect(headers).toBe('NATS/1.0 408 Malformed Request\r\n\r\n');
    else expect(headers).not.toContain('Malformed');
  });
});
