import type { JsonPattern } from '../json-pattern.ts';

/**
 * What is expected of a message. Texts may hold `<time>`, `<ns>`, `<id>`, `<name>`, `<number>`, `<server>`, `<folder>`, `<account>`, `<inbox>`
 * and what the case has kept under a name.
 */
export interface MessagePattern {
  readonly subject: string;
  readonly reply: string;
  /** The status line behind `NATS/1.0 `; empty for none. */
  readonly status: string;
  /** All header lines in order. */
  readonly headers: readonly string[];
  /** Its text, or the whole of its JSON. */
  readonly payload: string | { readonly json: JsonPattern };
  /** It may come several times in a row, such as what a timer sends: how often depends on the machine. */
  readonly repeats?: boolean;
}

/**
 * An answer that is not written down yet: `record.ts` asks nats-server and writes it into the file. A case with one fails.
 * Numbers say how many messages are meant, texts which parts of the JSON matter.
 */
export class Draft {
  readonly what: readonly (string | number)[];
  /** `file:line:column` of the call. */
  readonly place: string;

  constructor(what: readonly (string | number)[], place: string) {
    this.what = what;
    this.place = place;
  }
}

/** @public Stands in no case that is finished. */
export function draft(...what: (string | number)[]): Draft {
  const line = new Error().stack?.split('\n')[2] ?? '';
  return new Draft(what, /\(?(?:file:\/\/)?(\/[^()]+:\d+:\d+)\)?$/.exec(line)?.[1] ?? line);
}

/** What is expected of an answer: whole JSON, a part of it, a message with headers or without JSON, or that none comes. */
export type Answer =
  | { readonly json: JsonPattern }
  | { readonly part: JsonPattern }
  | { readonly message: MessagePattern }
  | { readonly nothing: true }
  | Draft;

export type Body = string | number | Readonly<Record<string, unknown>> | readonly unknown[];

/** One thing that happens, in order. A client connects when it is first named. */
export type JetStreamStep =
  | { do: 'connect'; client: string; fields: Readonly<Record<string, unknown>> }
  | {
      do: 'ask';
      client: string;
      subject: string;
      body: string;
      headers: readonly string[];
      expected: Answer;
      /** Is asked again until the answer is as expected. */
      eventually: boolean;
    }
  | { do: 'send'; client: string; subject: string; reply: string; body: string; headers: readonly string[] }
  | { do: 'subscribe'; client: string; as: string; subject: string; queue: string }
  | { do: 'unsubscribe'; client: string; as: string }
  | { do: 'receive'; as: string; expected: readonly (MessagePattern | Draft)[]; ordered: boolean }
  | { do: 'skip'; as: string; messages: number }
  | { do: 'drain'; as: string; messages: number }
  | { do: 'quiet'; as: string; ms: number }
  | { do: 'ack'; client: string; delivery: number; body: string; sync: boolean; reply?: string }
  | { do: 'wait'; ms: number }
  | { do: 'keep'; name: string; path: string }
  | { do: 'note'; name: string; ms: number }
  | { do: 'leave'; client: string }
  | { do: 'restart'; signal: NodeJS.Signals }
  | { do: 'reload'; config: string }
  | { do: 'http'; target: string; expected: Answer; status: number }
  | { do: 'backup'; stream: string; request: string; expected: Answer }
  | {
      do: 'restore';
      /** The name of one that is kept in files; empty: the last that the case took. */
      kept: string;
      stream: string;
      change: Readonly<Record<string, unknown>>;
      first: Answer;
      last: Answer;
    };

export interface JetStreamCase {
  name: string;
  /**
   * Text of a configuration file for a server of its own, with `$FOLDER` for an empty folder; clients connect as `connect` says.
   * Without it the case has an account of its own on a server that it shares.
   */
  config?: string;
  /** Further lines of the `jetstream` block; cases with the same share a server. */
  jetstream?: string;
  /** Needs a server of its own, because it restarts it. */
  alone?: boolean;
  /** Why our broker does not do this yet; there the case has to fail. */
  differs?: string;
  steps: (JetStreamStep | JetStreamStep[])[];
}

export interface JetStreamGroup {
  name: string;
  cases: JetStreamCase[];
}

interface Options {
  client?: string;
  headers?: readonly string[];
}

