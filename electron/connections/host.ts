/**
 * All connections, as the app sees them: their profiles, one thread for each that was opened, what each says of itself,
 * and why one fails. A thread lives on while its connection is closed, so that what was captured stays browsable.
 */

import { randomUUID } from 'node:crypto';
import type { MessagePort } from 'node:worker_threads';
import { LOCAL_CONNECTION } from '../bridge/contract.ts';
import type { CliContext, ConnectionId, ConnectionState, Diagnosis, LogEntry, Profile } from '../bridge/contract.ts';
import { createState } from '../bridge/feed.ts';
import type { State } from '../bridge/feed.ts';
import { BridgeError } from '../bridge/frames.ts';
import type { RequestHandlers, StreamHandlers } from '../bridge/router.ts';
import type { Document } from '../persistence/document.ts';
import type { ProfilesFile } from '../persistence/profiles-file.ts';
import type { Secrets } from '../persistence/secrets.ts';
import { contextProfile, readContexts } from './contexts.ts';
import type { ContextPlaces, ReadContext } from './contexts.ts';
import { diagnose, emptyDiagnosis, passedDiagnosis } from './diagnosis.ts';
import type { LinkState } from './link-state.ts';
import type { FromThread, LocalAccess } from './messages.ts';
import {
  checkProfile,
  localProfile,
  secretIds,
  secretsOf,
  withMarks,
  withoutMarks,
  withoutSecrets,
  withSecrets,
} from './profiles.ts';
import { connectingParts, readStoredProfile, secretIdsInUse } from './stored-profiles.ts';
import { serverForDisplay } from './server-url.ts';
import { startThread } from './thread-handle.ts';
import type { ThreadHandle } from './thread-handle.ts';

export interface ConnectionsOptions {
  persistence: { profiles: Document<ProfilesFile> };
  secrets: Secrets;
  /** The budget of all captures: its memory goes to every thread, and what a lost thread held is given back. */
  budget: { readonly buffer: SharedArrayBuffer; reclaim(threadId: number): void };
  log: (level: LogEntry['level'], source: string, text: string) => void;
  /** The file of a connection's thread; a bundle has it elsewhere. */
  threadFile: URL;
  /** Where nats CLI contexts are looked for; this user's folders unless given. */
  contextPlaces?: ContextPlaces;
}

export interface LocalServer extends LocalAccess {
  /** Where the app goes. */
  server: string;
  /** The address that people are shown: where clients go. */
  shown: string;
}

export interface Connections {
  readonly states: State<ConnectionState[]>;
  /** How the local broker is reached; null while it does not run. The connection opens and closes with it. */
  setLocal(local: LocalServer | null): void;
  open(connection: ConnectionId): void;
  close(connection: ConnectionId): void;
  save(profile: Profile): Promise<Profile>;
  remove(connection: ConnectionId): Promise<void>;
  diagnose(profile: Profile, signal?: AbortSignal): Promise<Diagnosis>;
  /** Hands a window's channel to the connection's thread, made when there is none. False: no such connection. */
  attach(connection: ConnectionId, port: MessagePort): boolean;
  /** What these names of the contract are answered with. */
  readonly requests: Pick<
    RequestHandlers,
    | 'connections.save'
    | 'connections.remove'
    | 'connections.open'
    | 'connections.close'
    | 'connections.diagnose'
    | 'contexts.list'
    | 'contexts.import'
  >;
  readonly streams: Pick<StreamHandlers, 'connections.watch' | 'diagnosis.watch'>;
  /** Ends all threads. */
  dispose(): Promise<void>;
}

interface Entry {
  /** Without secrets. */
  profile: Profile;
  /** As windows see it, made once for each change: looking up secrets may ask the system's key store. */
  shown: Profile;
  link: LinkState;
  thread: ThreadHandle | undefined;
  diagnosis: State<Diagnosis>;
  /** Aborts the diagnosis under way. */
  probe: AbortController | undefined;
  /** When the thread crashed last, milliseconds; a thread that cannot live is not started at every pull of a window. */
  crashedAt: number;
}

const respawnMsMin = 1000;

