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
  const faults = faultsOf(options, jetStream);
  const [first] = faults;
  if (first === undefined) return { status: 'ok', status_code: 200 };
  if (!options.details) return { status: first.status, status_code: first.code, error: first.error };
  const errors = faults.map(({ type, account, stream, consumer, error }) => ({
    type,
    account,
    stream,
    consumer,
    error,
  }));
  return { status: 'error', status_code: first.code, errors };
}

function faultsOf(options: HealthOptions, jetStream: MonitoredJetStream | undefined): readonly Fault[] {
  const { account, stream, consumer } = options;
  if (account === '' && stream !== '') return [badRequest('"account" must not be empty when checking stream health')];
  if (stream === '' && consumer !== '') return [badRequest('"stream" must not be empty when checking consumer health')];
  if (jetStream === undefined || options.serverOnly || options.enabledOnly) return [];
  const lost = lostOf(options, jetStream);
  // Of what is lost somebody knows, so that it is not missing.
  if (lost.length > 0 || account === '') return lost;
  const gone = missing(options, jetStream);
  return gone === undefined ? [] : [gone];
}

/** What is on the disk and cannot be served. Accounts whose time is over are no fault unless they are asked for. */
function lostOf({ account, stream }: HealthOptions, { accounts, lost }: MonitoredJetStream): readonly Fault[] {
  const unavailable = { status: 'unavailable', code: 503 } as const;
  const expired = accounts.filter((one) => one.expired).map(({ name }) => latin1ToText(name));
  if (account !== '' && expired.includes(account)) {
    return [{ ...unavailable, type: 'ACCOUNT', account, error: `JetStream account '${account}' is expired` }];
  }
  return lost()
    .map((one) => ({ account: latin1ToText(one.account), stream: one.stream && latin1ToText(one.stream) }))
    .filter((one) => (account === '' ? !expired.includes(one.account) : one.account === account))
    .filter((one) => stream === '' || one.stream === undefined || one.stream === stream)
    .map((one): Fault => {
      if (one.stream !== undefined) {
        const error = `JetStream stream '${one.account} > ${one.stream}' could not be recovered`;
        return { ...unavailable, type: 'STREAM', account: one.account, stream: one.stream, error };
      }
      const error = `JetStream account '${one.account}' could not be resolved`;
      return { ...unavailable, type: 'ACCOUNT', account: one.account, error };
    });
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