/** What a case may give as an answer: JSON is meant to be the whole. */
export type AnswerLike = Answer | JsonPattern;

function toText(body: Body): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function toAnswer(expected: AnswerLike): Answer {
  if (expected instanceof Draft) return expected;
  if (typeof expected === 'object' && expected !== null && !Array.isArray(expected) && !(expected instanceof RegExp)) {
    const [form = '', ...more] = Object.keys(expected);
    if (more.length === 0 && ['part', 'message', 'nothing', 'json'].includes(form)) return expected as Answer;
  }
  return { json: expected as JsonPattern };
}

/** A request to any subject and its answer. */
export function ask(
  subject: string,
  body: Body,
  expected: AnswerLike,
  { client = 'a', headers = [] }: Options = {},
): JetStreamStep {
  return { do: 'ask', client, subject, body: toText(body), headers, expected: toAnswer(expected), eventually: false };
}

/** A request to the API and the whole of its answer. */
export function api(subject: string, body: Body, expected: AnswerLike, options: Options = {}): JetStreamStep {
  return ask(`$JS.API.${subject}`, body, expected, options);
}

/** A request that is repeated until its answer is as expected, for what the server does in its own time. */
export function eventually(subject: string, body: Body, expected: AnswerLike, options: Options = {}): JetStreamStep {
  const once = api(subject, body, expected, options);
  return once.do === 'ask' ? { ...once, eventually: true } : once;
}

/** Makes a stream that the case needs. */
export function stream(name: string, config: Readonly<Record<string, unknown>> = {}): JetStreamStep {
  return api(`STREAM.CREATE.${name}`, { name, ...config }, { part: { config: { name }, did_create: true } });
}

/** Makes a consumer that the case needs: durable and pulling unless its configuration says something else. */
export function consumer(
  streamName: string,
  name: string,
  config: Readonly<Record<string, unknown>> = {},
): JetStreamStep {
  const request = {
    stream_name: streamName,
    config: { name, durable_name: name, ack_policy: 'explicit', ...config },
    action: 'create',
  };
  return api(`CONSUMER.CREATE.${streamName}.${name}`, request, { part: { stream_name: streamName, name } });
}

/** Publishes and expects the acknowledgement. */
export function publish(
  subject: string,
  payload: string,
  expected: AnswerLike,
  headers: readonly string[] = [],
  client = 'a',
): JetStreamStep {
  return ask(subject, payload, expected, { client, headers });
}

/** Publishes numbered messages, `n1` to `n<count>`, each of which is stored behind `after` others. */
export function fill(stream: string, subjects: string | readonly string[], count: number, after = 0): JetStreamStep[] {
  const names = typeof subjects === 'string' ? [subjects] : subjects;
  return Array.from({ length: count }, (_, index) =>
    publish(names[index % names.length] ?? '', `n${after + index + 1}`, { stream, seq: after + index + 1 }),
  );
}

/** Publishes without waiting for anything. */
export function send(
  subject: string,
  body: Body = '',
  { client = 'a', headers = [], reply = '' }: Options & { reply?: string } = {},
): JetStreamStep {
  return { do: 'send', client, subject, reply, body: toText(body), headers };
}

/** A subscription whose messages `receive` takes by this name. All of them have to be taken. */
export function subscribe(
  as: string,
  subject: string,
  { client = 'a', queue = '' }: { client?: string; queue?: string } = {},
): JetStreamStep {
  return { do: 'subscribe', client, as, subject, queue };
}

export function unsubscribe(as: string, client = 'a'): JetStreamStep {
  return { do: 'unsubscribe', client, as };
}

/** The next messages of a subscription. */
export function receive(as: string, ...expected: (MessagePattern | Draft)[]): JetStreamStep {
  return { do: 'receive', as, expected, ordered: true };
}

/** The next messages of a subscription, in any order. */
export function receiveAnyOrder(as: string, ...expected: (MessagePattern | Draft)[]): JetStreamStep {
  return { do: 'receive', as, expected, ordered: false };
}

/** Takes messages that do not matter here. */
export function skip(as: string, messages: number): JetStreamStep {
  return { do: 'skip', as, messages };
}

/** Takes so many messages of a consumer and answers flow control between them, which has to ask at least once. */
export function drain(as: string, messages: number): JetStreamStep {
  return { do: 'drain', as, messages };
}

