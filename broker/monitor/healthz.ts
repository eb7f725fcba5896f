import { latin1ToText } from '../base/latin1.ts';
import type { MonitoredJetStream } from './jsz.ts';

export interface HealthOptions {
  readonly account: string;
  readonly stream: string;
  readonly consumer: string;
  /** A list of errors instead of one text. */
  readonly details: boolean;
}

export interface Health {
  readonly status: 'ok' | 'error' | 'unavailable';
  readonly status_code: number;
  readonly error?: string | undefined;
  readonly errors?:
    readonly { type: string; account?: string; stream?: string; consumer?: string; error: string }[] | undefined;
}

interface Fault {
  readonly type: string;
  readonly status: 'error' | 'unavailable';
  readonly code: number;
  readonly text: string;
}

const badRequest = (text: string): Fault => ({ type: 'BAD_REQUEST', status: 'error', code: 400, text });
const missing = (type: string, text: string): Fault => ({ type, status: 'unavailable', code: 404, text });

/**
 * Whether all is well. Who can ask is connected, or asks over HTTP, which listens after the clients' port does. Streams
 * are not looked at where JetStream is off, but a question that makes no sense is still told so.
 */
export function health(options: HealthOptions, jetStream: MonitoredJetStream | undefined): Health {
  const fault = faultOf(options, jetStream);
  if (fault === undefined) return { status: 'ok', status_code: 200 };
  const { status, code, text, type } = fault;
  return {
    status,
    status_code: code,
    ...(options.details ? { errors: [{ type, error: text }] } : { error: text }),
  };
}

function faultOf(
  { account, stream, consumer }: HealthOptions,
  jetStream: MonitoredJetStream | undefined,
): Fault | undefined {
  if (account === '' && stream !== '') return badRequest('"account" must not be empty when checking stream health');
  if (stream === '' && consumer !== '') return badRequest('"stream" must not be empty when checking consumer health');
  if (jetStream === undefined || account === '') return undefined;
  const found = jetStream.accounts.find(({ name }) => latin1ToText(name) === account);
  if (found === undefined) return missing('ACCOUNT', `JetStream account "${account}" not found`);
  if (stream === '') return undefined;
  const there = found.streams.find(({ name }) => latin1ToText(name) === stream);
  if (there === undefined) return missing('STREAM', `JetStream stream "${stream}" not found on account "${account}"`);
  if (consumer === '' || there.consumers.some((name) => latin1ToText(name) === consumer)) return undefined;
  return missing(
    'CONSUMER',
    `JetStream consumer "${consumer}" not found for stream "${stream}" on account "${account}"`,
  );
}
