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
  /** It is said by a consumer itself: it is not counted, and no audit tells of it. */
  readonly apart?: boolean;
  /** The audit does not tell who asked. */
  readonly nobody?: boolean;
}

/** Answers a request; undefined: there is nothing to say. `names`: the tokens behind the verb. */
export type Route = (account: AccountJetStream, request: ApiRequest, names: readonly string[]) => Answer | undefined;

/** What is wrong with a request, whatever account it is for. `strict`: fields that nobody knows are refused. */
export type RequestCheck = (request: ApiRequest, strict: boolean) => ApiError | undefined;

export interface RouteEntry {
  /** How many names stand behind the verb; -1: one or more. */
  readonly names: number;
  readonly kind: AnswerKind;
  /** Looked at before the level that the request asks for. */
  readonly first?: RequestCheck;
  /** Looked at before it is asked whether the account has JetStream. */
  readonly second?: RequestCheck;
  /** It is for a consumer, which looks at all of that itself; where there is none, nobody answers. */
  readonly own?: boolean;
  readonly answer: Route;
}

/** By the verb. */
export interface RouteTable {
  readonly [verb: string]: RouteEntry | undefined;
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
