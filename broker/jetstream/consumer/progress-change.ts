/**
 * What a record holds: one change behind the other, or the whole as it is. What is written in a turn is one record.
 * Sequences are told as differences; runs of messages that are delivered or acked one after the other are one change.
 */
export const Change = {
  time: 1,
  delivered: 2,
  acked: 3,
  ackedUpTo: 4,
  redelivered: 5,
  givenUp: 6,
  touched: 7,
  forgotten: 8,
  whole: 9,
} as const;
