import type { ApiError } from '../../../broker/jetstream/api-error.ts';
import { needsHigherLevel, REQUIRED_LEVEL_HEADER } from '../../../broker/jetstream/api-level.ts';
import {
  consumerCreateRequest,
  noConsumerCreateRequest,
} from '../../../broker/jetstream/api/requests/consumer-requests.ts';
import { isEmptyRequest, parseRequest } from '../../../broker/jetstream/api/requests/parse.ts';
import { streamConfigRequest, streamRestoreRequest } from '../../../broker/jetstream/api/requests/stream-requests.ts';
import { checkConsumerCreate, consumerTarget } from '../../../broker/jetstream/consumer/config/consumer-changes.ts';
import type { ConsumerContext } from '../../../broker/jetstream/consumer/config/consumer-context.ts';
import type { ConsumerConfig } from '../../../broker/jetstream/consumer/consumer-config.ts';
import { answer, type AnswerKind, errorAnswer, successAnswer } from '../../../broker/jetstream/encode/answers.ts';
import {
  consumerInfoJson,
  NEVER,
  type SourceState,
  streamInfoJson,
} from '../../../broker/jetstream/encode/info-fields.ts';
import { apiError, failed } from '../../../broker/jetstream/errors.ts';
import type { AccountLimits, ServerLimits } from '../../../broker/jetstream/resource-limits.ts';
import {
  checkStreamCreate,
  checkStreamRestore,
  checkStreamUpdate,
} from '../../../broker/jetstream/stream/config/stream-changes.ts';
import type { StreamContext } from '../../../broker/jetstream/stream/config/stream-context.ts';
import type { StreamConfig, StreamSourceConfig } from '../../../broker/jetstream/stream/stream-config.ts';
import type { AccountTerms } from './servers.ts';

/** In place of a name that a server draws. */
export const DRAWN_NAME = 'DRAWNAME';

/** An account of which nothing but configurations is kept, as our functions judge them. */
export class ModelAccount implements StreamContext, ConsumerContext {
  readonly limits: AccountLimits;
  readonly #terms: AccountTerms;
  readonly #streams = new Map<string, StreamConfig>();
  /** Sequences that streams began with. */
  readonly #firsts = new Map<string, number>();
  readonly #consumers = new Map<string, Map<string, ConsumerConfig>>();

  constructor(terms: AccountTerms) {
    this.#terms = terms;
    this.limits = terms.limits;
  }

  get server(): ServerLimits {
    const reserved = (storage: string): number =>
      [...this.#streams.values()].reduce(
        (sum, stream) => sum + (stream.storage === storage ? Math.max(stream.max_bytes, 0) : 0),
        0,
      );
    return {
      ...this.#terms.serverLimits,
      memoryBytesReserved: reserved('memory'),
      storageBytesReserved: reserved('file'),
    };
  }

  stream(name: string): StreamConfig | undefined {
    return this.#streams.get(name);
  }

  streams(): Iterable<StreamConfig> {
    return this.#streams.values();
  }

  consumers(stream: string): Iterable<ConsumerConfig> {
    return this.#consumers.get(stream)?.values() ?? [];
  }

  consumer(stream: string, name: string): ConsumerConfig | undefined {
    return this.#consumers.get(stream)?.get(name);
  }

  hasInterest(): boolean {
    return false;
  }

  freeName(): string {
    return DRAWN_NAME;
  }

  identity(): string {
    return 'IDENTITY';
  }

