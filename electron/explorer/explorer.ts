/**
 * The explorer of one connection: everything behind `explorer.*`, `subscriptions.*`, `publish.run`, `request.run` and
 * `responders.*` of the contract. It lives in the thread of its connection and knows neither window nor socket.
 *
 * The way of one message:
 *
 *   link                 a RawMessage, views of the socket's buffer, at the callback of one subscription
 *   subscriptions.ts     is this the copy that is kept, another one, or an excluded subject? (a cached route per subject)
 *   recording.ts         received; time in µs; hash of the subject → node of the census; kind and status from the bytes
 *   census.ts            counts, bytes, rate bars and last time, up the path of the subject
 *   capture.ts           reply, headers and payload into a slab, a row into the columns, linked to the row before it on
 *                        its subject; when the shared budget is full the oldest slab goes first and is counted
 *   …                    here it rests, as bytes; nothing was decoded, no object or string was made for it
 *   `explorer.pull`      a window asks for the rows that it draws
 *   view.ts              looks at what came since with its filter (≤ 5 ms) and knows the rows in order
 *   drawing.ts           decodes these rows: subject, first scalars, what changed against the row before
 *   bridge               a screenful of plain data
 */

import type { ConnectionRequests, ConnectionStreams, PullParams, PullResult, ViewOptions } from '../bridge/contract.ts';
import type { RequestHandlers, StreamHandlers } from '../bridge/router.ts';
import type { Link } from '../link.ts';
import type { BudgetShare } from './budget.ts';
import type { Clock } from './clock.ts';
import { FLAG_FOLD, FLAG_PINNED } from './census.ts';
import { drawListRow, drawMessage, drawTreeRow } from './drawing.ts';
import { checkRange, ExplorerError } from './errors.ts';
import { explorerLimits } from './limits.ts';
import type { ExplorerLimits } from './limits.ts';
import { publish } from './publish.ts';
import { Recording } from './recording.ts';
import { Requests as PersonRequests } from './request.ts';
import { Responders } from './responders.ts';
import { searchSubjects } from './search.ts';
import { hashBytes, hashStart, subjectBytes, subjectText } from './subject-bytes.ts';
import { Subscriptions } from './subscriptions.ts';
import { View } from './view.ts';

type Requests = Pick<RequestHandlers, keyof ConnectionRequests>;
type Streams = Pick<StreamHandlers, keyof ConnectionStreams>;

/** A view that was not pulled for so long is hidden; its scan rests. */
const WATCHED_MICROSECONDS = 2_000_000;

export interface ExplorerOptions {
  link: Link;
  clock: Clock;
  /** From `attachBudget`. The explorer detaches it when it is disposed of. */
  budget: BudgetShare;
  /** Subjects that are subscribed to at once. */
  subscribe?: readonly string[];
  /** Subjects that are received but not kept. */
  exclude?: readonly string[];
  /** The connection is an observer of its broker (`Broker.observe`): only its queue groups count as responders. */
  observer?: boolean;
  limits?: Partial<ExplorerLimits>;
}

export interface Explorer {
  readonly requests: Requests;
  readonly streams: Streams;
  /** Messages a second received now, for the state of the connection. */
  readonly rate: number;
  dispose(): void;
}

