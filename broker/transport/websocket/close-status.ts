import { isUtf8 } from 'node:buffer';
import { CONTROL_BYTES_MAX } from './frames.ts';

const NORMAL = 1000;
const GOING_AWAY = 1001;
export const PROTOCOL_ERROR = 1002;
const INVALID_PAYLOAD = 1007;
const POLICY_VIOLATION = 1008;
const TOO_BIG = 1009;
const INTERNAL_ERROR = 1011;

/** Status of RFC 6455, section 7.4, for the reasons that connz gives. */
const STATUS_OF_REASON: Readonly<Record<string, number>> = {
  'Client Closed': NORMAL,
  'Authentication Timeout': POLICY_VIOLATION,
  'Authentication Failure': POLICY_VIOLATION,
  'Authentication Expired': POLICY_VIOLATION,
  'Credentials Revoked': POLICY_VIOLATION,
  'Missing Account': POLICY_VIOLATION,
  'Slow Consumer (Pending Bytes)': POLICY_VIOLATION,
  'Slow Consumer (Write Deadline)': POLICY_VIOLATION,
  'Maximum Account Connections Exceeded': POLICY_VIOLATION,
  'Maximum Connections Exceeded': POLICY_VIOLATION,
  'Maximum Control Line Exceeded': POLICY_VIOLATION,
  'Maximum Subscriptions Exceeded': POLICY_VIOLATION,
  'Parse Error': PROTOCOL_ERROR,
  'Protocol Violation': PROTOCOL_ERROR,
  'Bad Client Protocol Version': PROTOCOL_ERROR,
  'Maximum Message Payload Exceeded': TOO_BIG,
  'Write Error': GOING_AWAY,
  'Read Error': GOING_AWAY,
  'Stale Connection': GOING_AWAY,
  'Server Shutdown': GOING_AWAY,
};

export function statusOf(reason: string): number {
  return Object.hasOwn(STATUS_OF_REASON, reason) ? (STATUS_OF_REASON[reason] as number) : INTERNAL_ERROR;
}

/** Payload of a close frame; a text that does not fit is cut. */
export function closePayload(status: number, text: string): Buffer {
  const room = CONTROL_BYTES_MAX - 2;
  const bytes = Buffer.from(text, 'utf8');
  const shown = bytes.length > room ? Buffer.concat([bytes.subarray(0, room - 3), Buffer.from('...')]) : bytes;
  return Buffer.concat([Buffer.of(status >> 8, status & 0xff), shown]);
}

/** What a close frame of the client is answered with, or what is wrong with it. */
export function answerToClose(
  payload: Buffer,
): { answer: Buffer; fault?: undefined } | { answer?: undefined; fault: string } {
  if (payload.length === 1) return { fault: 'close frame payload cannot be 1 byte' };
  if (payload.length === 0) return { answer: payload };
  const status = payload.readUInt16BE(0);
  if (!isStatus(status)) return { fault: `invalid close status code ${status}` };
  if (!isUtf8(payload.subarray(2)))
    return { answer: closePayload(INVALID_PAYLOAD, 'invalid utf8 body in close frame') };
  return { answer: payload };
}

/** Whether a status may be sent: 1004 … 1006 and 1015 stand for what is not sent, 1016 … 2999 are kept. */
function isStatus(status: number): boolean {
  if (status === 1004 || status === 1005 || status === 1006 || status === 1015) return false;
  return status >= 1000 && status < 5000 && !(status >= 1016 && status <= 2999);
}
