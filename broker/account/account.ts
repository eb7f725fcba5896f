import type { AccountOptions, MappingOptions } from '../options/accounts.ts';
import { textToLatin1 } from '../base/latin1.ts';
import { Interest } from '../subject/interest.ts';
import { isSubset } from '../subject/subset.ts';
import { AnswerCrossing, Passage, ServiceCrossing } from './crossing.ts';
import type { ServiceImport, StreamImport } from './imports.ts';
import { SubjectMappings } from './mappings.ts';
import { AwaitedReplies, ResponseTable } from './responses.ts';
import { InternalSink } from './sink.ts';
import { Subscription } from './subscription.ts';

/** Who hears when the interest in an account changes. */
export interface InterestListener {
  /** A literal subject got or lost a subscription. Patterns are told by `interest.generation`. */
  onLiteralChanged(subject: string): void;
  /** A pattern got or lost a subscription, which may concern any subject. */
  onPatternChanged?(): void;
}

/** The account that connections are in when nothing else is said. */
export const GLOBAL_ACCOUNT = '$G';
/** The account of the server itself, unless another is named. */
export const SYSTEM_ACCOUNT = '$SYS';

/** A stream that an account imports, with where it comes from. */
export interface StreamSource {
  readonly stream: StreamImport;
  readonly exporter: Account;
}

/** A service that an account imports, with where it is. */
export interface ServiceSource {
  readonly service: ServiceImport;
  readonly exporter: Account;
}

const NO_MAPPINGS = new SubjectMappings();

/** A subject space: messages published in it reach the subscriptions in it. */
export class Account {
  readonly name: string;
  /** What is said of it now; taken over anew when the configuration is reloaded or its JWT changes. */
  options: AccountOptions;
  readonly interest = new Interest<Subscription>();
  /** Client connections in it now, and since the start. */
  connections = 0;
  connectionsEver = 0;
  leafNodes = 0;
  /** Subscriptions of connections. */
  subscriptions = 0;
  inMessages = 0;
  inBytes = 0;
  /** Of connections that are gone or changed account; those in it count for themselves. */
  outMessagesLeft = 0;
  outBytesLeft = 0;
  slowConsumers = 0;
  /** Subscriptions that ever were, the broker's own included. */
  inserts = 0;
  /** Subscriptions of the broker itself. */
  readonly internal = new Set<Subscription>();
  /** When its options were last changed, in milliseconds since the epoch. */
  updatedAt = Date.now();
  /** Where traces go that tracing systems ask for; latin1. */
  get traceDestination(): string | undefined {
    const { trace } = this.options;
    return trace === undefined ? undefined : textToLatin1(trace.destination);
  }

  /** What becomes of the subjects that its clients publish to. */
  mappings = NO_MAPPINGS;
  /** What they were made from, with those that the broker adds. */
  mappingOptions: readonly MappingOptions[] = [];
  /** Subscriptions in it that are parts of those of other accounts. */
  importedParts = 0;
  /** Something it was told to import is not to be had. */
  incomplete = false;
  /** Answers that its clients wait for. */
  readonly awaited = new AwaitedReplies();
  #responses: ResponseTable | undefined;
  #streams: readonly StreamSource[] = [];
  #services: readonly Subscription[] = [];
  #lastSid = 0;
  readonly #passage: Passage;
  readonly #listeners = new Set<InterestListener>();

  constructor(name: string, options: AccountOptions = { name }, passage = new Passage()) {
    this.name = name;
    this.options = options;
    this.#passage = passage;
  }

  listen(listener: InterestListener): void {
    this.#listeners.add(listener);
  }

  unlisten(listener: InterestListener): void {
    this.#listeners.delete(listener);
  }

