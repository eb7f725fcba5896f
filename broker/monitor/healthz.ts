import { latin1ToText } from '../base/latin1.ts';
import type { MonitoredJetStream } from './jsz.ts';

export interface HealthOptions {
  readonly account: string;
  readonly stream: string;
  readonly consumer: string;
  /** A list of errors instead of one text. */
  readonly details: boolean;
  /** It is enough that JetStream runs; nobody looks at streams. */
  readonly enabledOnly: boolean;
  /** Not even that is asked. */
  readonly serverOnly: boolean;
}

export interface Health {
  readonly status: 'ok' | 'error' | 'unavailable';
  readonly status_code: number;
  readonly error?: string | undefined;
  readonly errors?: readonly HealthError[] | undefined;
}

export interface HealthError {
  readonly type: string;
  readonly account?: string | undefined;
  readonly stream?: string | undefined;
  readonly consumer?: string | undefined;
  readonly error: string;
}

interface Fault extends HealthError {
  readonly status: 'error' | 'unavailable';
  readonly code: number;
}

const badRequest = (error: string): Fault => ({ type: 'BAD_REQUEST', status: 'error', code: 400, error });

/**
 * Whether all is well. Who can ask is connected, or asks over HTTP, which listens after the clients' port does. Streams
 * are not looked at where JetStream is off, but a question that makes no sense is still told so.
 */
export function health(options: HealthOptions, jetStream: MonitoredJetStream | undefined): Health {
  const fault = faultOf(options, jetStream);
  if (fault === undefined) return { status: 'ok', status_code: 200 };
  const { status, code, type, account, stream, consumer, error } = fault;
  if (!options.details) return { status, status_code: code, error };
  return { status: 'error', status_code: code, errors: [{ type, account, stream, consumer, error }] };
}

function faultOf(options: HealthOptions, jetStream: MonitoredJetStream | undefined): Fault | undefined {
  const { account, stream, consumer } = options;
  if (account === '' && stream !== '') return badRequest('"account" must not be empty when checking stream health');
  if (stream === '' && consumer !== '') return badRequest('"stream" must not be empty when checking consumer health');
  if (jetStream === undefined || options.serverOnly || options.enabledOnly) return undefined;
  return account === '' ? undefined : missing(options, jetStream);
}

/** What is asked for and not there: nats-server looks for it on its disk, where nothing is of streams in memory. */
function missing({ account, stream, consumer }: HealthOptions, { accounts }: MonitoredJetStream): Fault | undefined {
  const gone = { status: 'unavailable', code: 404 } as const;
  const found = accounts.find(
    ({ name, streams }) => latin1ToText(name) === account && streams.some(({ file }) => file),
  );
  if (found === undefined) {
    return { ...gone, type: 'ACCOUNT', account, error: `JetStream account "${account}" not found` };
  }
  if (stream === '') return undefined;
  const there = found.streams.find(({ name, file }) => file && latin1ToText(name) === stream);
  if (there === undefined) {
    const error = `JetStream stream "${stream}" not found on account "${account}"`;
    return { ...gone, type: 'STREAM', account, stream, error };
  }
  if (consumer === '' || there.consumers.some((name) => latin1ToText(name) === consumer)) return undefined;
  const error = `JetStream consumer "${consumer}" not found for stream "${stream}" on account "${account}"`;
  return { ...gone, type: 'CONSUMER', account, stream, consumer, error };
}
