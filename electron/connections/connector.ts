/**
 * One connection for good: attempts, waits, the link that features use, and the state that is shown. Attempts are made one
 * after the other over all servers of the profile, and those that the cluster named, until the person closes.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/nats-core';
import { nuid } from '@nats-io/nats-core';
import type { LogEntry, Profile, Step } from '../bridge/contract.ts';
import { LinkError } from '../link.ts';
import type { Link, LinkTrouble } from '../link.ts';
import { lossText, toFailure } from './connection-errors.ts';
import { loadCredentials, loadTlsFiles } from './credentials.ts';
import { dial } from './dial.ts';
import { ConnectFailure } from './failure-catalogue.ts';
import { infoFields } from './info.ts';
import type { LinkState } from './link-state.ts';
import {
  connectMsMax,
  infoMsMax,
  lookupMsMax,
  payloadBytesDefault,
  pingIntervalMs,
  pingsUnansweredMax,
  retryMsAfterLoss,
  retryMsMax,
  retryMsMin,
  stateIntervalMs,
  tcpMsMax,
  tlsMsMax,
} from './limits.ts';
import { asHeaders, connectClient, headerBlock } from './nats-internals.ts';
import { checkHeaders, checkPublish, onlyLooks } from './publish-rules.ts';
import { formatServer, parseServer, serverForDisplay } from './server-url.ts';
import { createSubscriptions } from './subscriptions.ts';
import { DialTransport } from './transport.ts';

export interface ConnectorOptions {
  /** With its secrets. */
  profile: Profile;
  /** Called at each change of phase, and once a second while connected. */
  onState: (state: LinkState) => void;
  /** An attempt failed: at which server, and how. */
  onFailure: (server: string, failure: ConnectFailure) => void;
  log: (level: LogEntry['level'], text: string) => void;
  /** 0 ≤ x < 1. */
  random?: () => number;
  retryMs?: { min: number; max: number; afterLoss: number };
  /** How often the round trip is measured. */
  pingMs?: number;
  /** Number that messages are to carry, where this connection is one of several into the accounts of a server. */
  account?: number;
}

export interface Connector {
  readonly link: Link;
  readonly state: LinkState;
  /** Connects until `close`. While it waits for the next attempt: makes it now. */
  open(): void;
  close(): Promise<void>;
  /** Takes effect with the next attempt; `readOnly` at once. */
  setProfile(profile: Profile): void;
}

/** Name that servers show of this client (connz). */
const clientName = 'Natscope';

/** All steps together take no longer than each at its limit. */
const attemptMsMax = lookupMsMax + tcpMsMax + tlsMsMax + infoMsMax + connectMsMax;

const stepOrder: Step[] = ['dns', 'tcp', 'info', 'tls', 'connect', 'permissions'];

