/** Every maximum and every period of buckets, with its unit in the name. */

/** What nats-server keeps of a key at most, by the rules of the clients. */
export const historyMax = 64;

/** Streams of one page of `STREAM.LIST` and subjects of one page of `STREAM.INFO`, as servers send them. */
export const streamsPerPage = 256;
export const subjectsPerPage = 100_000;

/** Keys of one bucket that a view holds; what is beyond is counted, and found by a narrower filter. */
export const keysMax = 500_000;

/** Subjects that a server takes in one `multi_last` are 1,024; fewer keep an answer short. */
export const lastsPerRequest = 256;
/** Bytes after which a server ends one batch of a direct get. */
export const batchBytesMax = 8 * 1024 * 1024;
/** Requests of single messages under way at once, at servers that have no batches. */
export const singleGetsMax = 32;

/** Bytes of a value that its row shows. */
export const previewBytesMax = 256;
/** Bytes of each value of a history that are sent to the window with the list; more is asked for one by one. */
export const historyBytesMax = 64 * 1024;
/** Bytes of a value that a window gets at once. */
export const valueBytesMax = 64 * 1024 * 1024;

/** Lists of a large account, purges and deletes take a server longer than the five seconds of other requests. */
export const slowRequestMilliseconds = 30_000;

/** How often the list of buckets is asked for while somebody looks at it, and how often the open bucket's own state is. */
export const listMilliseconds = 2000;
/** What is not allowed is asked for less often: a server writes each try into its log. */
export const refusedMilliseconds = 10_000;
export const stateMilliseconds = 2000;
/** Keys that something was published to are read again this much later, all of them together. */
export const refreshMilliseconds = 100;
/** A view that was not pulled for so long is hidden: it counts what comes and reads nothing. */
export const watchedMilliseconds = 3000;
/** A rate is that of the last seconds. */
export const rateSeconds = 5;

export const viewsMax = 32;
export const rowsMax = 1000;

/** Bytes of an upload that were published and not acknowledged. */
export const uploadBytesAhead = 4 * 1024 * 1024;
/** An upload that the window said nothing about for so long is given up. */
export const uploadIdleMilliseconds = 120_000;
export const uploadsMax = 16;
/** Chunks of one batch of a download. */
export const chunksPerBatch = 16;
