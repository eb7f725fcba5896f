import { parseTime, timeText } from '../time-text.ts';
import { replaceHeader, withoutHeader } from '../stream/header-block.ts';
import { payloadOf, subjectOf } from '../stream/message-text.ts';
import type { Stream } from '../stream/stream.ts';
import type { StreamSourceConfig } from '../stream/stream-config.ts';
import type { MessagePlace, Time } from '../../store/message-log.ts';
import type { SubjectTransform } from '../../subject/transform.ts';
import type { AckFacts } from './ack-facts.ts';
import { broughtHeaders, transformed, transformsOf } from './brought.ts';
import type { Origin, StartPosition } from './origin.ts';
import { sourceConsumerName, sourceHeader, sourceIndexName } from './source-names.ts';

const SOURCE_HEADER = 'Nats-Stream-Source';

/** One of the streams that a stream has messages of, which get sequences of its own. */
export class Source implements Origin {
  readonly kind = 'source';
  readonly config: Readonly<StreamSourceConfig>;
  readonly consumerName: string;
  readonly indexName: string;
  /** Of the last message that came from there. */
  sequence = 0;
  identity = '';
  readonly #stream: Stream;
  readonly #transforms: readonly SubjectTransform[];
  /** Called when something came. */
  readonly #onProgress: () => void;
  #recreated = false;

  constructor(stream: Stream, config: Readonly<StreamSourceConfig>, onProgress: () => void) {
    this.#stream = stream;
    this.config = config;
    this.#onProgress = onProgress;
    const { account, domain } = stream.host;
    const all = stream.config.sources ?? [];
    this.consumerName = sourceConsumerName(stream.name, account.name, domain, config, all);
    this.indexName = sourceIndexName(config);
    this.#transforms = transformsOf(config);
  }

  position(): StartPosition {
    if (this.sequence > 0) return { deliver_policy: 'by_start_sequence', opt_start_seq: this.sequence + 1 };
    const { opt_start_seq = 0, opt_start_time } = this.config;
    if (opt_start_seq > 0) return { deliver_policy: 'by_start_sequence', opt_start_seq };
    const { firstSequence, lastSequence, lastTime } = this.#stream.log.state;
    const began = lastSequence > 0 && lastTime.seconds > 0;
    if (opt_start_time !== undefined) {
      const asked = parseTime(opt_start_time);
      const late = began && asked !== undefined && isBefore(asked, lastTime);
      return { deliver_policy: 'by_start_time', opt_start_time: late ? timeText(lastTime) : opt_start_time };
    }
    if (began && firstSequence > 1 && !this.#recreated) {
      return { deliver_policy: 'by_start_time', opt_start_time: timeText(lastTime) };
    }
    return { deliver_policy: 'all' };
  }

  restart(): void {
    this.sequence = 0;
    this.identity = '';
    this.#recreated = true;
  }

  begin(delivered: number, identity: string): number {
    const other = identity !== '' && this.identity !== '' && identity !== this.identity;
    if (other || this.#recreated) {
      const { account, jetStream } = this.#stream.host;
      jetStream.around.log(
        'warn',
        `JetStream source stream ${JSON.stringify(this.config.name)} for stream '${account.name} > ${this.#stream.name}' was recreated, resetting source state`,
      );
      this.sequence = 0;
    }
    this.identity = identity;
    this.#recreated = false;
    this.sequence = Math.max(this.sequence, delivered);
    return this.sequence;
  }

  take(message: MessagePlace, { streamSequence: sequence }: AckFacts): boolean {
    const { hash } = this.#stream;
    const { indexName, identity } = this;
    const from = sourceHeader({ indexName, sequence, identity }, subjectOf(message));
    const headers = replaceHeader(withoutHeader(broughtHeaders(message), SOURCE_HEADER), SOURCE_HEADER, from);
    const subject = transformed(message, this.#transforms);
    const payload = payloadOf(message);
    if (this.#stream.bring((input) => input.compose(hash, subject, headers, payload)) === undefined) return false;
    this.sequence = sequence;
    this.#onProgress();
    return true;
  }
}

function isBefore(one: Readonly<Time>, other: Readonly<Time>): boolean {
  return one.seconds < other.seconds || (one.seconds === other.seconds && one.nanos < other.nanos);
}
