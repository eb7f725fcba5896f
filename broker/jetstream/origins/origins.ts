import { newEventId } from '../../base/event-text.ts';
import type { SourceState } from '../encode/info-fields.ts';
import type { Stream } from '../stream/stream.ts';
import { apiSubject } from './consumer-request.ts';
import { Mirror } from './mirror.ts';
import type { Origin } from './origin.ts';
import { OriginFeed } from './origin-feed.ts';
import { Source } from './source.ts';
import { SourceProgress } from './source-progress.ts';

const NOTHING = new Uint8Array(0);

/** The other streams that a stream has messages of: the one that it mirrors, or its sources. */
export class Origins {
  readonly #stream: Stream;
  #mirror: OriginFeed | undefined;
  readonly #sources = new Map<string, { readonly source: Source; readonly feed: OriginFeed }>();
  #progress: SourceProgress | undefined;

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  /** Begins with what the configuration says, or goes on with what it says now. */
  configure(): void {
    const { mirror, sources = [] } = this.#stream.config;
    if (mirror === undefined && this.#mirror !== undefined) {
      this.#mirror.stop();
      this.#release(this.#mirror.origin);
      this.#mirror = undefined;
    }
    if (mirror !== undefined && this.#mirror === undefined) {
      this.#mirror = new OriginFeed(this.#stream, new Mirror(this.#stream, mirror));
      this.#mirror.start();
    }
    if (sources.length === 0 && this.#sources.size === 0) return;
    const progress = this.#open();
    const wanted = new Map(
      sources.map((config) => {
        const source = new Source(this.#stream, config, this.#onProgress);
        return [source.indexName, source] as const;
      }),
    );
    for (const [name, { source, feed }] of this.#sources) {
      if (wanted.has(name)) continue;
      feed.stop();
      this.#release(source);
      this.#sources.delete(name);
    }
    for (const [name, source] of wanted) {
      if (this.#sources.has(name)) continue;
      const point = progress.safe.get(name);
      if (point !== undefined) {
        source.sequence = point.sequence;
        source.identity = point.identity;
      }
      const feed = new OriginFeed(this.#stream, source);
      this.#sources.set(name, { source, feed });
      feed.start();
    }
  }

  stop(): void {
    this.#mirror?.stop();
    for (const { feed } of this.#sources.values()) feed.stop();
    this.#progress?.close();
    this.#progress = undefined;
  }

  /** The stream goes for good, and its consumers elsewhere with it. */
  delete(): void {
    if (this.#mirror !== undefined) this.#release(this.#mirror.origin);
    for (const { source } of this.#sources.values()) this.#release(source);
  }

  /** Messages that came in could not be made safe: they are fetched again. */
  onLost(): void {
    this.#mirror?.again();
    for (const [name, { source, feed }] of this.#sources) {
      source.sequence = this.#progress?.safe.get(name)?.sequence ?? 0;
      feed.again();
    }
  }

  /** What came of the sources is safe. */
  commit(): void {
    const points = Array.from(this.#sources, ([name, { source }]) => [name, source] as const);
    this.#progress?.keep(points, this.#stream.log.committedSequence);
  }

  get mirror(): SourceState | undefined {
    return this.#mirror?.state(0);
  }

  get sources(): SourceState[] | undefined {
    if (this.#sources.size === 0) return undefined;
    return Array.from(this.#sources.values(), ({ source, feed }) => feed.state(source.sequence));
  }

  /** Whether the mirror has all but a few of the messages that it mirrors. */
  get near(): boolean {
    return this.#mirror?.near ?? false;
  }

  readonly #onProgress = (): void => this.#stream.host.jetStream.markJournal(this);

  #open(): SourceProgress {
    if (this.#progress !== undefined) return this.#progress;
    const { place, config, log } = this.#stream;
    this.#progress = new SourceProgress(place, config.storage === 'file');
    this.#progress.recover(log);
    return this.#progress;
  }

  /** Consumers that outlive their use are deleted; others are gone soon. Nobody waits for an answer. */
  #release(origin: Origin): void {
    if (origin.config.consumer !== undefined) return;
    const { sender, host } = this.#stream;
    const subject = apiSubject(origin, `CONSUMER.DELETE.${origin.config.name}.${origin.consumerName}`);
    sender.send(subject, `_INBOX.${newEventId()}`, undefined, NOTHING);
    host.touch();
  }
}
