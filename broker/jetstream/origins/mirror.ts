import { payloadOf } from '../stream/message-text.ts';
import type { Stream } from '../stream/stream.ts';
import type { StreamSourceConfig } from '../stream/stream-config.ts';
import type { MessagePlace } from '../../store/message-log.ts';
import type { SubjectTransform } from '../../subject/transform.ts';
import type { AckFacts } from './ack-facts.ts';
import { broughtHeaders, transformed, transformsOf } from './brought.ts';
import type { Origin, StartPosition } from './origin.ts';
import { mirrorConsumerName } from './source-names.ts';

/** The same messages as in another stream, with their sequences and times. */
export class Mirror implements Origin {
  readonly kind = 'mirror';
  readonly identity = '';
  readonly config: Readonly<StreamSourceConfig>;
  readonly consumerName: string;
  readonly #stream: Stream;
  readonly #transforms: readonly SubjectTransform[];

  constructor(stream: Stream, config: Readonly<StreamSourceConfig>) {
    this.#stream = stream;
    this.config = config;
    const { account, domain } = stream.host;
    this.consumerName = mirrorConsumerName(stream.name, account.name, domain);
    this.#transforms = transformsOf(config);
  }

  position(): StartPosition {
    const { lastSequence } = this.#stream.log.state;
    if (lastSequence > 0) return { deliver_policy: 'by_start_sequence', opt_start_seq: lastSequence + 1 };
    const { opt_start_seq = 0, opt_start_time } = this.config;
    if (opt_start_seq > 0) return { deliver_policy: 'by_start_sequence', opt_start_seq };
    if (opt_start_time !== undefined) return { deliver_policy: 'by_start_time', opt_start_time };
    return { deliver_policy: 'all' };
  }

  restart(): void {}

  begin(delivered: number): number {
    this.#skipTo(delivered + 1);
    return this.#stream.log.state.lastSequence;
  }

  take(message: MessagePlace, { streamSequence, time }: AckFacts): boolean {
    const { log, hash } = this.#stream;
    // What is missing in between was deleted there, or is of no interest.
    this.#skipTo(streamSequence);
    if (log.state.lastSequence !== streamSequence - 1) return false;
    const subject = transformed(message, this.#transforms);
    const headers = broughtHeaders(message);
    const payload = payloadOf(message);
    const taken = this.#stream.bring((input) => input.compose(hash, subject, headers, payload), time);
    return taken === streamSequence;
  }

  #skipTo(sequence: number): void {
    const { log, host } = this.#stream;
    if (sequence <= log.state.lastSequence + 1) return;
    log.skipTo(sequence, host.clock.now());
    this.#stream.markDirty();
  }
}