export function createConnections(options: ConnectionsOptions): Connections {
  const { secrets, budget, log, threadFile } = options;
  const document = options.persistence.profiles;
  const entries = new Map<ConnectionId, Entry>();
  const states = createState<ConnectionState[]>([]);
  const ending = new Set<Promise<void>>();

  for (const profile of loadProfiles()) addEntry(profile);
  publish();

  function loadProfiles(): Profile[] {
    const loaded = document.value.profiles.flatMap((stored) => {
      const profile = readStored(stored);
      return profile === undefined ? [] : [profile];
    });
    const others = loaded.filter((profile) => profile.id !== LOCAL_CONNECTION);
    return [loaded.find((profile) => profile.id === LOCAL_CONNECTION) ?? localProfile(), ...others];
  }

  /** One that cannot be read stays in the file, as it is, so that nothing is lost by looking. */
  function readStored(stored: unknown): Profile | undefined {
    try {
      return readStoredProfile(stored);
    } catch (error) {
      const name = (stored as { name?: unknown } | null)?.name;
      log('error', 'connections', `The profile "${String(name)}" cannot be used: ${(error as Error).message}`);
      return undefined;
    }
  }

  function addEntry(profile: Profile): Entry {
    const entry: Entry = {
      profile,
      shown: withMarks(profile, stored),
      link: { phase: 'closed', rate: 0 },
      thread: undefined,
      diagnosis: createState(emptyDiagnosis(profile.servers[0] ?? '')),
      probe: undefined,
      crashedAt: Number.NEGATIVE_INFINITY,
    };
    entries.set(profile.id, entry);
    return entry;
  }

  function entryOf(connection: ConnectionId): Entry {
    const entry = entries.get(connection);
    if (entry !== undefined) return entry;
    throw new BridgeError('no-connection', 'There is no such connection. It may have been removed meanwhile.');
  }

  function stored(id: string): boolean {
    return secrets.get(id) !== undefined;
  }

  function complete(profile: Profile): Profile {
    return withSecrets(profile, (id) => secrets.get(id));
  }

  function stateOf({ shown: profile, link }: Entry): ConnectionState {
    const { account: _account, remote: _remote, encrypted: _encrypted, ...shown } = link;
    return { ...shown, id: profile.id, profile };
  }

  function publish(): void {
    states.set([...entries.values()].map(stateOf));
  }

  async function saveProfiles(imported = document.value.imported): Promise<void> {
    const unreadable = document.value.profiles.filter((kept) => {
      const id = (kept as { id?: unknown } | null)?.id;
      return !entries.has(String(id)) && !removed.has(String(id));
    });
    const known = [...entries.values()].map((entry) => entry.profile);
    await document.save({ profiles: [...known, ...unreadable], imported });
  }
  const removed = new Set<ConnectionId>();
  let local: LocalServer | null = null;

  // ── Threads ───────────────────────────────────────────────────────────────────────────────────────────────────────

  function threadOf(entry: Entry): ThreadHandle {
    if (entry.thread !== undefined) return entry.thread;
    const workerData = { profile: complete(entry.profile), budget: budget.buffer };
    const thread = startThread(threadFile, workerData, `connection ${entry.profile.id}`, {
      message: (message) => {
        if (entry.thread === thread) take(entry, message);
      },
      crashed(reason) {
        if (entry.thread !== thread) return;
        entry.thread = undefined;
        entry.crashedAt = performance.now();
        entry.probe?.abort();
        const problem = `its thread ended (${reason}); what was captured is gone`;
        entry.link = { phase: 'failed', rate: 0, problem };
        log('error', entry.profile.name, `The connection's thread ended: ${reason}. Open the connection again.`);
        publish();
      },
      gone: (threadId) => budget.reclaim(threadId),
    });
    entry.thread = thread;
    if (entry.profile.id === LOCAL_CONNECTION && local !== null) postAccess(thread, local);
    return thread;
  }

  function take(entry: Entry, message: FromThread): void {
    if (message.type === 'log') {
      log(message.level, entry.profile.name, message.text);
      return;
    }
    if (message.type === 'failure') {
      void explain(entry, message.server);
      return;
    }
    const before = entry.link;
    entry.link = message.state;
    if (entry.profile.id === LOCAL_CONNECTION && local !== null && entry.link.server !== undefined) {
      entry.link.server = serverForDisplay(local.shown);
    }
    // What the diagnosis found says more than what the connection saw; it stands until the next attempt tells anew.
    const found = entry.diagnosis.value.failed?.text;
    const waiting = message.state.phase === 'failed' || message.state.phase === 'connecting';
    if (waiting && found !== undefined && message.state.problem !== undefined) entry.link.problem = found;
    if (message.state.phase === 'connected' && before.phase !== 'connected') {
      entry.probe?.abort();
      entry.diagnosis.set(passedDiagnosis(message.state));
    }
    publish();
  }

  /** Walks the steps after a failed attempt, one walk at a time. */
  async function explain(entry: Entry, server: string): Promise<void> {
    if (entry.probe !== undefined) return;
    const probe = new AbortController();
    entry.probe = probe;
    try {
      const diagnosis = await diagnose({
        profile: complete(entry.profile),
        server,
        signal: probe.signal,
        onProgress(progress) {
          if (!probe.signal.aborted) entry.diagnosis.set(progress);
        },
      });
      if (probe.signal.aborted) return;
      entry.diagnosis.set(diagnosis);
      if (diagnosis.failed !== undefined && ['failed', 'reconnecting'].includes(entry.link.phase)) {
        entry.link = { ...entry.link, problem: diagnosis.failed.text };
        publish();
      }
    } finally {
      entry.probe = undefined;
    }
  }

  function postAccess(thread: ThreadHandle, { token, accounts }: LocalServer): void {
    thread.post({ type: 'access', access: { token, accounts } });
  }

  // ── What can be asked ─────────────────────────────────────────────────────────────────────────────────────────────

  function open(connection: ConnectionId): void {
    const entry = entryOf(connection);
    if (entry.thread === undefined) {
      entry.link = { phase: 'connecting', rate: 0, attempt: 1 };
      publish();
    }
    threadOf(entry).post({ type: 'open' });
  }

  function close(connection: ConnectionId): void {
    const entry = entryOf(connection);
    entry.probe?.abort();
    entry.diagnosis.set(emptyDiagnosis(entry.profile.servers[0] ?? '', entry.profile.tls.first));
    if (entry.thread !== undefined) entry.thread.post({ type: 'close' });
    else if (entry.link.phase !== 'closed') {
      entry.link = { phase: 'closed', rate: 0 };
      publish();
    }
  }

  async function save(given: Profile): Promise<Profile> {
    const id = given.id === '' ? randomUUID() : given.id;
    const before = entries.get(id);
    // Marks stand for what is stored, so a field with one is not empty for the rules.
    const checked = checkProfile({ ...given, id });
    if (id === LOCAL_CONNECTION) {
      // Where the local broker listens is the broker's to say.
      checked.servers = before?.profile.servers ?? checked.servers;
      checked.authentication = { method: 'none' };
      checked.tls = {};
    }
    const fresh = secretsOf(checked);
    const profile = withoutSecrets(checked);
    const wanted = new Set(secretIdsInUse(checked));
    for (const [name, value] of fresh) await secrets.set(name, value);
    for (const name of secretIds(profile)) if (!wanted.has(name)) await secrets.delete(name);
    const changed =
      before === undefined || fresh.size > 0 || connectingParts(before.profile) !== connectingParts(profile);
    const entry = before ?? addEntry(profile);
    entry.profile = profile;
    entry.shown = withMarks(profile, stored);
    removed.delete(id);
    await saveProfiles();
    entry.thread?.post({ type: 'profile', profile: complete(profile), reconnect: changed });
    publish();
    return entry.shown;
  }

  async function remove(connection: ConnectionId): Promise<void> {
    if (connection === LOCAL_CONNECTION) {
      throw new BridgeError(
        'local-connection',
        'The connection to the local broker cannot be removed. Close it instead.',
      );
    }
    const entry = entryOf(connection);
    entries.delete(connection);
    removed.add(connection);
    entry.probe?.abort();
    entry.diagnosis.close();
    publish();
    await end(entry);
    for (const name of secretIds(entry.profile)) await secrets.delete(name);
    const { imported } = document.value;
    await saveProfiles(Object.fromEntries(Object.entries(imported).filter(([, id]) => id !== connection)));
  }

  async function end(entry: Entry): Promise<void> {
    const { thread } = entry;
    entry.thread = undefined;
    if (thread === undefined) return;
    const stopped = thread.stop();
    ending.add(stopped);
    await stopped.finally(() => ending.delete(stopped));
  }

  function diagnoseProfile(given: Profile, signal: AbortSignal = new AbortController().signal): Promise<Diagnosis> {
    const checked = checkProfile({ ...given, id: given.id === '' ? 'unsaved' : given.id });
    const profile = withoutMarks(checked, (id) => secrets.get(id));
    return diagnose({ profile, server: profile.servers[0] ?? '', signal });
  }

  function contextOf({ fields: _fields, ...shown }: ReadContext): CliContext {
    const imported = document.value.imported[shown.name];
    return imported !== undefined && entries.has(imported) ? { ...shown, imported } : shown;
  }

  async function importContexts(names: string[]): Promise<{ imported: Profile[]; problems: string[] }> {
    const contexts = await readContexts(options.contextPlaces);
    const made: Profile[] = [];
    const problems: string[] = [];
    for (const name of names) {
      const context = contexts.find((candidate) => candidate.name === name);
      if (context === undefined) {
        problems.push(`There is no context "${name}" any more.`);
        continue;
      }
      try {
        // A context imported again replaces its profile; what it has no word for stays as it was set here.
        const known = document.value.imported[name];
        const before = known === undefined ? undefined : entries.get(known)?.profile;
        const profile = await save(contextProfile(context, before));
        await saveProfiles({ ...document.value.imported, [name]: profile.id });
        made.push(profile);
      } catch (error) {
        problems.push(`${name}: ${(error as Error).message}`);
      }
    }
    return { imported: made, problems };
  }

  return {
    states,
    setLocal(next) {
      const entry = entryOf(LOCAL_CONNECTION);
      const before = local;
      local = next;
      if (next === null) {
        if (before !== null) close(LOCAL_CONNECTION);
        return;
      }
      const moved = entry.profile.servers[0] !== next.server;
      entry.profile = { ...entry.profile, servers: [next.server] };
      entry.shown = { ...entry.shown, servers: [next.shown] };
      if (entry.thread !== undefined) postAccess(entry.thread, next);
      if (moved) entry.thread?.post({ type: 'profile', profile: entry.profile, reconnect: true });
      if (before?.token !== next.token || moved) open(LOCAL_CONNECTION);
      publish();
    },
    open,
    close,
    save,
    remove,
    diagnose: diagnoseProfile,
    attach(connection, port) {
      const entry = entries.get(connection);
      if (entry === undefined) return false;
      if (entry.thread === undefined && performance.now() - entry.crashedAt < respawnMsMin) return false;
      threadOf(entry).attach(port);
      return true;
    },
    requests: {
      'connections.save': ({ profile }) => save(profile),
      'connections.remove': ({ connection }) => remove(connection).then(() => ({})),
      'connections.open': ({ connection }) => {
        open(connection);
        return {};
      },
      'connections.close': ({ connection }) => {
        close(connection);
        return {};
      },
      'connections.diagnose': ({ profile }, { signal }) => diagnoseProfile(profile, signal),
      'contexts.list': async () => (await readContexts(options.contextPlaces)).map(contextOf),
      'contexts.import': ({ names }) => importContexts(names),
    },
    streams: {
      'connections.watch': (_params, { signal }) => states.watch(signal),
      'diagnosis.watch': ({ connection }, { signal }) => entryOf(connection).diagnosis.watch(signal),
    },
    async dispose() {
      for (const entry of entries.values()) {
        entry.probe?.abort();
        entry.diagnosis.close();
        void end(entry);
      }
      await Promise.all(ending);
      states.close();
    },
  };
}
