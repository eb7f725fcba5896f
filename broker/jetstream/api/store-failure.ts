import type { StoreError } from '../../store/message-log.ts';
import type { ApiError } from '../api-error.ts';
import { apiError } from '../errors.ts';
import type { AnswerKind } from '../encode/answers.ts';

/** What a request is told that could not be done because of the disk. */
export function storeFailure(kind: AnswerKind, { message: err }: StoreError): ApiError {
  switch (kind) {
    case 'stream_create':
      return apiError('streamCreate', { err });
    case 'stream_update':
      return apiError('streamUpdate', { err });
    case 'stream_msg_delete':
      return apiError('streamMsgDeleteFailed', { err });
    case 'consumer_create':
      return apiError('consumerCreate', { err });
    default:
      return apiError('streamGeneralError', { err });
  }
}
