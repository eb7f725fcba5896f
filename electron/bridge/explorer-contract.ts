/** The explorer over the bridge: subjects, messages, filters, and what is subscribed to. */

import type { Subscription } from './connections-contract.ts';
import type { ChangedField, ConnectionId, None, On } from './contract-base.ts';

export type ViewId = number;
/** Stable for the life of a connection's capture. */
export type NodeId = number;

/** The root of the subject tree: everything. */
export const ROOT_NODE: NodeId = 0;

export type FilterMode = 'text' | 'regex' | 'expression';

export interface DisplayFilter {
  mode: FilterMode;
  text: string;
}

export type MessageKind = 'publish' | 'request' | 'reply' | 'jetstream' | 'error';

export interface TreeRow {
  node: NodeId;
  depth: number;
  /** Token, bytes that are no UTF-8 shown as `\xHH`. */
  label: string;
  /** Whole subject of a leaf, or the prefix of a branch, without a trailing dot. Empty for the row of an account. */
  subject: string;
  /** Account of the subject, on connections that are in several. */
  account?: string;
  /** The row of an account itself: of applications, or the one in which the server speaks of itself. */
  root?: 'account' | 'system';
  branch: boolean;
  expanded: boolean;
  /** Subjects at or below this node that carried a message. */
  subjects: number;
  count: number;
  bytes: number;
  rate: number;
  /** Time of the last message at or below this node. */
  last: number;
  /** Kind of the last message at this very node. */
  kind: MessageKind;
  /** Messages in the last 60 s, 20 bars of 3 s, oldest first, scaled 0 … 255 to the row's own highest bar. */
  spark: Uint8Array;
  /** Scalars of the last value of this very node, changed ones first. Empty for a branch without messages of its own. */
  fields: ChangedField[];
  /** Grows when `fields` changes; the window blinks the cell when it does. */
  version: number;
  pinned: boolean;
  /**
   * Messages at or below this node on subjects that the tree does not name, as inboxes are and what is beyond its limit:
   * they are counted at a child whose label is `…`. Absent when there are none.
   */
  folded?: number;
}

export interface ListRow {
  /** Capture sequence: stable, from 1, gapless in order of receipt. */
  sequence: number;
  time: number;
  node: NodeId;
  subject: string;
  /** Its account, where accounts have rows in the tree. */
  account?: string;
  kind: MessageKind;
  fields: ChangedField[];
  /** Headers and payload, bytes. */
  size: number;
  /** Status code of a message that carries one (`503` no responders), else 0. */
  status: number;
}

export interface Counters {
  /** `received = kept + evicted + dropped + excluded`, always. */
  received: number;
  kept: number;
  evicted: number;
  dropped: number;
  excluded: number;
  receivedBytes: number;
  /** Bytes that this capture holds, and the budget of all captures together and what they hold. */
  captureBytes: number;
  budgetBytes: number;
  budgetUsedBytes: number;
  /** Rate of all that is received now. */
  rate: number;
}

export type TreeSort = 'name' | 'rate' | 'count' | 'last';

export interface ViewOptions {
  /** Subtree that the list shows; `ROOT_NODE` for all. */
  scope: NodeId;
  filter: DisplayFilter | null;
  sort: TreeSort;
  /** Freeze at this sequence; null when live. */
  pausedAt: number | null;
}

export interface PullParams {
  connection: ConnectionId;
  view: ViewId;
  /** Rows of the tree that will be drawn, by index among the visible rows. */
  tree: { first: number; count: number } | null;
  /** Rows of the list that will be drawn: the last `count` when `tail`, else `count` from the index `first`. */
  list: {
    first: number;
    count: number;
    tail: boolean;
    /** `gone` that `first` counts from, of an earlier answer: the core takes off what went since. Absent: as of now. */
    gone?: number;
  } | null;
}

