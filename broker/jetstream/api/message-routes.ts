import type { AccountJetStream } from '../account-jetstream.ts';
import { apiError } from '../errors.ts';
import { headersOf, payloadOf, subjectOf } from '../stream/message-text.ts';
import { PatternFilter } from '../stream/pattern-filter.ts';
import { lastMatching } from '../stream/publisher.ts';
import { parseTime, timeText } from '../time-text.ts';
import { type Answer, failure, isError, type RouteTable, streamNotFound, success, told } from './answers.ts';
import { messageAnswer } from '../encode/answers.ts';
import type { ApiRequest } from './api.ts';
import { messageDeleteRequest, messageGetRequest } from './requests/message-requests.ts';
import { isEmptyRequest, parseRequest } from './requests/parse.ts';

export const messageRoutes: RouteTable = {
  'STREAM.MSG.GET': { names: 1, kind: 'stream_msg_get', answer: get },
  'STREAM.MSG.DELETE': { names: 1, kind: 'stream_msg_delete', answer: remove },
};

function get(account: AccountJetStream, request: ApiRequest, [name = '']: readonly string[]): Answer {
  const type = 'stream_msg_get';
  if (isEmptyRequest(request.body)) return failure(type, apiError('badRequest'));
  const parsed = parseRequest(messageGetRequest, request.body, account.strict, {});
  if (isError(parsed)) return failure(type, parsed);
  const { seq = 0, last_by_subj: last = '', next_by_subj: next = '', start_time: from } = parsed.value;
  const {
    batch = 0,
    max_bytes: bytes = 0,
    multi_last: many = [],
    up_to_seq: upTo = 0,
    up_to_time: upToTime,
  } = parsed.value;
  if (batch !== 0 || bytes !== 0 || many.length > 0 || upTo !== 0 || upToTime !== undefined)
    return failure(type, apiError('badRequest'));
  if ((seq === 0 && last === '' && next === '' && from === undefined) || (last !== '' && (seq > 0 || next !== ''))) {
    return failure(type, apiError('badRequest'));
  }
  const stream = account.streams.get(name);
  if (stream === undefined) return failure(type, streamNotFound());
  const { log } = stream;
  const time = from === undefined ? undefined : parseTime(from);
  let sequence: number;
  if (last !== '') sequence = lastMatching(log, last);
  else if (next === '' && time === undefined) sequence = seq;
  else {
    const start = time === undefined ? seq : log.sequenceAt(time);
    sequence = log.next(start, next === '' ? undefined : new PatternFilter(log, [next]));
  }
  const message = sequence === 0 ? undefined : log.read(sequence);
  if (message === undefined) return failure(type, apiError('noMessageFound'));
  const headers = parsed.value.no_hdr === true ? '' : headersOf(message);
  const payload = payloadOf(message);
  const text = messageAnswer({
    subject: subjectOf(message),
    seq: sequence,
    headers,
    payload: Buffer.from(payload).toString('latin1'),
    time: timeText(message),
  });
  return told(text);
}

function remove(account: AccountJetStream, request: ApiRequest, [name = '']: readonly string[]): Answer {
  const type = 'stream_msg_delete';
  if (isEmptyRequest(request.body)) return failure(type, apiError('badRequest'));
  const parsed = parseRequest(messageDeleteRequest, request.body, account.strict, { seq: 0, no_erase: false });
  if (isError(parsed)) return failure(type, parsed);
  const stream = account.streams.get(name);
  if (stream === undefined) return failure(type, streamNotFound());
  if (stream.config.sealed) return failure(type, apiError('streamSealed'));
  if (stream.config.deny_delete) {
    return failure(type, apiError('streamMsgDeleteFailed', { err: 'message delete not permitted' }));
  }
  const { seq, no_erase: keepBytes } = parsed.value;
  if (stream.remove(seq, !keepBytes)) return success(type, { success: true });
  const { lastSequence, firstSequence } = stream.log.state;
  const notThere = apiError('sequenceNotFound', { seq });
  if (stream.config.storage === 'memory') return failure(type, notThere);
  if (seq > lastSequence) return failure(type, apiError('streamMsgDeleteFailed', { err: 'stream store EOF' }));
  if (seq < firstSequence) return failure(type, apiError('streamMsgDeleteFailed', { err: 'no message found' }));
  return failure(type, notThere);
}
