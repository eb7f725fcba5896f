import type { Time } from '../../store/message-log.ts';
import { NEXT_BYTES } from './ack-body.ts';
import { AckSubject } from './ack-subject.ts';
import { Acks } from './acks.ts';
import { Activity } from './activity.ts';
import { Advisories } from './advisories.ts';
import { Alarm } from './alarm.ts';
import type { ConsumerConfig } from './consumer-config.ts';
import { ConsumerFilter, filterSubjects } from './consumer-filter.ts';
import type { ConsumerEngine, ConsumerFacts, ConsumerHost, ConsumerMessage, ResetFault } from './consumer-host.ts';
import { consumerFacts } from './consumer-facts.ts';
import { Deliverer } from './deliverer.ts';
import { isAboveApiLevel } from './message-header.ts';
import { Pace } from './pace.ts';
import type { ConsumerParts } from './parts.ts';
import { Pin } from './pin.ts';
import { openProgress } from './open-progress.ts';
import type { Progress } from './progress.ts';
import type { ProgressJournal } from './progress-journal.ts';
import { parsePullRequest } from './pull-request.ts';
import type { PullRequest } from './pull-request.ts';
import { Pull } from './pull.ts';
import type { Supply } from './pull.ts';
import { purgedUpTo } from './purge.ts';
import { Push } from './push.ts';
import { Redelivery } from './redelivery.ts';
import { Selection } from './selection.ts';
import { sequenceAtTime } from './start-position.ts';

const NANOS_PER_MS = 1e6;
const REMOVED = 'Unacknowledged message was deleted';

/** A consumer of a stream: what it delivers, to whom, and what becomes of it. */
export class Consumer implements ConsumerEngine {
  readonly name: string;
  readonly created: Readonly<Time>;
  readonly #parts: ConsumerParts;
  readonly #acks: Acks;
  readonly #ackSubject: AckSubject;
  readonly #deliverer: Deliverer;
  readonly #alarm: Alarm;
  readonly #journal: ProgressJournal | undefined;
  /** Requests of this turn; they are taken on at its end, when they can see what came in before them. */
  readonly #arrivals: { readonly reply: string; readonly request: PullRequest; readonly at: number }[] = [];
  #started = false;
  #closed = false;
  #awake = false;
  #running = false;
  /** Now, for this turn; 0: nobody asked yet. */
  #now = 0;

