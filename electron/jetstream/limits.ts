/** Every maximum of the views of JetStream, the unit in the name. */

/** Entries of a page, as nats-server sends them at most. */
export const listPagesMax = 400;
/** A list is looked at anew no sooner than this. */
export const lookMsMin = 1000;
/** And takes no more than this part of the time there is, so that a slow server is not asked without pause. */
export const lookShare = 0.1;
/** Pages that are asked for in a second. */
export const lookPagesPerSecond = 4;
/** How long an answer waits for a look that is under way before it gives what was seen last. */
export const lookPatienceMs = 400;
/** Looks that nobody asked for are forgotten. */
export const lookIdleMs = 60_000;

/** Messages of one batch of direct gets, and their bytes. */
export const batchMessagesMax = 2000;
export const batchBytesMax = 4 * 1024 * 1024;
/** Messages that are asked for one by one at the same time, where a server has no batches. */
export const singleGetsMax = 16;

/** Rows that are kept so that scrolling back asks nothing. */
export const rowsKeptMax = 20_000;
/** Deleted sequences that are listed; beyond, each is found missing when it is looked at. */
export const deletedListedMax = 250_000;
/** Subjects that are listed. */
export const subjectsMax = 500_000;
/** How long a list of subjects counts. */
export const subjectsMsMax = 5000;

/** How often a search tells what it found. */
export const findTellMs = 100;
/** Bytes of a payload that a search for text looks at. */
export const findPayloadBytesMax = 8 * 1024 * 1024;

export const advisoriesMax = 2000;
/** Advisories of one turn come together. */
export const advisoriesTellMs = 200;

/** Messages of the lab that can still be answered. */
export const labMessagesMax = 10_000;
/** A server that ends no pull is not waited for longer than this behind its time. */
export const labGraceMs = 2000;

/** Acknowledgements are watched until nobody asked for so long. */
export const watchIdleMs = 15_000;
/** How long what was read of messages that are out counts; one that is deleted meanwhile is shown for so long. */
export const placedMsMax = 5000;
/** Sequences whose acknowledgements are remembered. */
export const watchSequencesMax = 100_000;

/** Bytes of a part of a backup, as the server sends it and as it is sent back; below every `max_payload` in use. */
export const backupChunkBytes = 128 * 1024;
/** A backup of which nothing came for so long has ended. A server that reads a slow disk needs some time. */
export const backupSilenceMs = 60_000;
/** Parts of a restore under way at once, so that the way there and back does not count. */
export const restorePartsAhead = 8;
/** How long a server may take to make the stream once all of it is there. */
export const restoreEndMs = 600_000;
/** A window that sends nothing more for so long does not mean to; the server gives up sooner. */
export const restoreIdleMs = 60_000;
export const restoresMax = 8;

/** Lines of an export that make one item. */
export const exportPartBytes = 512 * 1024;
