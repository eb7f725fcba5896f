/** Every maximum of the bridge, the unit in the name. */

/** A frame carries one payload at most; nats-server's own ceiling for `max_payload` is 64 MiB. */
export const frameBytesMax = 72 * 1024 * 1024;

/** A connection id in a frame's header; its length is one byte. */
export const routeBytesMax = 255;

/** Requests and streams that one window may have open at once. A healthy window has a dozen. */
export const callsMax = 4096;

/** Items that a stream may send before the window has taken any. */
export const streamCreditItems = 8;

/** Credit that a window may give at once. */
export const creditItemsMax = 65_536;

/** Entries of an array or of a map in a frame. */
export const entriesMax = 1_000_000;