export function createExplorer(options: ExplorerOptions): Explorer {
  const { link, clock, budget } = options;
  const limits: ExplorerLimits = { ...explorerLimits, ...options.limits };
  const views = new Map<number, View>();
  /** Branches that were open when the capture was cleared, by view; they open again when they are back. */
  const reopening = new Map<View, Set<string>>();
  let lastView = 0;
  let disposed = false;

  const recording: Recording = new Recording(budget, clock, limits, {
    route: (node, subject, account) => subscriptions.route(node, subject, account),
    accounts: () => link.accounts,
    added(node, parent) {
      for (const view of views.values()) {
        view.outline.added(parent);
        if (reopening.size !== 0) reopen(view, parent);
      }
    },
  });
  const subscriptions: Subscriptions = new Subscriptions(
    link,
    clock,
    () => recording.census,
    limits,
    (entry, message) => {
      if (message.headers.length !== 0) personRequests.offer(message);
      recording.take(entry, message);
    },
  );
  const personRequests = new PersonRequests(link, clock, limits);
  const responders = new Responders(link, clock, limits, options.observer ?? false);

  function reopen(view: View, branch: number): void {
    const open = reopening.get(view);
    if (branch === 0 || open === undefined) return;
    if (open.delete(placeOf(branch))) view.outline.set(branch, true, false);
  }

  /** What names a branch over a clearing: its account and its subject. */
  function placeOf(branch: number): string {
    const { census } = recording;
    return `${census.account[branch]!} ${subjectText(census.subjectOf(branch))}`;
  }

  /** Number of an account by its name; 0 for none in particular. */
  function accountOf(name: string | undefined): number {
    if (name === undefined) return 0;
    const index = link.accounts.findIndex((account) => account.name === name && !account.gone);
    if (index >= 0) return index + 1;
    throw new ExplorerError('unknown-account', `There is no account "${name}" on this connection any more.`);
  }

  const endAccounts = link.onAccounts(() => {
    recording.rootAccounts();
    for (const view of views.values()) view.outline.accountsChanged();
  });

  function viewOf(id: number): View {
    const view = views.get(id);
    if (view === undefined) throw new ExplorerError('unknown-view', 'This view was closed; open it anew.');
    return view;
  }

  function nodeOf(id: number): number {
    const node = recording.nodeOf(id);
    if (node < 0) throw new ExplorerError('unknown-node', 'This subject is not in the tree any more; choose another.');
    return node;
  }

  /** The node of a subject, 0 when there is none; of any account unless one is named. */
  function findNode(subject: string, account: string | undefined): number {
    const bytes = subjectBytes(subject);
    const named = accountOf(account);
    const numbers = named !== 0 || link.accounts.length === 0 ? [named] : link.accounts.map((_, index) => index + 1);
    for (const number of numbers) {
      const hash = hashBytes(bytes, bytes.length, hashStart(number));
      const node = recording.census.find(bytes, bytes.length, hash, number);
      if (node !== 0) return node;
    }
    return 0;
  }

  function setView(view: View, change: Partial<ViewOptions>): void {
    view.set(change.scope === undefined ? change : { ...change, scope: nodeOf(change.scope) });
  }

  function closeView(id: number): void {
    const view = views.get(id);
    if (view === undefined) return;
    view.dispose();
    views.delete(id);
    reopening.delete(view);
  }

  // ── Work between pulls ────────────────────────────────────────────────────────────────────────────────────────────

  let cancelScan: (() => void) | null = null;
  function scanLater(): void {
    if (cancelScan !== null || disposed) return;
    cancelScan = clock.later(limits.sliceGapMilliseconds, () => {
      cancelScan = null;
      const now = clock.now();
      const busy = Array.from(views.values()).filter(
        (view) => view.scanning && now - view.pulledAt < WATCHED_MICROSECONDS,
      );
      for (const view of busy) view.scan(clock.now() + limits.sliceMicroseconds / busy.length);
      if (busy.length !== 0) scanLater();
    });
  }

  let cancelTrim = (): void => {};
  function trimLater(): void {
    cancelTrim = clock.later(limits.trimMilliseconds, () => {
      recording.capture.trim();
      trimLater();
    });
  }
  trimLater();

  // ── Pulling ───────────────────────────────────────────────────────────────────────────────────────────────────────

  function pullTree(view: View, wanted: NonNullable<PullParams['tree']>): PullResult['tree'] {
    const now = view.shownTime;
    const nodes = view.outline.rows(now);
    const first = Math.max(0, Math.min(wanted.first, nodes.length));
    const rows = [];
    for (const node of nodes.subarray(first, first + Math.min(wanted.count, limits.pullRowsMax))) {
      rows.push(drawTreeRow(recording, view.outline, node, now));
    }
    return { total: nodes.length, first, rows };
  }

  function pullList(view: View, wanted: NonNullable<PullParams['list']>): PullResult['list'] {
    const { total, gone } = view;
    const count = Math.min(wanted.count, limits.pullRowsMax);
    const shift = wanted.gone === undefined ? 0 : gone - wanted.gone;
    const first = wanted.tail ? Math.max(0, total - count) : Math.max(0, Math.min(wanted.first - shift, total));
    const rows = [];
    for (let index = first; index < Math.min(total, first + count); index++) {
      rows.push(drawListRow(recording, view.at(index), view.outline));
    }
    return { total, first, rows, gone };
  }

  function pull(params: PullParams): PullResult {
    const view = viewOf(params.view);
    view.pulledAt = clock.now();
    recording.capture.trim();
    view.scan(clock.now() + limits.sliceMicroseconds);
    if (view.scanning) scanLater();
    const { fault } = view;
    return {
      tree: params.tree === null ? null : pullTree(view, params.tree),
      list: params.list === null ? null : pullList(view, params.list),
      counters: recording.counters(),
      filter: !view.filtered
        ? null
        : {
            hits: fault === null ? view.total : 0,
            of: view.looked,
            scanning: view.scanning,
            ...(fault === null ? {} : { error: fault }),
          },
      subscriptions: subscriptions.list(),
      accounts: link.accounts.filter(({ gone }) => !gone).map(({ name, system }) => ({ name, system })),
      newest: recording.capture.newest,
    };
  }

  function history(id: number, before: number, limit: number): number[] {
    const { capture, census } = recording;
    checkRange('limit', limit, 1, limits.historyRowsMax);
    const node = nodeOf(id);
    const rows: number[] = [];
    if (census.get(node, FLAG_FOLD)) {
      // Messages of subjects without a node are not linked.
      for (
        let at = (before === 0 ? capture.newest + 1 : before) - 1;
        at >= capture.first && rows.length < limit;
        at--
      ) {
        if (capture.has(at) && capture.chunkOf(at).node[capture.rowOf(at)] === node) rows.push(at);
      }
      return rows;
    }
    let at = census.lastSequence[node]!;
    if (before !== 0 && capture.has(before) && capture.chunkOf(before).node[capture.rowOf(before)] === node)
      at = before;
    for (; at !== 0 && capture.has(at) && rows.length < limit; at = capture.previous(at)) {
      if (before === 0 || at < before) rows.push(at);
    }
    return rows;
  }

  function clear(): void {
    for (const view of views.values()) {
      const open = new Set(Array.from(view.outline.openNodes(), placeOf));
      for (const subject of reopening.get(view) ?? []) open.add(subject);
      reopening.set(view, open);
    }
    recording.clear();
    subscriptions.clear();
    for (const view of views.values()) view.reset(recording);
  }

  const requests: Requests = {
    'explorer.view.open'(params, { session }) {
      if (views.size >= limits.viewsMax) {
        throw new ExplorerError('too-many', `${limits.viewsMax} views are open on this connection; close some.`);
      }
      const view = new View(recording);
      const { scope, filter, sort, pausedAt } = params;
      setView(view, { scope, filter, sort, pausedAt });
      const id = ++lastView;
      views.set(id, view);
      session.signal.addEventListener('abort', () => closeView(id), { once: true, signal: view.ended });
      return { view: id };
    },
    'explorer.view.set'(params) {
      setView(viewOf(params.view), params.options);
      return {};
    },
    'explorer.view.close'(params) {
      closeView(params.view);
      return {};
    },
    'explorer.pull': pull,
    'explorer.tree.expand'(params) {
      viewOf(params.view).outline.set(nodeOf(params.node), params.open, params.deep);
      return {};
    },
    'explorer.tree.reveal'(params) {
      const view = viewOf(params.view);
      const node = findNode(params.subject, params.account);
      if (node === 0) return null;
      view.outline.reveal(node);
      const index = view.outline.rows(view.shownTime).indexOf(node);
      return index < 0 ? null : { index, node: recording.idOf(node) };
    },
    'explorer.tree.pin'(params) {
      recording.census.set(nodeOf(params.node), FLAG_PINNED, params.pinned);
      return {};
    },
    'explorer.search'(params) {
      checkRange('limit', params.limit, 1, limits.searchResultsMax);
      return searchSubjects(recording, params.text, params.limit);
    },
    'explorer.message'(params) {
      checkRange('payloadBytesMax', params.payloadBytesMax, 0, Number.MAX_SAFE_INTEGER);
      if (!recording.capture.has(params.sequence)) return null;
      return drawMessage(recording, params.sequence, params.payloadBytesMax);
    },
    'explorer.list.index'(params) {
      const index = viewOf(params.view).indexOf(params.sequence);
      return index === null ? null : { index };
    },
    'explorer.latest'(params) {
      const sequence = recording.census.lastSequence[nodeOf(params.node)]!;
      return recording.capture.has(sequence) ? { sequence } : null;
    },
    'explorer.history'(params) {
      return history(params.node, params.before, params.limit).map((sequence) => drawListRow(recording, sequence));
    },
    'explorer.clear'() {
      clear();
      return {};
    },
    'subscriptions.add': ({ subject, queue, exclude, account }) =>
      subscriptions.add(subject, queue, exclude, accountOf(account)),
    'subscriptions.mute'(params) {
      subscriptions.mute(params.id, params.muted);
      return {};
    },
    'subscriptions.remove'(params) {
      subscriptions.remove(params.id);
      return {};
    },
    'responders.add': (params) => responders.add(params, accountOf(params.account)),
    'responders.remove'(params) {
      responders.remove(params.id);
      return {};
    },
  };

  const streams: Streams = {
    'publish.run': (params, { signal }) => publish(link, clock, limits, params, accountOf(params.account), signal),
    'request.run': (params, { signal }) => personRequests.run(params, accountOf(params.account), signal),
    'responders.watch': (_params, { signal }) => responders.watch(signal),
  };

  for (const subject of options.exclude ?? []) subscriptions.add(subject, undefined, true);
  for (const subject of options.subscribe ?? []) subscriptions.add(subject, undefined, false);

  return {
    requests,
    streams,
    get rate() {
      return recording.counters().rate;
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      endAccounts();
      cancelTrim();
      cancelScan?.();
      personRequests.dispose();
      responders.dispose();
      subscriptions.dispose();
      for (const view of views.values()) view.dispose();
      views.clear();
      recording.clear();
      budget.detach();
    },
  };
}
