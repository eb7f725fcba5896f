/** Answers to requests while a person has none: the request itself, or a template. */

import type { ResponderParams, ResponderState } from '../bridge/contract.ts';
import { createState } from '../bridge/feed.ts';
import type { Link, LinkSubscription, RawMessage } from '../link.ts';
import type { Clock } from './clock.ts';
import { checkRange, ExplorerError } from './errors.ts';
import { headerValue, parseHeaders } from '../message-headers.ts';
import type { ExplorerLimits } from './limits.ts';
import { subjectProblem, subjectText } from './subject-bytes.ts';
import { compileBytes, compileText } from './template.ts';
import type { TemplateValues } from './template.ts';

const DELAY_MILLISECONDS_MAX = 60_000;

interface Responder {
  state: ResponderState;
  subscription: LinkSubscription | null;
  /** Answers that wait for their delay. */
  waiting: Set<() => void>;
}

export class Responders {
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #limits: ExplorerLimits;
  readonly #ownGroups: boolean;
  readonly #responders = new Map<number, Responder>();
  readonly #watched = createState<ResponderState[]>([]);
  #lastId = 0;
  #cancelTell: (() => void) | null = null;

  /**
   * `ownGroups`: a responder without a queue group gets one of its own. It answers as it would without, and an observed
   * broker can tell it from a subscription that only looks on.
   */
  constructor(link: Link, clock: Clock, limits: ExplorerLimits, ownGroups: boolean) {
    this.#ownGroups = ownGroups;
    this.#link = link;
    this.#clock = clock;
    this.#limits = limits;
  }

  /** @param account its number; 0: the first of the link */
  add(params: ResponderParams, account = 0): ResponderState {
    checkRange('delayMs', params.delayMs, 0, DELAY_MILLISECONDS_MAX);
    const problem = subjectProblem(params.subject, true);
    if (problem !== null) throw new ExplorerError('invalid-subject', problem);
    if (this.#responders.size >= this.#limits.respondersMax) {
      throw new ExplorerError('too-many', `${this.#limits.respondersMax} responders are running; remove some.`);
    }
    const answer = params.mode === 'echo' ? echo : templated(params);
    const { subject, queue, mode } = params;
    const where = account === 0 && this.#link.accounts.length > 0 ? 1 : account;
    const name = this.#link.accounts[where - 1]?.name;
    const responder: Responder = {
      state: {
        id: ++this.#lastId,
        subject,
        ...(name === undefined ? {} : { account: name }),
        ...(queue === undefined ? {} : { queue }),
        mode,
        answered: 0,
        ignored: 0,
      },
      subscription: null,
      waiting: new Set(),
    };
    responder.subscription = this.#link.subscribe(
      subject,
      queue ?? (this.#ownGroups ? `natscope-responder-${responder.state.id}` : undefined),
      (message) => this.#receive(responder, message, params.delayMs, answer),
      (text) => this.#fault(responder, text),
      where,
    );
    this.#responders.set(responder.state.id, responder);
    this.#tell();
    return { ...responder.state };
  }

  remove(id: number): void {
    const responder = this.#responders.get(id);
    if (responder === undefined) throw new ExplorerError('unknown-responder', 'This responder was removed.');
    this.#responders.delete(id);
    stop(responder);
    this.#tell();
  }

  watch(signal: AbortSignal): AsyncIterable<ResponderState[]> {
    return this.#watched.watch(signal);
  }

  dispose(): void {
    for (const responder of this.#responders.values()) stop(responder);
    this.#responders.clear();
    this.#cancelTell?.();
    this.#watched.close();
  }

  #receive(responder: Responder, message: RawMessage, delayMs: number, answer: Answer): void {
    const { state, waiting } = responder;
    if (message.reply.length === 0) {
      state.ignored++;
      return this.#tellSoon();
    }
    if (waiting.size >= this.#limits.responderWaitingMax) {
      return this.#fault(
        responder,
        `${waiting.size} answers wait for their delay; the requests beyond are not answered.`,
      );
    }
    const reply = subjectText(message.reply);
    const { account } = message;
    // The request's bytes are gone when this returns, and the link may write later.
    const { payload, headers } = answer(message, { count: state.answered + waiting.size + 1, now: this.#clock.now() });
    const send = (): void => {
      try {
        this.#link.publish(reply, payload, { headers, account });
        state.answered++;
        state.lastAt = this.#clock.now();
        delete state.error;
      } catch (error) {
        return this.#fault(responder, (error as Error).message);
      }
      this.#tellSoon();
    };
    if (delayMs === 0) return send();
    const cancel = this.#clock.later(delayMs, () => {
      waiting.delete(cancel);
      send();
    });
    waiting.add(cancel);
  }

  #fault(responder: Responder, text: string): void {
    responder.state.error = text;
    this.#tellSoon();
  }

  #tell(): void {
    this.#watched.set(Array.from(this.#responders.values(), ({ state }) => ({ ...state })));
  }

  /** Watchers hear of counts a few times a second at most. */
  #tellSoon(): void {
    this.#cancelTell ??= this.#clock.later(this.#limits.progressMilliseconds, () => {
      this.#cancelTell = null;
      this.#tell();
    });
  }
}

function stop(responder: Responder): void {
  responder.subscription?.unsubscribe();
  for (const cancel of responder.waiting) cancel();
  responder.waiting.clear();
}

type Answer = (
  message: RawMessage,
  values: TemplateValues,
) => { payload: Uint8Array; headers: { name: string; value: string }[] };

function echo(message: RawMessage): ReturnType<Answer> {
  return { payload: message.payload.slice(), headers: parseHeaders(message.headers).fields };
}

function templated(params: ResponderParams): Answer {
  const body = compileBytes(params.body, true);
  const headers = params.headers.map(({ name, value }) => ({ name, value: compileText(value, true) }));
  return (message, values) => {
    const all: TemplateValues = {
      ...values,
      subject: latin1(message.subject),
      body: latin1(message.payload),
      header: (name) => Buffer.from(headerValue(message.headers, Buffer.from(name)) ?? '', 'utf8').toString('latin1'),
    };
    return {
      payload: body.render(all),
      headers: headers.map(({ name, value }) => ({ name, value: value.render(all) })),
    };
  };
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
