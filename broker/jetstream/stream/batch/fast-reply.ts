/** What the reply subject of a message of a fast batch says: `<inbox>.<id>.<flow>.<gap>.<sequence>.<operation>.$FI` (ADR-50). */
export interface FastReply {
  readonly id: string;
  /** From 1. */
  readonly sequence: number;
  /** Messages that there is to be an acknowledgement for at least, 1 to 65,535. */
  readonly flow: number;
  /** Messages may be missing. */
  readonly gapOk: boolean;
  readonly ping: boolean;
  readonly commit: boolean;
  /** The message only ends the batch and is not stored. */
  readonly atEnd: boolean;
}

export const FAST_SUFFIX = '.$FI';
const FLOW_DEFAULT = 10;
const FLOW_MAX = 65_535;
const SEQUENCE_MAX = 2n ** 64n - 1n;

const START = 0;
const APPEND = 1;
const COMMIT = 2;
const COMMIT_AT_END = 3;
const PING = 4;

/** Undefined: the message is none of a fast batch. `invalid`: it says that it is, and makes no sense. */
export function readFastReply(reply: string): FastReply | 'invalid' | undefined {
  if (reply.length <= FAST_SUFFIX.length || !reply.endsWith(FAST_SUFFIX)) return undefined;
  const tokens = reply.slice(0, -FAST_SUFFIX.length).split('.');
  // An inbox has to stand in front.
  if (tokens.length < 6) return 'invalid';
  const [id = '', flowText = '', gap = '', sequenceText = '', operationText = ''] = tokens.slice(-5);
  const operation = /^\d{1,9}$/.test(operationText) ? Number(operationText) : -1;
  if (operation < START || operation > PING) return 'invalid';
  if (!/^\d{1,40}$/.test(sequenceText)) return 'invalid';
  const exact = BigInt(sequenceText);
  if (exact === 0n || exact >= SEQUENCE_MAX) return 'invalid';
  const sequence = Number(exact);
  const atEnd = operation === COMMIT_AT_END;
  if (sequence === 1 && (atEnd || operation === APPEND)) return 'invalid';
  if (sequence !== 1 && operation === START) return 'invalid';
  if (gap !== 'fail' && gap !== 'ok') return 'invalid';
  const asked = /^\d{1,40}$/.test(flowText) ? Number(flowText) : 0;
  const flow = asked <= 0 ? FLOW_DEFAULT : Math.min(asked, FLOW_MAX);
  return {
    id,
    sequence,
    flow,
    gapOk: gap === 'ok',
    ping: operation === PING,
    commit: atEnd || operation === COMMIT,
    atEnd,
  };
}