export function createConnector(options: ConnectorOptions): Connector {
  const { onState, onFailure, log, random = Math.random, pingMs = pingIntervalMs } = options;
  const retry = options.retryMs ?? { min: retryMsMin, max: retryMsMax, afterLoss: retryMsAfterLoss };
  let { profile } = options;
  let state: LinkState = { phase: 'closed', rate: 0 };
  let client: NatsConnection | undefined;
  let transport: DialTransport | undefined;
  /** Aborts the attempts; present while the connection is wanted. */
  let running: AbortController | undefined;
  let hurry: (() => void) | undefined;
  let ended: Promise<void> = Promise.resolve();
  /** Servers that the cluster named, for when those of the profile are gone. */
  let discovered: string[] = [];
  let callbackErrors = 0;

  const subscriptions = createSubscriptions((error) => {
    callbackErrors++;
    // The first of a kind is enough to find the mistake; a flood of messages must not become a flood of lines.
    if (callbackErrors === 1 || callbackErrors % 100_000 === 0) {
      log('error', `A message could not be taken (${callbackErrors} so far): ${String(error)}`);
    }
  }, options.account);
  const troubled = new Set<(trouble: LinkTrouble) => void>();
  const tellTrouble = (trouble: LinkTrouble): void => {
    for (const listener of [...troubled]) listener(trouble);
  };
  subscriptions.onNoResponders = (inbox) => tellTrouble({ type: 'no-responders', inbox });

  function tell(next: LinkState): void {
    state = next;
    onState(next);
  }

  const link: Link = {
    get connected() {
      return client !== undefined;
    },
    get readOnly() {
      return profile.readOnly;
    },
    get maxPayload() {
      return state.maxPayload ?? payloadBytesDefault;
    },
    get headers() {
      return state.headers ?? true;
    },
    get pendingBytes() {
      return transport?.pendingBytes ?? 0;
    },
    accounts: [],
    onAccounts: () => () => undefined,
    createInbox: () => `${inboxPrefixOf(profile)}.${nuid.next()}`,
    subscribe: (subject, queue, onMessage, onError) => subscriptions.add(subject, queue, onMessage, onError),
    get jetstreamPrefix() {
      return profile.jetstreamDomain ? `$JS.${profile.jetstreamDomain}.API` : '$JS.API';
    },
    onTrouble(listener) {
      troubled.add(listener);
      return () => void troubled.delete(listener);
    },
    publish(subject, payload, { reply, headers = [], look = false } = {}) {
      if (profile.readOnly && !(look && onlyLooks(subject, reply))) {
        throw new LinkError('read-only', 'The connection is read-only. Switch that off in its settings to publish.');
      }
      if (client === undefined) throw notConnected();
      checkPublish(subject, reply);
      const block = headers.length > 0 ? headerBlock(checkHeaders(headers, link.headers)) : undefined;
      const size = payload.length + (block?.length ?? 0);
      if (size > link.maxPayload) {
        throw new LinkError(
          'too-large',
          `The message has ${size} bytes; this server takes ${link.maxPayload} at most.`,
        );
      }
      client.publish(subject, payload, {
        ...(reply === undefined ? {} : { reply }),
        ...(block === undefined ? {} : { headers: asHeaders(block) }),
      });
    },
    async flush() {
      if (client === undefined) throw notConnected();
      await flushOf(client);
    },
  };

  /** One attempt at one server. Resolves with the client once CONNECT was answered. */
  async function connectTo(server: string, signal: AbortSignal): Promise<NatsConnection> {
    const credentials = await loadCredentials(profile.authentication);
    const { tls } = profile;
    const way = new DialTransport(() => dial({ server, tls, loadFiles: () => loadTlsFiles(tls), signal }));
    const stop = (): void => way.discard();
    signal.addEventListener('abort', stop);
    try {
      const made = await connectClient({
        transport: way,
        authenticate: (nonce) => credentials.fields(nonce),
        name: clientName,
        inboxPrefix: inboxPrefixOf(profile),
        timeoutMs: attemptMsMax,
      });
      if (signal.aborted) {
        void made.close();
        throw new ConnectFailure('cancelled');
      }
      transport = way;
      return made;
    } catch (error) {
      throw toFailure(way.closeError ?? (error as Error));
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /** Tries every server once. The failure that got furthest is the one that says most. */
  async function connectAny(signal: AbortSignal): Promise<{ made: NatsConnection; server: string }> {
    let furthest: { server: string; failure: ConnectFailure } | undefined;
    for (const server of [...profile.servers, ...discovered]) {
      try {
        return { made: await connectTo(server, signal), server };
      } catch (error) {
        const failure = error as ConnectFailure;
        if (signal.aborted) throw failure;
        log('debug', `${serverForDisplay(server)}: ${failure.message}${failure.detail && ` (${failure.detail})`}`);
        if (furthest === undefined || depth(failure) > depth(furthest.failure)) furthest = { server, failure };
      }
    }
    furthest ??= { server: '', failure: new ConnectFailure('server-invalid', { detail: 'no server given' }) };
    onFailure(furthest.server, furthest.failure);
    throw furthest.failure;
  }

  /** From the moment the connection stands until it is gone; resolves with why. */
  async function serve(made: NatsConnection, server: string, signal: AbortSignal): Promise<string> {
    const { info } = made;
    const remote = transport?.remote ?? '';
    discovered = discoveredServers(server, profile.servers, info);
    client = made;
    subscriptions.attach(made);
    tell({
      phase: 'connected',
      server: serverForDisplay(server),
      remote,
      encrypted: transport?.isEncrypted() ?? false,
      ...infoState(info),
      since: Date.now() * 1000,
      rate: 0,
    });
    log(
      'info',
      `Connected to ${serverForDisplay(server)}${state.serverName === undefined ? '' : ` (${state.serverName})`}`,
    );
    let lastWords = '';
    void (async () => {
      for await (const status of made.status()) {
        if (status.type === 'error') {
          lastWords = status.error.message;
          log('warn', `The server says: ${lastWords}`);
          subscriptions.serverError(lastWords);
          tellTrouble({ type: 'refused', text: lastWords });
        } else if (status.type === 'ldm' && client === made) {
          tell({ ...state, problem: 'server is shutting down' });
          log('warn', 'The server is shutting down (lame duck mode)');
        }
      }
    })();
    const stopMeasuring = measure(made, () => {
      lastWords = 'no answer to pings';
      transport?.disconnect();
    });
    const close = (): void => void made.close();
    signal.addEventListener('abort', close);
    const reason = await made.closed();
    signal.removeEventListener('abort', close);
    stopMeasuring();
    client = undefined;
    transport = undefined;
    subscriptions.detach();
    return lastWords === '' ? lossText(reason instanceof Error ? reason : undefined) : lastWords;
  }

  /** Round trip, rate, and the fields of INFO that may change while the connection stands. */
  function measure(made: NatsConnection, dead: () => void): () => void {
    let unanswered = 0;
    let lastReceived = subscriptions.received;
    let lastAt = performance.now();
    const ping = async (): Promise<void> => {
      // Counted in pings, not by the clock: after a long task or a sleep of the machine the answer may wait in the socket.
      if (unanswered >= pingsUnansweredMax) {
        dead();
        return;
      }
      unanswered++;
      const sentAt = performance.now();
      await flushOf(made);
      unanswered = 0;
      subscriptions.confirm();
      const first = state.roundTrip === undefined;
      state = { ...state, roundTrip: performance.now() - sentAt };
      // The first is told at once, later ones with the next update.
      if (first && client === made) onState(state);
    };
    const pinging = (): void => void ping().catch(() => undefined);
    const update = (): void => {
      const now = performance.now();
      const rate = ((subscriptions.received - lastReceived) * 1000) / Math.max(1, now - lastAt);
      lastReceived = subscriptions.received;
      lastAt = now;
      tell({ ...state, ...infoState(made.info), rate });
    };
    pinging();
    const timers = [setInterval(pinging, pingMs), setInterval(update, stateIntervalMs)];
    return () => timers.forEach(clearInterval);
  }

  async function run(signal: AbortSignal): Promise<void> {
    let attempt = 0;
    /** Whether the connection stood since it was opened. */
    let stood = false;
    let problem: string | undefined;
    while (!signal.aborted) {
      attempt++;
      const first = profile.servers[0];
      tell({
        phase: stood ? 'reconnecting' : 'connecting',
        ...(first === undefined ? {} : { server: serverForDisplay(first) }),
        attempt,
        rate: 0,
        ...(problem === undefined ? {} : { problem }),
      });
      let waitMs: number;
      try {
        const { made, server } = await connectAny(signal);
        problem = await serve(made, server, signal);
        if (signal.aborted) break;
        log('warn', `Connection lost: ${problem}`);
        stood = true;
        attempt = 0;
        waitMs = retry.afterLoss;
      } catch (error) {
        if (signal.aborted) break;
        if (!(error instanceof ConnectFailure)) throw error;
        problem = error.message;
        waitMs = Math.min(retry.max, retry.min * 2 ** Math.min(attempt - 1, 20));
      }
      waitMs *= 1 - random() / 5;
      tell({
        phase: stood ? 'reconnecting' : 'failed',
        ...(first === undefined ? {} : { server: serverForDisplay(first) }),
        attempt: Math.max(1, attempt),
        nextAttemptAt: Math.round((Date.now() + waitMs) * 1000),
        rate: 0,
        problem,
      });
      await pause(waitMs, signal);
    }
  }

  async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    const cut = new AbortController();
    hurry = () => cut.abort();
    await delay(milliseconds, undefined, { signal: AbortSignal.any([signal, cut.signal]) }).catch(() => undefined);
    hurry = undefined;
  }

  return {
    link,
    get state() {
      return state;
    },
    open() {
      if (running !== undefined) {
        hurry?.();
        return;
      }
      const own = new AbortController();
      running = own;
      // A close before this open may still be under way; attempts of two runs must not mix.
      ended = ended
        .then(() => run(own.signal))
        .catch((error: unknown) => {
          log('error', `The connection stopped by a fault of Natscope: ${String(error)}`);
          running = undefined;
          tell({ phase: 'failed', rate: 0, problem: `fault in Natscope: ${String(error)}` });
        });
    },
    async close() {
      const own = running;
      running = undefined;
      own?.abort();
      await ended;
      if (running === undefined && state.phase !== 'closed') tell({ phase: 'closed', rate: 0 });
    },
    setProfile(next) {
      profile = next;
      discovered = [];
    },
  };
}

function depth(failure: ConnectFailure): number {
  return stepOrder.indexOf(failure.step);
}

function inboxPrefixOf(profile: Profile): string {
  return profile.inboxPrefix || '_INBOX';
}

function notConnected(): LinkError {
  return new LinkError('not-connected', 'The connection does not stand now. Open it, or wait until it is back.');
}

/** A flush that also ends when the connection does; the library's waits for ever then. */
async function flushOf(client: NatsConnection): Promise<void> {
  const closed = client.closed().then(() => {
    throw notConnected();
  });
  await Promise.race([client.flush(), closed]);
}

type Info = NatsConnection['info'];

function infoState(given: Info): Partial<LinkState> {
  if (given === undefined) return {};
  const info = infoFields(given);
  // A server without a name calls itself by its id.
  const named = info.server_name !== undefined && info.server_name !== info.server_id;
  return {
    ...(named ? { serverName: info.server_name } : {}),
    ...(info.version === undefined ? {} : { serverVersion: info.version }),
    ...(info.client_id === undefined ? {} : { clientIds: [info.client_id] }),
    ...(info.remote_account === undefined ? {} : { account: info.remote_account }),
    maxPayload: info.max_payload ?? payloadBytesDefault,
    headers: info.headers === true,
    jetstream: info.jetstream === true,
  };
}

/** Servers named in INFO, with the scheme of the one that named them, without those that the profile has. */
function discoveredServers(server: string, known: string[], given: Info): string[] {
  if (given === undefined) return [];
  const { scheme } = parseServer(server);
  const info = infoFields(given);
  const named = (scheme === 'ws' || scheme === 'wss' ? info.ws_connect_urls : info.connect_urls) ?? [];
  const have = new Set(known.map(serverForDisplay));
  return named
    .flatMap((place) => {
      try {
        return [formatServer(parseServer(`${scheme}://${place}`), true)];
      } catch {
        return [];
      }
    })
    .filter((address) => !have.has(address));
}
