import type { Step } from './case.ts';
import type { JsonPattern } from './json-pattern.ts';

/**
 * What is expected of an answer: all of its JSON with the order of its keys, a part of it, its text, or that none comes.
 * `<id>` in what is sent is the server's id, `<cid:a>` the id of connection a.
 */
export type Expected =
  | { readonly whole: JsonPattern }
  | { readonly part: JsonPattern }
  | { readonly text: string | RegExp }
  | { readonly silent: true };

/** A step of a case that looks at the server from outside. */
export type MonitoringStep =
  | {
      readonly do: 'http';
      readonly target: string;
      readonly method: string;
      readonly status: number;
      readonly headers: Readonly<Record<string, string | RegExp>>;
      readonly expected: Expected;
    }
  | {
      readonly do: 'request';
      readonly subject: string;
      readonly payload: string;
      /** Header lines of the request. */
      readonly headers: string;
      readonly expected: Expected;
      /** Header block of the answer. */
      readonly answerHeaders: RegExp | undefined;
    }
  | { readonly do: 'event'; readonly subject: string; readonly expected: Expected };

interface HttpOptions {
  readonly status?: number;
  readonly method?: string;
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string | RegExp>>;
}

/** GETs from the monitoring port; the case's configuration has `http: "127.0.0.1:-1"`. Status 200 unless another is said. */
export function http(
  target: string,
  expected: Expected,
  { status = 200, method = 'GET', headers = {} }: HttpOptions = {},
): Step {
  return { client: 'a', do: 'http', target, method, status, headers, expected };
}

/** A request by a client that is connected; what it was sent before has to be expected before. */
export function request(
  client: string,
  subject: string,
  payload: string,
  expected: Expected,
  { headers = '', answerHeaders }: { headers?: string; answerHeaders?: RegExp } = {},
): Step {
  return { client, do: 'request', subject, payload, headers, expected, answerHeaders };
}

/** The next thing a client gets is a message with this subject. */
export function event(client: string, subject: string, expected: Expected): Step {
  return { client, do: 'event', subject, expected };
}
