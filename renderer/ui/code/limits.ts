/** Every maximum of the code, diff and byte views. What is over one of them is shown in another way, with a label. */
export const codeLimits = {
  /** A longer document is shown as text: a tree of it would hold millions of lines. */
  jsonBytesMax: 16 * 1024 * 1024,
  /** Tokens scanned before the page gets a turn. About 4 ms. */
  jsonTokensPerSlice: 40_000,
  /** Levels that still move a line to the right. */
  indentLevelsMax: 40,
  /** Characters of one value that are put on its line; the rest is behind its count. */
  valueCharactersMax: 400,
  /** Levels that are compared field by field; what is below is compared as a whole. */
  diffDepthMax: 200,
  /** Lines of both sides together, for a comparison of two texts. */
  diffTextLinesMax: 20_000,
  /** Edits after which two texts count as different altogether. */
  diffTextEditsMax: 4_000,
  diffTextMillisecondsMax: 200,
  /** Bytes of one side for a comparison byte by byte. */
  diffBytesMax: 1024 * 1024,
  /** Read in one go below this, in slices above. */
  readBytesAtOnce: 256 * 1024,
  /** Rows that one long value may take when its line is chosen. */
  valueRowsMax: 2_000,
} as const;