/** Nothing comes to a subscription in this time. */
export function quiet(as: string, ms = 100): JetStreamStep {
  return { do: 'quiet', as, ms };
}

let pulls = 0;

/** Asks a consumer for messages; `receive` takes them by this name. */
export function pulling(
  as: string,
  stream: string,
  consumer: string,
  request: Body = '',
  { client = 'a', headers = [] }: Options = {},
): JetStreamStep[] {
  return [
    { do: 'subscribe', client, as, subject: `_INBOX.<account>.${as}`, queue: '' },
    send(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, request, {
      client,
      headers,
      reply: `_INBOX.<account>.${as}`,
    }),
  ];
}

/** Waits until this many requests wait at a consumer. */
export function waiting(streamName: string, name: string, requests: number): JetStreamStep {
  return eventually(`CONSUMER.INFO.${streamName}.${name}`, '', { part: { num_waiting: requests } });
}

/** Asks a consumer for messages and receives them and what the server says of the request. */
export function pull(
  stream: string,
  consumer: string,
  request: Body,
  ...expected: (MessagePattern | Draft)[]
): JetStreamStep[] {
  const as = `pull${++pulls}`;
  return [...pulling(as, stream, consumer, request), receive(as, ...expected)];
}

/** Answers the nth delivery of the case, counted from 1, and waits until the server says that it has seen it. */
export function ack(delivery: number, body: Body = '+ACK', client = 'a'): JetStreamStep {
  return { do: 'ack', client, delivery, body: toText(body), sync: true };
}

/** Answers the nth delivery of the case without waiting. */
export function ackAsync(delivery: number, body: Body = '+ACK', client = 'a'): JetStreamStep {
  return { do: 'ack', client, delivery, body: toText(body), sync: false };
}

/** Acknowledges the nth delivery and asks for more, which comes to this subject. */
export function ackNext(delivery: number, request: Body, reply: string, client = 'a'): JetStreamStep {
  const body = `+NXT ${toText(request)}`.trimEnd();
  return { do: 'ack', client, delivery, body, sync: false, reply };
}

export function wait(ms: number): JetStreamStep {
  return { do: 'wait', ms };
}

/** Keeps a value of the last JSON answer, or a header of the last message (`header:Name`): from then on `<name>` stands for it. */
export function keep(name: string, path: string): JetStreamStep {
  return { do: 'keep', name, path };
}

/** Keeps the time that it will be in so many milliseconds. */
export function note(name: string, ms = 0): JetStreamStep {
  return { do: 'note', name, ms };
}

/** Connects with fields of CONNECT of its own. */
export function connect(client: string, fields: Readonly<Record<string, unknown>>): JetStreamStep {
  return { do: 'connect', client, fields };
}

export function leave(client: string): JetStreamStep {
  return { do: 'leave', client };
}

/** The server reads another configuration. */
export function reload(config: string): JetStreamStep {
  return { do: 'reload', config };
}

/** Ends the server and starts it again on the same folder. All clients have to connect anew, which they do when they are named. */
export function restart(signal: NodeJS.Signals = 'SIGTERM'): JetStreamStep {
  return { do: 'restart', signal };
}

/** GETs from the monitoring port until the answer is as expected. */
export function http(target: string, expected: AnswerLike, status = 200): JetStreamStep {
  return { do: 'http', target, expected: toAnswer(expected), status };
}

/** Fetches a backup of a stream, with flow control; `restore` puts it back. */
export function backup(stream: string, request: Body, expected: AnswerLike): JetStreamStep {
  return { do: 'backup', stream, request: toText(request), expected: toAnswer(expected) };
}

/** Puts the last backup back under this name, with changes to the configuration that goes with it. */
export function restore(
  stream: string,
  change: Readonly<Record<string, unknown>>,
  first: AnswerLike,
  last: AnswerLike = { nothing: true },
): JetStreamStep {
  return { do: 'restore', kept: '', stream, change, first: toAnswer(first), last: toAnswer(last) };
}

/** Puts back a backup that is kept in `backups/`. */
export function restoreKept(
  kept: string,
  stream: string,
  change: Readonly<Record<string, unknown>>,
  first: AnswerLike,
  last: AnswerLike = { nothing: true },
): JetStreamStep {
  return { do: 'restore', kept, stream, change, first: toAnswer(first), last: toAnswer(last) };
}
