import { connect, createInbox, headers, type Msg, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import type { FoundMessage } from './model.ts';

/** How long an answer may take, in milliseconds. */
export const ANSWER_MS_MAX = 20_000;

export interface PubAck {
  readonly seq: number;
  readonly duplicate?: boolean;
  readonly val?: string;
  readonly error?: { readonly code: number; readonly err_code: number; readonly description: string };
}

export function open(port: number): Promise<NatsConnection> {
  return connect({ servers: `127.0.0.1:${port}`, reconnect: false, timeout: ANSWER_MS_MAX, noAsyncTraces: true });
}

/** A request of the API; throws what the server refuses. */
export async function api<Answer = Record<string, unknown>>(
  nc: NatsConnection,
  subject: string,
  body: object | string = '',
): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = await nc.request(`$JS.API.${subject}`, text, { timeout: ANSWER_MS_MAX });
  const said = answer.json<Answer & { error?: { description: string } }>();
  if (said.error !== undefined) throw new Error(`${subject}: ${said.error.description}`);
  return said;
}

/** Publishes, and waits for what the stream says. */
export async function publish(
  nc: NatsConnection,
  subject: string,
  payload: string,
  head?: Readonly<Record<string, string>>,
): Promise<PubAck> {
  const options = { timeout: ANSWER_MS_MAX, ...(head === undefined ? {} : { headers: headersOf(head) }) };
  return (await nc.request(subject, payload, options)).json<PubAck>();
}

export function headersOf(fields: Readonly<Record<string, string>>): MsgHdrs {
  const head = headers();
  for (const [name, value] of Object.entries(fields)) head.set(name, value);
  return head;
}

/** All messages of a stream, by direct gets. */
export async function contents(nc: NatsConnection, stream: string, last: number): Promise<Map<number, FoundMessage>> {
  const messages = new Map<number, FoundMessage>();
  let from = 1;
  while (from <= last) {
    let end = false;
    let next = from;
    for await (const message of await nc.requestMany(
      `$JS.API.DIRECT.GET.${stream}`,
      JSON.stringify({ seq: from, batch: 1000 }),
      { strategy: 'sentinel', maxWait: ANSWER_MS_MAX },
    )) {
      if (message.headers?.code === 404) end = true;
      if (message.headers === undefined || message.headers.code !== 0) break;
      const sequence = Number(message.headers.get('Nats-Sequence'));
      messages.set(sequence, { subject: message.headers.get('Nats-Subject'), payload: message.string() });
      next = sequence + 1;
    }
    if (end || next === from) break;
    from = next;
  }
  return messages;
}

/**
 * What there is for a consumer now, so many at most. Messages come under their own subjects, to an inbox of their own; each
 * is told of as it arrives, before anything that came behind it.
 */
export function fetch(
  nc: NatsConnection,
  { stream, consumer, batch }: { readonly stream: string; readonly consumer: string; readonly batch: number },
  onMessage: (message: Msg) => void,
): Promise<Msg[]> {
  const messages: Msg[] = [];
  const inbox = createInbox();
  return new Promise((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      subscription.unsubscribe();
      resolve(messages);
    };
    const timer = setTimeout(() => reject(new Error('a fetch without an end')), ANSWER_MS_MAX);
    const subscription = nc.subscribe(inbox, {
      callback(error, message) {
        if (error !== null) return reject(error);
        if (message.headers !== undefined && message.headers.code !== 0) return end();
        onMessage(message);
        messages.push(message);
        if (messages.length === batch) end();
      },
    });
    const request = JSON.stringify({ batch, no_wait: true });
    nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, request, { reply: inbox });
    const abandon = async (): Promise<void> => {
      await nc.closed();
      clearTimeout(timer);
      reject(new Error('the server is gone'));
    };
    void abandon();
  });
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
