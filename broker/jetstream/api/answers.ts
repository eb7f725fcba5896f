import type { AccountJetStream } from '../account-jetstream.ts';
import type { ApiError } from '../api-error.ts';
import { answer, type AnswerKind, errorAnswer } from '../encode/answers.ts';
import { apiError } from '../errors.ts';
import type { ApiRequest } from './api.ts';

/** What is said to a request: JSON as latin1 text. */
export interface Answer {
  readonly text: string;
  readonly failed: boolean;
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** What is done when it was said. */
  readonly after?: () => void;
}

/** Answers a request; undefined: there is nothing to say. `names`: the tokens behind the verb. */
export type Route = (account: AccountJetStream, request: ApiRequest, names: readonly string[]) => Answer | undefined;

/** By the verb and the number of names behind it; -1: any. */
export interface RouteTable {
  readonly [verb: string]: { readonly names: number; readonly kind: AnswerKind; readonly answer: Route } | undefined;
}

export function success(kind: AnswerKind, fields: object): Answer {
  return { text: answer(kind, fields), failed: false };
}

/** An answer that was put together already. */
export function told(text: string): Answer {
  return { text, failed: false };
}

export function failure(kind: AnswerKind, error: ApiError): Answer {
  return { text: errorAnswer(kind, error), failed: true };
}

export function isError(value: object): value is ApiError {
  return 'err_code' in value;
}

export const streamNotFound = (): ApiError => apiError('streamNotFound');
