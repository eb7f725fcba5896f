import type { AccountJetStream } from '../account-jetstream.ts';
import type { ApiError } from '../api-error.ts';
import { apiError } from '../errors.ts';
import type { ApiRequest } from './api.ts';

/** What is said to a request: JSON as latin1 text. */
export interface Answer {
  readonly text: string;
  readonly failed: boolean;
}

/** Answers a request; undefined: there is nothing to say. `names`: the tokens behind the verb. */
export type Route = (account: AccountJetStream, request: ApiRequest, names: readonly string[]) => Answer | undefined;

/** By the verb and the number of names behind it; -1: any. */
export interface RouteTable {
  readonly [verb: string]: { readonly names: number; readonly answer: Route } | undefined;
}

const TYPE = 'io.nats.jetstream.api.v1.';

export function success(type: string, fields: object): Answer {
  return { text: goJson({ type: `${TYPE}${type}`, ...fields }), failed: false };
}

/** `rest`: fields that are there even so. */
export function failure(type: string, { code, err_code, description }: ApiError, rest: object = {}): Answer {
  return { text: goJson({ type: `${TYPE}${type}`, error: { code, err_code, description }, ...rest }), failed: true };
}

export function isError(value: object): value is ApiError {
  return 'err_code' in value;
}

export const streamNotFound = (): ApiError => apiError('streamNotFound');

/** JSON as Go writes it, of latin1 strings. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
