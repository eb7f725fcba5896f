/**
 * Walks the way to a server step by step on a connection of its own and says how far it came, what it found, and what
 * may mend it. The same code makes the real connections, up to CONNECT; from there on the protocol is spoken by hand,
 * because here every word of the server matters.
 */

import { nuid } from '@nats-io/nats-core';
import type { Diagnosis, Profile, StepState } from '../bridge/contract.ts';
import type { Channel } from './channel.ts';
import { Conversation } from './conversation.ts';
import { loadCredentials, loadTlsFiles } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import { createRecorder, emptyDiagnosis } from './diagnosis-recorder.ts';
import type { Recorder } from './diagnosis-recorder.ts';
import { dial } from './dial.ts';
import { codeOfServerError, ConnectFailure } from './failure-catalogue.ts';
import type { Fact } from './failure-catalogue.ts';
import { identify } from './identify.ts';
import type { Stranger } from './identify.ts';
import { parseInfo } from './info.ts';
import type { ServerInfo } from './info.ts';
import { connectMsMax, patience as usualPatience } from './limits.ts';
import type { Patience } from './limits.ts';
import type { LinkState } from './link-state.ts';
import { remediesFor } from './remedies.ts';
import { parseServer } from './server-url.ts';

export { emptyDiagnosis };

export interface DiagnoseOptions {
  /** With its secrets. */
  profile: Profile;
  /** One of the profile's servers, or one that the cluster named. */
  server: string;
  signal: AbortSignal;
  onProgress?: (diagnosis: Diagnosis) => void;
  patience?: Patience;
}

/** What came to light on the way, for the verdict. */
interface Findings {
  info: ServerInfo | undefined;
  credentials: Credentials | undefined;
}

/** Never rejects: every failure is a result. Takes at most the sum of the steps' time-outs. */
export async function diagnose(options: DiagnoseOptions): Promise<Diagnosis> {
  const { profile, server, signal, onProgress, patience = usualPatience } = options;
  const recorder = createRecorder(server, profile.tls.first === true, onProgress ?? (() => undefined));
  const findings: Findings = { info: undefined, credentials: undefined };
  let channel: Channel | undefined;
  try {
    const loading = await loadCredentials(profile.authentication).catch((error: unknown) => error as ConnectFailure);
    if (!(loading instanceof Error) && loading.summary !== '') recorder.note('connect', loading.summary);

    const dialed = await dial({
      server,
      tls: profile.tls,
      loadFiles: () => loadTlsFiles(profile.tls),
      signal,
      observer: recorder,
      infoMs: patience.infoMs,
    });
    channel = dialed.channel;
    findings.info = dialed.info;
    recorder.began('connect');
    if (loading instanceof Error) throw loading;
    findings.credentials = loading;
    const conversation = new Conversation(channel, dialed.infoLine, {
      sent: (line) => recorder.wire('out', line),
      received: (line) => recorder.wire('in', line),
    });
    await authenticate(conversation, dialed, loading, recorder, signal);
    await tryPermissions(conversation, profile, recorder, signal);
  } catch (error) {
    const failure = await refine(asFailure(error), { profile, server, signal, patience }, findings);
    if (signal.aborted) return recorder.snapshot();
    recorder.failed(failure);
    const names = failure.facts.find((fact) => fact.label === 'Valid for')?.value.split(', ') ?? [];
    recorder.diagnosis.remedies = remediesFor({ profile, server, failure, info: findings.info, names });
  } finally {
    channel?.destroy();
  }
  return recorder.snapshot();
}

async function authenticate(
  conversation: Conversation,
  { info, channel }: { info: ServerInfo; channel: Channel },
  credentials: Credentials,
  recorder: Recorder,
  signal: AbortSignal,
): Promise<void> {
  conversation.connect({
    verbose: false,
    pedantic: false,
    tls_required: channel.encrypted,
    name: 'Natscope diagnosis',
    lang: 'natscope',
    version: '1',
    protocol: 1,
    echo: true,
    headers: info.headers === true,
    no_responders: info.headers === true,
    ...credentials.fields(info.nonce),
  });
  conversation.send('PING');
  const lines = await conversation.untilPong(connectMsMax, signal, 'connect-timeout');
  const said = lines.find((line) => /^-ERR/i.test(line));
  if (said !== undefined) throw new ConnectFailure(codeOfServerError(said), { detail: said });
  recorder.passed('connect', accepted(credentials, lines), credentials.facts);
}

