const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What clients said, in bytes a character each, as people read it; what is no UTF-8 stays as it is. */
export function shownText(latin1: string): string {
  // Most of it is ASCII, which is the same both ways.
  if (!/[\x80-\xff]/.test(latin1)) return latin1;
  try {
    return utf8.decode(Buffer.from(latin1, 'latin1'));
  } catch {
    return latin1;
  }
}