  names(): string[] {
    return [...this.#streams.keys()];
  }

  /** The answer, in latin1, with all times those of the year 1. */
  request(subject: string, body: string, headers = ''): string {
    const [area, verb, stream = '', consumer = ''] = subject.split('.');
    const level = new RegExp(`^${REQUIRED_LEVEL_HEADER}: *(.*)$`, 'm').exec(headers)?.[1];
    if (area === 'CONSUMER') {
      if (verb !== 'DELETE') return this.#createConsumer(subject, body, level);
      const existed = this.#consumers.get(stream)?.delete(consumer) === true;
      return existed ? successAnswer('consumer_delete') : errorAnswer('consumer_delete', apiError('consumerNotFound'));
    }
    if (verb === 'CREATE') return this.#createStream(stream, body, level);
    if (verb === 'RESTORE') return this.#restoreStream(stream, body);
    if (verb === 'UPDATE') return this.#updateStream(stream, body, level);
    this.#consumers.delete(stream);
    return this.#streams.delete(stream)
      ? successAnswer('stream_delete')
      : errorAnswer('stream_delete', apiError('streamNotFound'));
  }

  #createStream(name: string, body: string, level: string | undefined): string {
    const kind = 'stream_create';
    if (needsHigherLevel(level)) return errorAnswer(kind, apiError('requiredApiLevel'));
    const parsed = parseRequest(streamConfigRequest, body, this.#terms.strict, {});
    if (failed(parsed)) return errorAnswer(kind, parsed);
    const creation = checkStreamCreate(parsed.value, name, this);
    if (failed(creation)) return errorAnswer(kind, creation);
    this.#streams.set(name, creation.config);
    if (!creation.existing) this.#firsts.set(name, creation.config.first_seq ?? 0);
    return answer(kind, { ...this.#told(creation.config), did_create: true });
  }

  /** Only refusals: what is let in would be a conversation. */
  #restoreStream(name: string, body: string): string {
    const kind = 'stream_restore';
    if (isEmptyRequest(body)) return errorAnswer(kind, apiError('badRequest'));
    const parsed = parseRequest(streamRestoreRequest, body, this.#terms.strict, { config: {}, state: {} });
    if (failed(parsed)) return errorAnswer(kind, parsed);
    const config = checkStreamRestore(parsed.value.config, name, this);
    return failed(config) ? errorAnswer(kind, config) : answer(kind, { deliver_subject: '' });
  }

  #updateStream(name: string, body: string, level: string | undefined): string {
    const kind = 'stream_update';
    if (needsHigherLevel(level)) return errorAnswer(kind, apiError('requiredApiLevel'));
    const parsed = parseRequest(streamConfigRequest, body, this.#terms.strict, {});
    if (failed(parsed)) return errorAnswer(kind, parsed);
    const config = checkStreamUpdate(parsed.value, name, this);
    if (failed(config)) return errorAnswer(kind, config);
    this.#streams.set(name, config);
    return answer(kind, this.#told(config));
  }

  #createConsumer(subject: string, body: string, level: string | undefined): string {
    const kind: AnswerKind = 'consumer_create';
    const fail = (error: ApiError): string => errorAnswer(kind, error);
    const parsed = parseRequest(consumerCreateRequest, body, this.#terms.strict, noConsumerCreateRequest);
    if (failed(parsed)) return fail(parsed);
    if (needsHigherLevel(level)) return fail(apiError('requiredApiLevel'));
    const target = consumerTarget(`$JS.API.${subject}`);
    if (failed(target)) return fail(target);
    const creation = checkConsumerCreate(parsed.value, target, this);
    if (failed(creation)) return fail(creation);
    const { config } = creation;
    let consumers = this.#consumers.get(target.stream);
    if (consumers === undefined) this.#consumers.set(target.stream, (consumers = new Map()));
    consumers.set(config.name, config);
    const none = { consumer_seq: 0, stream_seq: 0 };
    const group = config.priority_groups?.[0];
    const pauses = Date.parse(config.pause_until ?? '') > Date.now();
    return answer(
      kind,
      consumerInfoJson({
        stream_name: target.stream,
        name: config.name,
        created: NEVER,
        config,
        delivered: none,
        ack_floor: none,
        num_ack_pending: 0,
        num_redelivered: 0,
        num_waiting: 0,
        num_pending: 0,
        pause_remaining: pauses ? 1 : 0,
        ts: NEVER,
        pinned: group === undefined ? undefined : { group, id: '', since: NEVER },
      }),
    );
  }

  #told(config: StreamConfig): object {
    const firstSequence = this.#firsts.get(config.name) ?? 0;
    return streamInfoJson({
      config,
      created: NEVER,
      state: {
        messages: 0,
        bytes: 0,
        first_seq: firstSequence,
        first_ts: NEVER,
        last_seq: Math.max(firstSequence - 1, 0),
        last_ts: NEVER,
        num_subjects: 0,
        num_deleted: 0,
        consumer_count: [...this.consumers(config.name)].length,
      },
      mirror: config.mirror === undefined ? undefined : { ...sourceState(config.mirror), filter_subject: undefined },
      sources: config.sources?.map(sourceState),
      ts: NEVER,
    });
  }
}

function sourceState({ name, external, filter_subject, subject_transforms }: StreamSourceConfig): SourceState {
  return { name, external, lag: 0, active: -1, filter_subject, subject_transforms };
}