  /** Takes up what the journal of the host holds; a journal that is empty means that the consumer is new. */
  constructor(host: ConsumerHost, config: ConsumerConfig, created: Readonly<Time>) {
    this.name = config.name;
    this.created = { seconds: created.seconds, nanos: created.nanos };
    const filter = makeFilter(config, host);
    const wake = (): void => this.#wake();
    const onDirty = (): void => {
      host.noted();
      this.#wake();
    };
    const { progress, skip, journal } = openProgress(host, config, filter, onDirty);
    const selection = new Selection(host.log, progress, filter, skip);
    journal?.attach(progress, () => selection.skip);
    this.#journal = journal;
    const advisories = new Advisories(host, config.name);
    const redelivery = new Redelivery(progress, advisories);
    const pin = new Pin(advisories);
    const supply: Supply = {
      get pending() {
        return selection.count;
      },
      get redeliveries() {
        return redelivery.length;
      },
      get ackPending() {
        return progress.pending.size;
      },
      get lastConsumer() {
        return progress.nextConsumer - 1;
      },
      get lastStream() {
        return progress.nextStream - 1;
      },
    };
    const isPush = config.deliver_subject !== undefined && config.deliver_subject !== '';
    this.#parts = {
      host,
      name: config.name,
      config,
      progress,
      selection,
      redelivery,
      advisories,
      activity: new Activity(),
      pace: new Pace(),
      pin,
      pull: isPush ? undefined : new Pull(host, config, supply, pin),
      push: isPush ? new Push(host, config.name, config, supply) : undefined,
      lastDelivered: 0,
      lastAcked: 0,
      pausedUntil: 0,
      now: () => this.#thisTurn(),
      wake,
    };
    this.#acks = new Acks(this.#parts);
    this.#ackSubject = new AckSubject(host.stream, config.name);
    this.#deliverer = new Deliverer(this.#parts, this.#acks);
    this.#alarm = new Alarm(host.clock, () => this.#ring());
  }

  get config(): ConsumerConfig {
    return this.#parts.config;
  }

  get progress(): Progress {
    return this.#parts.progress;
  }

  get takesAcks(): boolean {
    const { ack_policy } = this.#parts.config;
    return ack_policy === 'explicit' || ack_policy === 'all';
  }

  start(isNew: boolean): void {
    const { host, config, activity, pace, push, pin, redelivery, advisories } = this.#parts;
    const now = host.clock.milliseconds();
    this.#started = true;
    activity.configure(config);
    push?.start(now, this.#onInterest);
    if (push === undefined || !push.active) activity.countDown(now);
    if (config.rate_limit_bps !== undefined) pace.limit(config.rate_limit_bps, host.messageBytesMax, now);
    if (config.replay_policy === 'original') pace.replay(host.log.state.lastSequence);
    pin.holdsMs = (config.priority_timeout ?? 0) / NANOS_PER_MS;
    this.#acks.configure(config.sample_freq);
    this.#setPause(config);
    if (config.sourcing === true) this.reset(0);
    this.#dropMissing();
    redelivery.configure(config);
    redelivery.expire(now);
    if (isNew) {
      this.#parts.progress.listener?.replaced();
      advisories.created();
      if (this.#parts.pausedUntil !== 0) this.#advisePause();
    }
    this.#wake();
  }

  onAppended(first: number, last: number): void {
    if (!this.#parts.selection.appended(first, last)) return;
    const { push, pull } = this.#parts;
    if (push === undefined ? (pull?.waiting.length ?? 0) > 0 : push.active) this.#wake();
  }

  onRemoved(sequence: number, subject: number): void {
    const { selection, progress } = this.#parts;
    // As with nats-server: what a filter that was changed left out is not its business any more, though acks may be awaited.
    if (selection.filter !== undefined && !selection.filter.passes(subject)) return;
    selection.removed(sequence, subject);
    const slot = progress.pending.size === 0 ? -1 : progress.pending.find(sequence);
    if (slot !== -1) {
      this.#acks.removed(slot, REMOVED);
    } else if (progress.redelivered.size > 0 && progress.redelivered.has(sequence)) {
      progress.forget(sequence);
      this.#parts.lastAcked = this.#thisTurn();
    }
  }

  onPurged(subject: string | undefined): void {
    const { host, config, progress, selection, redelivery } = this.#parts;
    const next = purgedUpTo(host.log, filterSubjects(config), subject);
    if (next !== undefined) {
      const ended = progress.purge(next, (sequence) => host.log.has(sequence));
      if (ended) this.#parts.lastAcked = this.#thisTurn();
      redelivery.weed();
      redelivery.putOffBelow(progress.nextStream);
    }
    selection.purged();
    this.#wake();
  }

  onSubjectFreed(subject: number): void {
    this.#parts.selection.filter?.forget(subject);
  }

  run(): boolean {
    this.#awake = false;
    if (!this.#started || this.#closed) return false;
    this.#running = true;
    const now = this.#parts.host.clock.milliseconds();
    this.#now = now;
    this.#admit(now);
    const { redelivery } = this.#parts;
    if (redelivery.deadline() <= now) redelivery.expire(now);
    const more = this.#deliverer.run(now);
    this.#running = false;
    if (!more) this.#now = 0;
    this.#arm();
    return more;
  }

  flush(): void {
    this.#journal?.flush();
  }

  request(message: ConsumerMessage): void {
    const { reply } = message;
    if (reply === '' || this.#closed) return;
    const { host, pull } = this.#parts;
    if (pull === undefined) {
      host.send(reply, '409 Consumer is push based');
    } else if (isAboveApiLevel(message)) {
      host.send(reply, '412 Required Api Level');
    } else {
      this.#arrive(message, 0);
    }
  }

  ack(message: ConsumerMessage): boolean {
    const subject = this.#ackSubject;
    if (!subject.read(message)) return false;
    if (!this.#closed) this.#take(subject, message);
    return true;
  }

  #take({ sequence, consumerSequence, deliveries }: AckSubject, message: ConsumerMessage): void {
    const { activity, pull, host } = this.#parts;
    if (activity.threshold > 0) {
      const now = this.#thisTurn();
      if (pull !== undefined) pull.lastUse = now;
      if (pull !== undefined || activity.deadline !== Infinity) activity.countDown(now);
    }
    if (!this.#acks.take(sequence, consumerSequence, deliveries, message) || message.reply === '') return;
    if (pull === undefined) host.send(message.reply, '409 Consumer is push based');
    else this.#arrive(message, NEXT_BYTES);
  }

  flowControl(subject: string, message: ConsumerMessage): void {
    const { push, config } = this.#parts;
    if (this.#closed || push === undefined || !push.answered(subject)) return;
    if (config.ack_policy === 'flow_control') this.#acks.flowControl(message);
    this.#wake();
  }

  needs(sequence: number, subject: number): boolean {
    const { selection, progress } = this.#parts;
    if (selection.filter !== undefined && !selection.filter.passes(subject)) return false;
    if (progress.redelivered.size > 0 && progress.redelivered.has(sequence)) return true;
    if (sequence <= progress.floorStream) return false;
    if (progress.counting !== 'explicit' || sequence >= progress.nextStream) return true;
    return progress.pending.has(sequence);
  }

  info(): ConsumerFacts {
    const now = this.#parts.host.clock.milliseconds();
    this.#admit(now);
    this.#parts.pull?.sweep(false, now);
    return consumerFacts(this.#parts, now, this.#journal !== undefined);
  }

  update(config: ConsumerConfig): void {
    const parts = this.#parts;
    const { host, activity, selection, redelivery, pace, pin, pull, push } = parts;
    const old = parts.config;
    const now = host.clock.milliseconds();
    parts.config = config;
    if (old.deliver_subject !== config.deliver_subject) redelivery.expireAll(now);
    push?.configure(config, this.#onInterest);
    pull?.configure(config);
    if (old.rate_limit_bps !== config.rate_limit_bps) pace.limit(config.rate_limit_bps ?? 0, host.messageBytesMax, now);
    if (old.inactive_threshold !== config.inactive_threshold) {
      activity.configure(config);
      activity.countDown(now);
    }
    pin.holdsMs = (config.priority_timeout ?? 0) / NANOS_PER_MS;
    this.#acks.configure(config.sample_freq);
    redelivery.configure(config);
    if (pauseOf(old) !== pauseOf(config)) {
      this.#setPause(config);
      this.#advisePause();
    }
    const subjects = filterSubjects(config);
    const same =
      filterSubjects(old).length === subjects.length && filterSubjects(old).every((s, i) => s === subjects[i]);
    if (!same) selection.refilter(makeFilter(config, host));
    if (config.sourcing === true) this.reset(0);
    // As in nats-server nothing else makes it look for messages, not even the end of a pause: the next event does.
    if (old.max_ack_pending !== config.max_ack_pending || old.deliver_subject !== config.deliver_subject) this.#wake();
    this.#arm();
  }

  reset(sequence: number): number | ResetFault {
    const { host, config, progress, selection, redelivery } = this.#parts;
    let start = sequence;
    if (sequence === 0) {
      start = progress.floorStream + 1;
    } else if (config.deliver_policy === 'by_start_sequence') {
      if (sequence < (config.opt_start_seq ?? 0)) return 'below start seq';
    } else if (config.deliver_policy === 'by_start_time' && config.opt_start_time !== undefined) {
      if (sequence < sequenceAtTime(host.log, config.opt_start_time)) return 'below start time';
    } else if (config.deliver_policy !== 'all') {
      return 'not allowed';
    }
    progress.startAt(start);
    redelivery.weed();
    selection.restart();
    this.#parts.lastDelivered = 0;
    this.#parts.lastAcked = 0;
    if (host.retention === 'interest') this.#settleBelow(start);
    this.#wake();
    return start;
  }

  unpin(group: string): void {
    this.#parts.pin.unpin(group);
    this.#wake();
  }

  delete(): void {
    if (this.#closed) return;
    this.#parts.advisories.deleted();
    this.#close('409 Consumer Deleted');
    this.#parts.host.journal?.destroy();
  }

  stop(): void {
    if (this.#closed) return;
    this.#close('409 Server Shutdown');
    this.#journal?.flush();
    const { journal } = this.#parts.host;
    if (journal === undefined) return;
    if (journal.dirty) journal.commit();
    journal.close();
  }

  #close(status: '409 Consumer Deleted' | '409 Server Shutdown'): void {
    const { pull, push, pin } = this.#parts;
    this.#admit(this.#parts.host.clock.milliseconds());
    this.#closed = true;
    pull?.release(status);
    push?.stop();
    pin.release();
    this.#alarm.stop();
  }

  #arrive(message: ConsumerMessage, skipped: number): void {
    const request = parsePullRequest(message, skipped);
    if (typeof request === 'string') {
      this.#parts.host.send(message.reply, `400 Bad Request - ${request}`);
      return;
    }
    this.#arrivals.push({ reply: message.reply, request, at: this.#parts.host.clock.milliseconds() });
    this.#wake();
  }

  #admit(now: number): void {
    const { pull } = this.#parts;
    if (this.#arrivals.length === 0) return;
    for (const { reply, request, at } of this.#arrivals) pull?.admit(reply, request, at, now);
    this.#arrivals.length = 0;
  }

  #wake(): void {
    if (this.#awake || this.#running || this.#closed) return;
    this.#awake = true;
    this.#parts.host.wake();
  }

  /** All that happens in a turn happens at the same time; `run` ends the turn. */
  #thisTurn(): number {
    if (this.#now === 0) {
      this.#now = this.#parts.host.clock.milliseconds();
      this.#wake();
    }
    return this.#now;
  }

  readonly #onInterest = (active: boolean): void => {
    const { activity, host } = this.#parts;
    if (active) {
      activity.stop();
      this.#wake();
    } else if (activity.deadline === Infinity) {
      activity.countDown(host.clock.milliseconds());
      this.#arm();
    }
  };

  /** Something is due, or was. */
  #ring(): void {
    if (this.#closed) return;
    const parts = this.#parts;
    const { redelivery, pull, push, pin, activity } = parts;
    const now = parts.host.clock.milliseconds();
    if (redelivery.deadline() <= now && redelivery.expire(now)) this.#wake();
    if (pull !== undefined && pull.deadline <= now) pull.sweep(true, now);
    push?.beat(now);
    if (pin.lapse(now)) this.#wake();
    if (this.#deliverer.resumeAt <= now) this.#wake();
    if (parts.pausedUntil !== 0 && parts.pausedUntil <= now) {
      parts.pausedUntil = 0;
      this.#advisePause();
      this.#wake();
    }
    if (activity.deadline <= now) this.#checkUse(now);
    if (!this.#closed) this.#arm();
  }

  #arm(): void {
    const { redelivery, pull, push, pin, activity, pausedUntil } = this.#parts;
    this.#alarm.by(
      Math.min(
        redelivery.deadline(),
        pull === undefined ? Infinity : pull.deadline,
        push === undefined ? Infinity : push.deadline,
        pin.deadline,
        activity.deadline,
        this.#deliverer.resumeAt,
        pausedUntil === 0 ? Infinity : pausedUntil,
      ),
    );
  }

  /** It goes when nobody used it for long enough, and no message is out whose ack may still come. */
  #checkUse(now: number): void {
    const { activity, pull, push, redelivery, host } = this.#parts;
    activity.stop();
    if (push?.active === true) return;
    if (pull !== undefined) {
      pull.sweep(true, now);
      if (pull.waiting.length > 0) {
        activity.countDown(now);
        return;
      }
      const latest = Math.max(pull.lastUse, redelivery.latestDue()) + activity.threshold;
      if (latest > now) {
        activity.deadline = latest;
        return;
      }
    }
    host.expired();
  }

  #setPause(config: ConsumerConfig): void {
    const until = pauseOf(config);
    this.#parts.pausedUntil = until > this.#parts.host.clock.milliseconds() ? until : 0;
  }

  #advisePause(): void {
    const { advisories, config, pausedUntil } = this.#parts;
    advisories.paused(pausedUntil !== 0, config.pause_until);
  }

  /** Messages that went while the consumer was not there to see it. */
  #dropMissing(): void {
    const { host, progress } = this.#parts;
    const { pending, redelivered } = progress;
    for (let slot = pending.first; slot !== -1;) {
      const after = pending.next(slot);
      const sequence = pending.sequence[slot] as number;
      if (!host.log.has(sequence)) this.#acks.removed(slot, REMOVED);
      slot = after;
    }
    for (const sequence of redelivered.keys()) {
      if (!host.log.has(sequence)) progress.forget(sequence);
    }
    // Nobody acked anything by that.
    this.#parts.lastAcked = 0;
  }

  /** What lies below the start is not wanted any more. */
  #settleBelow(start: number): void {
    const { host, selection } = this.#parts;
    const { log } = host;
    const done: number[] = [];
    for (let at = log.next(1, selection.filter); at !== 0 && at < start; at = log.next(at + 1, selection.filter)) {
      done.push(at);
    }
    for (const sequence of done) host.settled(sequence);
  }
}

function makeFilter(config: ConsumerConfig, host: ConsumerHost): ConsumerFilter | undefined {
  const subjects = filterSubjects(config);
  return subjects.length === 0 ? undefined : new ConsumerFilter(subjects, host.log.subjects);
}

/** Milliseconds since the epoch; 0: no pause. */
function pauseOf(config: ConsumerConfig): number {
  return config.pause_until === undefined ? 0 : Date.parse(config.pause_until);
}
