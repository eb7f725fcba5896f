/** Every maximum and every period of the explorer, with its unit in the name. Tests pass smaller ones. */

export interface ExplorerLimits {
  /** Size of one slab of message bytes, unless the budget is small or one message is larger. */
  slabBytesMax: number;
  slabBytesMin: number;
  /** A slab is about this part of the budget, so that one eviction takes little of the history. */
  slabsPerBudget: number;
  /** Rows of one column chunk. A power of two. */
  rowsPerChunk: number;
  /** Nodes of the subject tree, of all connections each. Subjects beyond are counted in the `…` child of their branch. */
  nodesMax: number;
  /** The tree takes at most this part of the budget, which lowers `nodesMax` when the budget is small. */
  nodesPerBudgetPart: number;
  /** Children of one branch that are inboxes or other addresses of one use. */
  inboxChildrenMax: number;
  /** The same right below an inbox prefix, where each child is a client. */
  inboxClientsMax: number;
  /** Rows to either side that are looked through for others of a subject which the tree does not name. */
  foldedNeighboursMax: number;
  /** Last values kept for subjects whose messages were all evicted, as a part of the budget. */
  lastValuesBudgetPart: number;
  /** Payload bytes kept of one such last value; larger values are summed up before they go. */
  lastValueBytesMax: number;
  /** A scan of the history stops after this long and goes on later. */
  sliceMicroseconds: number;
  /** Time between two slices of a scan that goes on in the background. */
  sliceGapMilliseconds: number;
  /** What a regular expression may take for one slice before the filter is switched off. */
  regexMilliseconds: number;
  /** Bytes of one message that a filter looks at. */
  filterBytesMax: number;
  filterTextMax: number;
  /** How often a tree that is sorted by rate, count or last is sorted again. */
  resortMicroseconds: number;
  /** How often captures that hold too much are trimmed when nothing arrives. */
  trimMilliseconds: number;
  viewsMax: number;
  /** Rows of one pull of one pane; the window draws far fewer. */
  pullRowsMax: number;
  historyRowsMax: number;
  searchResultsMax: number;
  subscriptionsMax: number;
  respondersMax: number;
  /** Answers of one responder that wait for their delay. */
  responderWaitingMax: number;
  /** Publishing waits while more than this is on its way to the kernel. */
  publishPendingBytesMax: number;
  /** Publishing gives way to everything else in the thread after this long. */
  publishSliceMicroseconds: number;
  progressMilliseconds: number;
  /** Replies of one request that wait for a slow window; those beyond are counted in its `end` only. */
  repliesWaitingMax: number;
  repliesWaitingBytesMax: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

export const explorerLimits: Readonly<ExplorerLimits> = {
  slabBytesMax: 4 * MIB,
  slabBytesMin: 64 * KIB,
  slabsPerBudget: 64,
  rowsPerChunk: 8192,
  nodesMax: 200_000,
  nodesPerBudgetPart: 1 / 4,
  inboxChildrenMax: 64,
  inboxClientsMax: 1024,
  foldedNeighboursMax: 20_000,
  lastValuesBudgetPart: 1 / 8,
  lastValueBytesMax: 4 * KIB,
  sliceMicroseconds: 5000,
  sliceGapMilliseconds: 5,
  regexMilliseconds: 250,
  filterBytesMax: MIB,
  filterTextMax: 4096,
  resortMicroseconds: 2_000_000,
  trimMilliseconds: 250,
  viewsMax: 64,
  pullRowsMax: 1000,
  historyRowsMax: 1000,
  searchResultsMax: 1000,
  subscriptionsMax: 1000,
  respondersMax: 100,
  responderWaitingMax: 10_000,
  publishPendingBytesMax: MIB,
  publishSliceMicroseconds: 4000,
  progressMilliseconds: 100,
  repliesWaitingMax: 10_000,
  repliesWaitingBytesMax: 16 * MIB,
};
