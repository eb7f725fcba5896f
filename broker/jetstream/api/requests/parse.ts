import type { ApiError } from '../../api-error.ts';
import { apiError } from '../../errors.ts';
import { Decoding, type GoType } from './go-types.ts';
import { JsonReader, JsonSyntaxError } from './json-syntax.ts';

/** A kind of request: the type of its body, and Go's name of that type. */
export interface RequestType<T> extends GoType<T> {
  readonly root: string;
}

export function request<T>(type: GoType<T>): RequestType<T> {
  return { ...type, root: type.name.replace(/^server\./, '') };
}

/** What a request says: a value, which cannot be mistaken for the error that stands in its place otherwise. */
export interface Parsed<T> {
  readonly value: T;
}

/**
 * Reads the body of a request: latin1 text whose bytes are UTF-8, as all text in the broker. `strict` (the server's
 * default) refuses fields that are not known. Nothing at all is a request in which nothing is set, and values that follow
 * each other add up, as in nats-server. `nothing` is what the body is read into.
 */
export function parseRequest<T>(type: RequestType<T>, body: string, strict: boolean, nothing: T): Parsed<T> | ApiError {
  try {
    return { value: readAll(type, body, nothing) };
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
    if (strict) return apiError('invalidJSON', { err: error.message });
  }
  try {
    return { value: readOne(type, body, nothing) };
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
    return apiError('invalidJSON', { err: error.message });
  }
}

/** Whether a body is meant to say something, where it need not: others are taken for no body at all. */
export function looksLikeJson(body: string): boolean {
  return /^[ \t\r\n]*[[{]/.test(body);
}

/** Whether a body says nothing: none, `{}`, or that with blanks. */
export function isEmptyRequest(body: string): boolean {
  return body === '' || /^[ \t\r\n]*\{[ \t\r\n]*\}[ \t\r\n]*$/.test(body);
}

/** A body that is no such request; `complaint` is Go's. */
export interface Malformed {
  readonly complaint: string;
}

/** Reads a body where nats-server is never strict: one value, and unknown fields do not matter. */
export function parseLoosely<T extends object>(type: RequestType<T>, body: string, nothing: T): Parsed<T> | Malformed {
  try {
    return { value: readOne(type, body, nothing) };
  } catch (error) {
    if (!(error instanceof InvalidRequest)) throw error;
    return { complaint: error.message };
  }
}

/** A body that is an object or a list; else nothing, as some requests do not look at anything else. */
export function objectBody(body: string): string {
  return looksLikeJson(body) && !isEmptyRequest(body) ? body : '';
}

class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
}

function readAll<T>(type: RequestType<T>, body: string, nothing: T): T {
  const reader = new JsonReader(body);
  let value = nothing;
  while (!reader.ended) {
    const node = syntax(() => reader.value(), true);
    const decoding = new Decoding(type.root, true);
    value = type.read(node, value, decoding) ?? value;
    if (decoding.error !== undefined) throw new InvalidRequest(decoding.error);
  }
  return value;
}

/** As a server that is not strict reads it at its second attempt. */
function readOne<T>(type: RequestType<T>, body: string, nothing: T): T {
  const reader = new JsonReader(body);
  const node = syntax(() => {
    const first = reader.value();
    reader.end();
    return first;
  }, false);
  const decoding = new Decoding(type.root, false);
  const value = type.read(node, nothing, decoding) ?? nothing;
  if (decoding.error !== undefined) throw new InvalidRequest(decoding.error);
  return value;
}

function syntax<T>(read: () => T, streaming: boolean): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    if (error.offset === undefined)
      throw new InvalidRequest(streaming ? error.message : 'unexpected end of JSON input');
    throw new InvalidRequest(streaming ? `${error.message} at offset ${error.offset}` : error.message);
  }
}
