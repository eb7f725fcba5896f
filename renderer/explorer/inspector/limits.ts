/** Maximums of the inspector, with their units. */
export const inspectorLimits = {
  /** What is fetched of a payload without being asked. */
  payloadBytesFirst: 64 * 1024,
  /** What is fetched when all is asked for: the most that a server lets through. */
  payloadBytesMax: 64 * 1024 * 1024,
  /** How often the newest message of a followed subject is looked for. */
  followMs: 200,
  historyRowsPage: 200,
  historyMs: 500,
} as const;
