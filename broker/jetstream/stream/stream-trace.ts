import { latin1ToText, quoteLatin1 } from '../../base/latin1.ts';
import { TRACE_DESTINATION_HEADER, TRACE_DISABLED } from '../../delivery/trace-headers.ts';
import type { JetStreamStep } from '../../delivery/trace.ts';
import type { ApiError } from '../api-error.ts';
import type { PublishHeaders } from './publish-headers.ts';

/** How far a message that is followed got in a stream: a step of its way. */
export class StreamTrace {
  /** It is looked at as any other, and not stored. */
  readonly only: boolean;
  readonly #step: JetStreamStep;

  constructor(step: JetStreamStep, only: boolean) {
    this.#step = step;
    this.only = only;
  }

  /** It would be stored under that subject; `wanted`: somebody has use for it. */
  admit(subject: string, wanted: boolean): void {
    this.#step.at(latin1ToText(subject), !wanted);
  }

  refuse(error: ApiError, headers: PublishHeaders, lastMessageId: string): void {
    this.#step.fail(latin1ToText(reasonOf(error, headers, lastMessageId)));
  }

  duplicate(): void {
    this.#step.fail('msgid is duplicate');
  }
}

/** The header block for those who get the message from the stream. */
export function withoutTrace(block: string): string {
  const line = `\r\n${TRACE_DESTINATION_HEADER}: ${TRACE_DISABLED}`;
  if (DESTINATION.test(block)) return block.replace(DESTINATION, () => line);
  return `${block.slice(0, -4)}${line}\r\n\r\n`;
}

const DESTINATION = new RegExp(`\\r\\n${TRACE_DESTINATION_HEADER}:[^\\r]*`);

/** Why it was not stored, as nats-server puts it to those who follow it; publishers are told in other words. latin1. */
function reasonOf({ err_code: code, description }: ApiError, headers: PublishHeaders, lastMessageId: string): string {
  switch (code) {
    case 10054:
    case 10097:
      return 'maximum payload exceeded';
    case 10070:
      return `last msgid mismatch: ${quoteLatin1(headers.expectedLastMessageId ?? '')} vs ${quoteLatin1(lastMessageId)}`;
    case 10071:
      return sequenceMismatch(headers, description);
    case 10166:
      return 'message TTL disabled';
    // The stream, its store, or a rollup says it in its own words.
    case 10060:
    case 10077:
    case 10111:
      return description;
    default:
      return `${description} (${code})`;
  }
}

function sequenceMismatch(headers: PublishHeaders, description: string): string {
  const { expectedLastSubjectSequence: ofSubject, expectedLastSequence: ofStream } = headers;
  const actual = /\d+$/.exec(description)?.[0] ?? '0';
  if (ofSubject && ofSubject !== actual && !ofStream)
    return `last sequence by subject mismatch: ${ofSubject} vs ${actual}`;
  return `last sequence mismatch: ${ofStream ?? ''} vs ${actual}`;
}
