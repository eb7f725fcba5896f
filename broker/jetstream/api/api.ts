import type { Account } from '../../account/account.ts';
import type { OutsideMessage, Relay } from '../../account/crossing.ts';
import type { Sink } from '../../account/sink.ts';
import type { Parser } from '../../wire/parser.ts';
import { StoreError } from '../../store/message-log.ts';
import { auditFields, type ClientTold } from '../encode/advisories.ts';
import { apiError } from '../errors.ts';
import { advise } from '../events.ts';
import type { JetStream } from '../jetstream.ts';
import { listen } from '../listening.ts';
import { Sender } from '../sender.ts';
import { withHeaders } from '../stream/message-text.ts';
import { type Answer, failure } from './answers.ts';
import { askerOf } from './asker.ts';

const PREFIX = '$JS.API.';
/** What consumers and streams listen to themselves: nobody else is a responder for it. */
const ELSEWHERE = ['$JS.API.CONSUMER.MSG.NEXT.', '$JS.API.DIRECT.GET.'];

/** A request to the API of an account; all of it latin1. */
export interface ApiRequest {
  /** Behind the prefix: `STREAM.INFO.orders`. */
  readonly subject: string;
  readonly tokens: readonly string[];
  readonly reply: string;
  readonly headers: string;
  readonly body: string;
  /** Who asks; undefined: the broker itself. */
  readonly source: Sink | undefined;
}

/** What is particular to the API of an account. */
export interface ApiRules {
  /** Undefined: nothing is said. */
  readonly route: (request: ApiRequest) => Answer | undefined;
  /** Whether it answers at all; where it does not, nobody is there. */
  readonly isOpen?: () => boolean;
  /** Whether requests are counted; where there is no JetStream nothing is. */
  readonly counts?: boolean;
  /** Everything below the prefix is answered here. */
  readonly whole?: boolean;
  /** Who asked, as the audit tells it; missing: the connection. */
  readonly asker?: (answer: Answer) => ClientTold | undefined;
}

/** Takes requests to the API of an account, which are answered at the end of the turn, when what came before is done. */
export class Api implements Relay {
  readonly account: Account;
  readonly #jetStream: JetStream;
  readonly #sender: Sender;
  readonly #rules: ApiRules;
  #end: (() => void) | undefined;
  total = 0;
  errors = 0;

  constructor(jetStream: JetStream, account: Account, rules: ApiRules) {
    this.#jetStream = jetStream;
    this.account = account;
    this.#sender = new Sender(jetStream.around, account);
    this.#rules = rules;
  }

  start(): void {
    this.#end = listen(this.account, `${PREFIX}>`, this);
  }

  stop(): void {
    this.#end?.();
    this.#end = undefined;
  }

  relay(message: Parser, source: Sink): boolean {
    const { arena } = this.#jetStream.around;
    const subject = arena.latin1(message.subjectStart, message.subjectEnd);
    if (!this.#takes(subject) || !this.#follow(subject)) return false;
    const { payloadStart, payloadBytes } = message;
    const headerBytes = Math.max(0, message.headerBytes);
    this.#take(
      subject,
      message.replyEnd === 0 ? '' : arena.latin1(message.replyStart, message.replyEnd),
      arena.latin1(payloadStart, payloadStart + headerBytes),
      arena.latin1(payloadStart + headerBytes, payloadStart + payloadBytes),
      source,
    );
    return true;
  }

  subjectThere(): string {
    return '';
  }

  relayOutside({ subject, reply, headers, payload }: OutsideMessage): boolean {
    if (!this.#takes(subject)) return false;
    this.#take(
      subject,
      reply,
      Buffer.from(headers).toString('latin1'),
      Buffer.from(payload).toString('latin1'),
      undefined,
    );
    return true;
  }

  answer(request: ApiRequest): void {
    const answer = this.#route(request);
    if (answer === undefined) return;
    if (answer.apart !== true && this.#rules.counts !== false) this.#count(answer.failed);
    this.#send(request, answer);
    answer.after?.();
    if (answer.apart !== true) this.#audit(request, answer);
  }

  #count(failed: boolean): void {
    const { answered } = this.#jetStream;
    this.total++;
    answered.total++;
    if (!failed) return;
    this.errors++;
    answered.errors++;
  }

  #takes(subject: string): boolean {
    const { whole = false, isOpen } = this.#rules;
    return (whole || !ELSEWHERE.some((prefix) => subject.startsWith(prefix))) && (isOpen?.() ?? true);
  }

  /**
   * nats-server has the API in the system account, and tells so those who follow a message. Returns whether it goes any
   * further.
   */
  #follow(subject: string): boolean {
    const { tracing, accounts } = this.#jetStream.around;
    const { current } = tracing;
    if (current === undefined || accounts.system === this.account) return true;
    current.addServiceImport(accounts.system?.name ?? '', subject, subject);
    return !current.only;
  }

  #take(subject: string, reply: string, headers: string, body: string, source: Sink | undefined): void {
    const rest = subject.slice(PREFIX.length);
    this.#jetStream.requests.add(this, { subject: rest, tokens: rest.split('.'), reply, headers, body, source });
  }

  #audit(request: ApiRequest, answer: Answer): void {
    const { subject, body } = request;
    const { around, options } = this.#jetStream;
    const { asker } = this.#rules;
    const { serverName } = around;
    const client = asker === undefined ? askerOf(request, this.account, serverName) : asker(answer);
    const fields = auditFields(serverName, client, `${PREFIX}${subject}`, body, answer.text, options.domain);
    advise(around, this.account, 'api_audit', 'API', fields);
  }

  #route(request: ApiRequest): Answer | undefined {
    try {
      return this.#rules.route(request);
    } catch (error) {
      // A fault in one request must not take the server down with it.
      const { log } = this.#jetStream.around;
      log(
        'error',
        `JetStream: $JS.API.${request.subject}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      const err = error instanceof StoreError ? error.message : 'internal error';
      return failure('system', apiError('streamGeneralError', { err }));
    }
  }

  #send({ reply }: ApiRequest, { headers, text }: Answer): void {
    if (reply === '') return;
    const block = headers === undefined ? undefined : Buffer.from(withHeaders('', headers), 'latin1');
    this.#sender.send(reply, '', block, Buffer.from(text, 'latin1'));
  }
}
