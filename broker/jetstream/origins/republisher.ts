import type { StoredMessage } from '../../store/message-log.ts';
import { SubjectTransform } from '../../subject/transform.ts';
import { isValidPublishSubject } from '../../subject/validity.ts';
import { headersOf, payloadOf, subjectOf, withHeaders } from '../stream/message-text.ts';
import type { Stream } from '../stream/stream.ts';
import type { RepublishConfig } from '../stream/stream-config.ts';
import { timeText } from '../time-text.ts';

const NOTHING = new Uint8Array(0);

/** Publishes what a stream has taken, once it is safe, under another subject, for whoever wants no consumer. */
export class Republisher {
  readonly #stream: Stream;
  readonly #transform: SubjectTransform;
  readonly #headersOnly: boolean;

  constructor(stream: Stream, { src, dest, headers_only }: RepublishConfig) {
    this.#stream = stream;
    this.#transform = new SubjectTransform(src ?? '', dest);
    this.#headersOnly = headers_only === true;
  }

  /** Messages with these sequences are safe. Limits were not kept yet, so that what was there before is there still. */
  republish(first: number, last: number): void {
    const { log } = this.#stream;
    for (let at = log.next(first); at !== 0 && at <= last; at = log.next(at + 1)) {
      const message = log.read(at);
      if (message !== undefined) this.#publish(message);
    }
  }

  #publish(message: StoredMessage): void {
    const { log, name, sender, host } = this.#stream;
    const { sequence, subject: number } = message;
    const subject = subjectOf(message);
    const to = this.#transform.match(subject);
    if (to === undefined) return;
    if (!isValidPublishSubject(to)) {
      const { account, jetStream } = host;
      jetStream.around.log(
        'warn',
        `Stream '${account.name} > ${name}' suppressing republish with invalid subject ${JSON.stringify(to)}`,
      );
      return;
    }
    const payload = payloadOf(message);
    const more: [string, string][] = [
      ['Nats-Stream', name],
      ['Nats-Subject', subject],
      ['Nats-Sequence', String(sequence)],
      ['Nats-Time-Stamp', timeText(message)],
      ['Nats-Last-Sequence', String(sequence === 1 ? 0 : log.lastOf(number, sequence - 1))],
    ];
    if (this.#headersOnly) more.push(['Nats-Msg-Size', String(payload.length)]);
    const block = Buffer.from(withHeaders(headersOf(message), more), 'latin1');
    // Whoever gets it may be a stream, and the bytes are good only until some log is changed.
    sender.send(to, '', block, this.#headersOnly ? NOTHING : payload.slice());
  }
}