/** Who was let in. Since 2.12 a server names the account in an INFO after CONNECT. */
function accepted(credentials: Credentials, lines: string[]): string {
  const who = credentials.summary === '' ? 'no credentials' : credentials.summary;
  const account = lines
    .filter((line) => /^INFO\s/i.test(line))
    .map((line) => parseInfo(line.slice(4))?.remote_account)
    .findLast((name) => name !== undefined);
  return account === undefined || who.includes('account') ? who : `${who}, account ${account}`;
}

/** Each subject of the profile is subscribed to and let go in one breath, so that hardly a message is sent for it. */
async function tryPermissions(
  conversation: Conversation,
  profile: Profile,
  recorder: Recorder,
  signal: AbortSignal,
): Promise<void> {
  recorder.began('permissions');
  const inbox = `${profile.inboxPrefix || '_INBOX'}.${nuid.next()}`;
  const subjects = [...profile.subscribe, `${inbox}.*`];
  conversation.send(
    ...subjects.flatMap((subject, index) => [`SUB ${subject} ${index + 1}`, `UNSUB ${index + 1}`]),
    'PING',
  );
  const lines = await conversation.untilPong(connectMsMax, signal, 'permissions-timeout');
  const errors = lines.filter((line) => /^-ERR/i.test(line));
  const about = (subject: string): string | undefined => errors.find((line) => line.includes(`"${subject}"`));
  const refused = profile.subscribe.filter((subject) => about(subject) !== undefined);
  const facts: Fact[] = refused.map((subject) => ({ label: 'Refused', value: subject, bad: true }));
  const allowed = profile.subscribe.filter((subject) => about(subject) === undefined);
  if (allowed.length > 0) facts.push({ label: 'Allowed', value: allowed.join(', ') });
  const repliesRefused = about(`${inbox}.*`) !== undefined;
  if (repliesRefused)
    facts.push({ label: 'Replies at', value: `${inbox.slice(0, inbox.lastIndexOf('.'))}.>`, bad: true });
  if (refused.length > 0 || repliesRefused) {
    const code = refused.length > 0 ? 'subscription-refused' : 'inbox-refused';
    throw new ConnectFailure(code, { detail: errors[0] ?? '', facts });
  }
  const [other] = errors;
  if (other !== undefined) {
    throw new ConnectFailure(codeOfServerError(other), { step: 'permissions', detail: other, facts });
  }
  recorder.passed('permissions', allowed.length === 0 ? 'replies allowed' : `${allowed.join(', ')} allowed`);
}

function asFailure(error: unknown): ConnectFailure {
  return error instanceof ConnectFailure
    ? error
    : new ConnectFailure('server-error', { detail: `fault in Natscope: ${String(error)}` });
}

