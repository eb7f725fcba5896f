/** Outlines of the kind marks in a 24 x 24 box. One path each, because they stand in every row and change in place. */
export const kindMarks = {
  publish: 'M15.5 12a3.5 3.5 0 1 1-7 0a3.5 3.5 0 1 1 7 0z',
  request: 'M7 7h10v10M7 17L17 7',
  reply: 'M17 17H7V7M17 7L7 17',
  jetstream: 'M12 2.5L21.5 7.2L12 12L2.5 7.2zM2.5 12L12 16.8L21.5 12M2.5 16.8L12 21.5L21.5 16.8',
  slow: 'M22 12a10 10 0 1 1-20 0a10 10 0 1 1 20 0zM12 6v6l4 2',
  error: 'M18 6L6 18M6 6l12 12',
} as const;

export type KindMark = keyof typeof kindMarks;
