import { describe, expect, it } from 'vitest';
import {
  errorAnswer,
  messageAnswer,
  pageOf,
  streamListAnswer,
  streamNamesAnswer,
} from '../../../../../broker/jetstream/encode/answers.ts';
import { ackMetric, advisory, auditFields } from '../../../../../broker/jetstream/encode/advisories.ts';
import {
  ackHead,
  batchTail,
  counterTail,
  DUPLICATE_TAIL,
  refusedAck,
} from '../../../../../broker/jetstream/encode/pub-ack.ts';
import { apiError } from '../../../../../broker/jetstream/errors.ts';

const PREFIX = '{"type":"io.nats.jetstream.api.v1.';
const notFound = '"error":{"code":404,"err_code":10059,"description":"stream not found"}';

describe('answers', () => {
  it('that are errors have what Go writes anyway', () => {
    const error = apiError('streamNotFound');
    expect(errorAnswer('stream_delete', error)).toBe(`${PREFIX}stream_delete_response",${notFound}}`);
    expect(errorAnswer('stream_purge', error)).toBe(`${PREFIX}stream_purge_response",${notFound},"purged":0}`);
    expect(errorAnswer('stream_names', error)).toBe(
      `${PREFIX}stream_names_response",${notFound},"total":0,"offset":0,"limit":0,"streams":null}`,
    );
    expect(errorAnswer('consumer_list', error)).toBe(
      `${PREFIX}consumer_list_response",${notFound},"total":0,"offset":0,"limit":0,"consumers":[]}`,
    );
    expect(errorAnswer('consumer_pause', error)).toBe(
      `${PREFIX}consumer_pause_response",${notFound},"paused":false,"pause_until":"0001-01-01T00:00:00Z"}`,
    );
  });

  it('are pages of what there is', () => {
    const all = ['a', 'b', 'c', 'd', 'e'];
    expect(pageOf(all, 0, 2)).toEqual({ page: { total: 5, offset: 0, limit: 2 }, items: ['a', 'b'] });
    expect(pageOf(all, 4, 2)).toEqual({ page: { total: 5, offset: 4, limit: 2 }, items: ['e'] });
    expect(pageOf(all, 9, 2)).toEqual({ page: { total: 5, offset: 5, limit: 2 }, items: [] });
    expect(pageOf(all, -9, 2).items).toEqual(['a', 'b']);
    const none = { total: 0, offset: 0, limit: 256 };
    expect(streamNamesAnswer(none, [])).toContain('"streams":null}');
    expect(streamListAnswer(none, [])).toContain('"streams":[]}');
  });

  it('hold messages in base64, and no more of them than there is', () => {
    const message = { subject: 's', seq: 1, headers: 'NATS/1.0\r\nA: b\r\n\r\n', payload: '\xff', time: 'T' };
    expect(messageAnswer(message)).toBe(
      `${PREFIX}stream_msg_get_response","message":{"subject":"s","seq":1,"hdrs":"TkFUUy8xLjANCkE6IGINCg0K","data":"/w==","time":"T"}}`,
    );
    expect(messageAnswer({ ...message, headers: '', payload: '' })).toBe(
      `${PREFIX}stream_msg_get_response","message":{"subject":"s","seq":1,"time":"T"}}`,
    );
  });
});

describe('acknowledgements', () => {
  it('are put together as nats-server does it', () => {
    expect(`${ackHead('S')}1}`).toBe('{"stream":"S","seq":1}');
    expect(`${ackHead('S', 'D')}1${DUPLICATE_TAIL}}`).toBe('{"stream":"S","domain":"D","seq":1,"duplicate": true}');
    expect(`${ackHead('S')}1${counterTail('-5')}}`).toBe('{"stream":"S","seq":1,"val":"-5"}');
    expect(`${ackHead('S')}3${batchTail('b', 3)}}`).toBe('{"stream":"S","seq":3,"batch":"b","count":3}');
  });

  it('that refuse begin with the error', () => {
    expect(refusedAck(apiError('streamSealed'), 'S', 3)).toBe(
      '{"error":{"code":400,"err_code":10109,"description":"invalid operation on sealed stream"},"stream":"S","seq":3}',
    );
  });
});

describe('events', () => {
  const time = { seconds: 1, nanos: 500_000_000 };
  const head = '"id":"I","timestamp":"1970-01-01T00:00:01.5Z"';

  it('begin with type, id and time', () => {
    expect(advisory('MSG_NAKED', 'I', time, { stream: 'S', domain: undefined })).toBe(
      `{"type":"io.nats.jetstream.advisory.v1.nak",${head},"stream":"S"}`,
    );
    expect(ackMetric('I', time, { stream: 'S' })).toBe(
      `{"type":"io.nats.jetstream.metric.v1.consumer_ack",${head},"stream":"S"}`,
    );
  });

  it('tell who asked for what', () => {
    const fields = auditFields('N', { host: 'h', id: 4 }, '$JS.API.INFO', '', '{}', '');
    expect(advisory('api_audit', 'I', time, fields)).toBe(
      `{"type":"io.nats.jetstream.advisory.v1.api_audit",${head},"server":"N","client":{"host":"h","id":4},"subject":"$JS.API.INFO","response":"{}"}`,
    );
  });
});