export interface PullResult {
  tree: { total: number; first: number; rows: TreeRow[] } | null;
  list: {
    /** Rows in scope and filter that are kept now. */
    total: number;
    first: number;
    rows: ListRow[];
    /** Rows that went before the first one that is kept, so `gone + index` is a stable position. */
    gone: number;
  } | null;
  counters: Counters;
  filter: {
    /** Messages that pass, of those kept. While a scan goes on, of those looked at. */
    hits: number;
    of: number;
    scanning: boolean;
    /** Why the filter cannot be used, and the column (from 1) where that was noticed. */
    error?: { text: string; column: number };
  } | null;
  subscriptions: Subscription[];
  /** Accounts that the connection is in, the first one first; empty where it is in one that is not named. */
  accounts: AccountName[];
  /** Sequence of the newest message, for pause. */
  newest: number;
}

export interface AccountName {
  name: string;
  /** The server speaks of itself in it. */
  system: boolean;
}

export interface MessageDetail {
  sequence: number;
  time: number;
  subject: string;
  /** On connections that are in several accounts. */
  account?: string;
  /** The bytes of the subject as they came, when they are no UTF-8. */
  subjectBytes?: Uint8Array;
  reply: string | null;
  kind: MessageKind;
  status: number;
  statusText: string;
  headers: { name: string; value: string }[];
  /** Why the header block could not be read; `headers` then holds what could. */
  headersError?: string;
  headerBytes: number;
  /** Whole payload, or its first `payloadBytesMax` bytes when it is longer. */
  payload: Uint8Array;
  payloadBytes: number;
  /** Microseconds since the previous kept message on this subject; null when there is none. */
  gap: number | null;
  /** Capture sequences of the neighbours on the same subject that are kept. */
  previous: number | null;
  next: number | null;
  /** Messages on the same subject, of all received. */
  subjectCount: number;
  /** Subscriptions that it was received by. */
  subscription: number;
}

/** Requests that the thread of the connection answers. */
export interface ExplorerRequests {
  'explorer.view.open': { params: On<ViewOptions>; result: { view: ViewId } };
  'explorer.view.set': { params: On<{ view: ViewId; options: Partial<ViewOptions> }>; result: None };
  'explorer.view.close': { params: On<{ view: ViewId }>; result: None };
  'explorer.pull': { params: PullParams; result: PullResult };
  /** Opens or closes a branch; `deep` also everything below it. */
  'explorer.tree.expand': { params: On<{ view: ViewId; node: NodeId; open: boolean; deep: boolean }>; result: None };
  /** Makes a subject's row visible by opening its branches; null when no such subject was seen. */
  'explorer.tree.reveal': {
    params: On<{ view: ViewId; subject: string; account?: string }>;
    result: { index: number; node: NodeId } | null;
  };
  'explorer.tree.pin': { params: On<{ node: NodeId; pinned: boolean }>; result: None };
  /** Subjects that hold `text` (or match it, when it has wildcards), busiest first. */
  'explorer.search': {
    params: On<{ text: string; limit: number }>;
    result: { node: NodeId; subject: string; account?: string; rate: number; count: number }[];
  };
  'explorer.message': {
    params: On<{ sequence: number; payloadBytesMax: number }>;
    /** Null when it is no longer kept. */
    result: MessageDetail | null;
  };
  /** Index of a message in the view's list, null when it is not in it. */
  'explorer.list.index': { params: On<{ view: ViewId; sequence: number }>; result: { index: number } | null };
  /** The newest kept message of exactly this node. */
  'explorer.latest': { params: On<{ node: NodeId }>; result: { sequence: number } | null };
  /** Newest first, at most `limit` kept messages of this node's own subject, from before `before` (0: the newest). */
  'explorer.history': { params: On<{ node: NodeId; before: number; limit: number }>; result: ListRow[] };
  /** Forgets every kept message and the tree; counters start anew. */
  'explorer.clear': { params: On<object>; result: None };
  'subscriptions.add': {
    params: On<{ subject: string; account?: string; queue?: string; exclude: boolean }>;
    result: Subscription;
  };
  'subscriptions.mute': { params: On<{ id: number; muted: boolean }>; result: None };
  'subscriptions.remove': { params: On<{ id: number }>; result: None };
}
