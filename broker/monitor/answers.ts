import type { BusMessage } from '../account/bus.ts';
import { compactJson } from './go-json.ts';
import type { MonitorContext } from './context.ts';
import { encodeAnswer } from './encoding.ts';
import { CommandError, RequestError } from './request-error.ts';
import { RequestFields, RequestFormatError, type RequestShape } from './request-fields.ts';
import { isMeant } from './server-filter.ts';

/** An answer that a request does not get: it is left to other servers. */
export const SILENCE = Symbol('silence');

/** What a request is answered with; undefined for nothing but who answers. Throws a `RequestError`. */
export type Respond = (
  fields: RequestFields,
  message: BusMessage,
) => object | undefined | typeof SILENCE | Promise<undefined>;

export interface SystemRequest {
  readonly shape: RequestShape;
  readonly respond: Respond;
}

/**
 * Answers a request as `$SYS.REQ` has it: the server, and data or an error. Nothing is said to who gave no reply subject, or
 * means other servers.
 */
export function answerRequest(context: MonitorContext, message: BusMessage, { shape, respond }: SystemRequest): void {
  if (message.reply === '') return;
  let fields: RequestFields;
  try {
    fields = new RequestFields(shape, message.payload);
  } catch (error) {
    if (!(error instanceof RequestFormatError)) throw error;
    return send(context, message, { error: { code: 400, description: error.message } });
  }
  if (!isMeant(context.host, fields)) return;
  try {
    const data = respond(fields, message);
    if (data === SILENCE) return;
    if (data instanceof Promise) return sendLater(context, message, data);
    send(context, message, { data }, Buffer.from(message.headers).toString('latin1'));
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    const fault = { code: 500, description: error.message };
    // Where there is data as a rule, there is a `null` for it.
    send(context, message, error instanceof CommandError ? { error: fault } : { data: null, error: fault });
  }
}

function sendLater(context: MonitorContext, message: BusMessage, work: Promise<undefined>): void {
  work.then(
    () => send(context, message, {}),
    (error: unknown) => {
      const description = error instanceof Error ? error.message : String(error);
      send(context, message, { error: { code: 500, description } });
    },
  );
}

/** `accepted` is the header block that may ask for an encoding. */
export function send(context: MonitorContext, { account, reply }: BusMessage, answer: object, accepted = ''): void {
  const json = compactJson({ server: context.identity.next(), ...answer });
  const { payload, headers } = encodeAnswer(json, accepted);
  context.bus.publish(account, reply, payload, { headers });
}