/** The same failure, told more exactly by what else is known. */
async function refine(
  failure: ConnectFailure,
  { profile, server, signal, patience }: Omit<DiagnoseOptions, 'patience'> & { patience: Patience },
  { info, credentials }: Findings,
): Promise<ConnectFailure> {
  const { detail } = failure;
  switch (failure.code) {
    case 'info-timeout':
    case 'closed-before-info': {
      const { host, port, scheme } = parseServer(server);
      if (scheme === 'ws' || scheme === 'wss') return failure;
      if (profile.tls.first === true) {
        // TLS stood, and then the server hung up: some do so without a word when they refuse the client's certificate.
        const refused = failure.code === 'closed-before-info' && profile.tls.certFile !== undefined;
        return refused ? new ConnectFailure('tls-client-certificate-refused', { detail }) : failure;
      }
      const codes: Partial<Record<Stranger, ConnectFailure>> = {
        'nats-tls-first': new ConnectFailure('tls-first-wanted', { detail }),
        'nats-monitoring': new ConnectFailure('monitoring-port', { detail }),
        http: new ConnectFailure('http-server', { detail }),
        tls: new ConnectFailure('not-nats', {
          detail,
          facts: [{ label: 'Speaks', value: 'TLS, but no NATS', bad: true }],
        }),
      };
      return codes[await identify(host, port, signal, patience.identifyMs)] ?? failure;
    }
    case 'authorization-violation':
    case 'authentication-expired': {
      if (credentials === undefined) return failure;
      const { expiresAt } = credentials;
      if (expiresAt !== undefined && expiresAt < Date.now()) {
        const value = new Date(expiresAt).toISOString().slice(0, 19).replace('T', ' ');
        const facts = [...credentials.facts, { label: 'Expired', value: `${value} UTC`, bad: true }];
        return new ConnectFailure('creds-expired', { detail, facts });
      }
      const wanted = info?.nonce === undefined ? 'user and password, or token' : 'NKey, creds or JWT';
      const facts: Fact[] = [...credentials.facts, { label: 'Server takes', value: wanted }];
      if (profile.authentication.method === 'none')
        return new ConnectFailure('authentication-wanted', { detail, facts });
      if (credentials.signs && info?.nonce === undefined)
        return new ConnectFailure('method-mismatch', { detail, facts });
      return new ConnectFailure(failure.code, { detail, facts: info?.nonce === undefined ? credentials.facts : facts });
    }
    case 'closed-by-server':
      if (info?.ldm === true) return new ConnectFailure('lame-duck', { detail });
      if (info?.tls_verify === true && profile.tls.certFile === undefined) {
        return new ConnectFailure('tls-client-certificate-wanted', { detail });
      }
      return (await lastWords({ profile, server, signal, patience })) ?? failure;
    default:
      return failure;
  }
}

/**
 * Why a server hangs up, heard by one that says nothing. A server that is full refuses right after INFO and closes; when
 * CONNECT crosses that on the way, the reset of the socket can take the refusal with it.
 */
async function lastWords({
  profile,
  server,
  signal,
  patience,
}: Omit<DiagnoseOptions, 'patience'> & { patience: Patience }): Promise<ConnectFailure | undefined> {
  const unheard = (): void => undefined;
  let channel: Channel | undefined;
  try {
    const dialed = await dial({
      server,
      tls: profile.tls,
      loadFiles: () => loadTlsFiles(profile.tls),
      signal,
      infoMs: patience.infoMs,
    });
    channel = dialed.channel;
    const conversation = new Conversation(channel, dialed.infoLine, { sent: unheard, received: unheard });
    await conversation.untilPong(patience.identifyMs, signal, 'connect-timeout');
    return undefined;
  } catch (error) {
    const failure = asFailure(error);
    // That it gives up on somebody who says nothing is no news.
    const silence = failure.code === 'authentication-timeout';
    return failure.detail.startsWith('-ERR') && !silence ? failure : undefined;
  } finally {
    channel?.destroy();
  }
}

/** What a connection that stands shows: what it knows of itself, without times, since nothing was measured. */
export function passedDiagnosis(link: LinkState): Diagnosis {
  const diagnosis = emptyDiagnosis(link.server ?? '');
  const known: Record<string, Partial<StepState>> = {
    dns: { state: 'ok' },
    tcp: { state: 'ok', ...(link.remote === undefined ? {} : { text: link.remote }) },
    info: { state: 'ok', text: [link.serverName, link.serverVersion].filter(Boolean).join(', ') },
    tls: link.encrypted === true ? { state: 'ok' } : { state: 'skipped', text: 'not used' },
    connect: { state: 'ok', ...(link.clientIds === undefined ? {} : { text: `client ${link.clientIds.join(', ')}` }) },
    permissions: { state: 'todo' },
  };
  for (const step of diagnosis.steps) Object.assign(step, known[step.step]);
  return diagnosis;
}