  subscribe(subscription: Subscription): void {
    this.#insert(subscription);
    if (this.#streams.length > 0 && reachesOut(subscription)) this.#reachOut(subscription);
  }

  unsubscribe(subscription: Subscription): void {
    if (subscription.closed) return;
    removeParts(subscription.parts);
    this.#remove(subscription);
    if (this.awaited.count === 0) return;
    for (const response of this.awaited.abandon(subscription.subject, (reply) => this.interest.has(reply))) {
      if (response.answered || !response.exporter.responses.close(response)) continue;
      this.#passage.services?.ended(response, 'abandoned');
    }
  }

  /** Answers that others wait for from it. */
  get responses(): ResponseTable {
    if (this.#responses !== undefined) return this.#responses;
    const responses = new ResponseTable((response) => {
      if (!responses.close(response)) return;
      response.requester.awaited.delete(response);
      this.#passage.services?.ended(response, 'expired');
    });
    this.#responses = responses;
    this.#insert(this.#relaying(`${responses.prefix}>`, new AnswerCrossing(this, this.#passage)));
    return responses;
  }

  /** Whether a subject is that of a service of another account. */
  importsService(subject: string): boolean {
    return this.#services.some((service) => isSubset(subject, service.subject));
  }

  /** Whether somebody in another account waits for an answer on that subject. */
  isAwaited(subject: string): boolean {
    return this.#responses?.find(subject) !== undefined;
  }

  /** How many answers others wait for. */
  get responsesPending(): number {
    return this.#responses?.count ?? 0;
  }

  /** What it has of other accounts from now on. */
  link(streams: readonly StreamSource[], services: readonly ServiceSource[]): void {
    for (const subscription of this.#services) this.#remove(subscription);
    this.#services = services.map(({ service, exporter }) => {
      const crossing = new ServiceCrossing(this, exporter, service, this.#passage);
      const subscription = this.#relaying(service.from, crossing);
      this.#insert(subscription);
      return subscription;
    });
    if (streams.length === 0 && this.#streams.length === 0) return;
    this.#streams = streams;
    for (const subscription of [...this.interest.values()]) {
      if (!reachesOut(subscription)) continue;
      const before = subscription.parts;
      this.#reachOut(subscription);
      removeParts(before);
    }
  }

  /** It is gone: nobody waits for it. */
  dispose(): void {
    this.link([], []);
    this.#responses?.dispose();
  }

  #relaying(subject: string, relay: Subscription['relay']): Subscription {
    const subscription = new Subscription(INTERNAL_SINK, subject, undefined, String(++this.#lastSid), () => {});
    subscription.relay = relay;
    return subscription;
  }

  #insert(subscription: Subscription): void {
    this.inserts++;
    if (subscription.handler !== undefined || subscription.relay !== undefined) this.internal.add(subscription);
    const pattern = this.interest.add(subscription.subject, subscription);
    if (pattern) this.#onPatternChanged();
    else this.#onLiteralChanged(subscription.subject);
  }

  #remove(subscription: Subscription): void {
    if (subscription.closed) return;
    subscription.closed = true;
    if (subscription.handler !== undefined || subscription.relay !== undefined) this.internal.delete(subscription);
    const pattern = this.interest.delete(subscription.subject, subscription);
    if (pattern) this.#onPatternChanged();
    else this.#onLiteralChanged(subscription.subject);
  }

  /** Puts the parts of a subscription into the accounts that something of it comes from. */
  #reachOut(subscription: Subscription): void {
    subscription.parts = undefined;
    for (const source of this.#streams) {
      const subject = source.stream.subjectThere(subscription.subject);
      if (subject === undefined) continue;
      const { sink, queue, sid, onExhausted } = subscription;
      const part = new Subscription(sink, subject, queue, sid, onExhausted);
      part.imported = { source, origin: subscription };
      part.relay = subscription.relay;
      (subscription.parts ??= []).push(part);
      source.exporter.importedParts++;
      source.exporter.#insert(part);
    }
  }

  /** Takes out a part of a subscription of another account. */
  removePart(part: Subscription): void {
    if (part.closed) return;
    this.importedParts--;
    this.#remove(part);
  }

  /** Makes every match cache of it ask again. */
  forgetMatches(): void {
    this.interest.generation++;
  }

  #onPatternChanged(): void {
    for (const listener of this.#listeners) listener.onPatternChanged?.();
  }

  #onLiteralChanged(subject: string): void {
    for (const listener of this.#listeners) listener.onLiteralChanged(subject);
  }
}

const INTERNAL_SINK = new InternalSink();

/** Whether it gets messages of other accounts: what the broker itself subscribes to does not, unless it says so. */
function reachesOut({ handler, relay, reaching, imported }: Subscription): boolean {
  return handler === undefined && (relay === undefined || reaching) && imported === undefined;
}

function removeParts(parts: readonly Subscription[] | undefined): void {
  for (const part of parts ?? []) part.imported?.source.exporter.removePart(part);
}
