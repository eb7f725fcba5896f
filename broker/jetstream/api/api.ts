import type { OutsideMessage, Relay } from '../../account/crossing.ts';
import type { Sink } from '../../account/sink.ts';
import type { Parser } from '../../wire/parser.ts';
import type { AccountJetStream } from '../account-jetstream.ts';
import { StoreError } from '../../store/message-log.ts';
import { apiError } from '../errors.ts';
import { auditFields } from '../encode/advisories.ts';
import { type Answer, failure } from './answers.ts';
import { withHeaders } from '../stream/message-text.ts';
import { route } from './routes.ts';

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

/** Takes requests to the API, and answers them at the end of the turn, when what came before them is done. */
export class Api implements Relay {
  readonly #account: AccountJetStream;
  #waiting: ApiRequest[] = [];
  #endings: (() => void)[] = [];
  total = 0;
  errors = 0;

  constructor(account: AccountJetStream) {
    this.#account = account;
  }

  start(): void {
    this.#endings = [this.#account.listen(`${PREFIX}>`, this)];
  }

  stop(): void {
    for (const end of this.#endings) end();
  }

  relay(message: Parser, source: Sink): boolean {
    const { arena } = this.#account;
    const subject = arena.latin1(message.subjectStart, message.subjectEnd);
    if (ELSEWHERE.some((prefix) => subject.startsWith(prefix))) return false;
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
    if (ELSEWHERE.some((prefix) => subject.startsWith(prefix))) return false;
    this.#take(
      subject,
      reply,
      Buffer.from(headers).toString('latin1'),
      Buffer.from(payload).toString('latin1'),
      undefined,
    );
    return true;
  }

  #take(subject: string, reply: string, headers: string, body: string, source: Sink | undefined): void {
    const rest = subject.slice(PREFIX.length);
    this.#waiting.push({ subject: rest, tokens: rest.split('.'), reply, headers, body, source });
    if (this.#waiting.length === 1) this.#account.jetStream.ask(this);
  }

  #audit({ subject, body, source }: ApiRequest, { text }: Answer): void {
    const { jetStream, domain } = this.#account;
    const client = source?.requester?.clientInfo(true);
    const fields = auditFields(
      jetStream.around.serverName,
      client && { ...client },
      `${PREFIX}${subject}`,
      body,
      text,
      domain,
    );
    this.#account.advise('api_audit', 'API', fields);
  }

  #route(request: ApiRequest): Answer | undefined {
    try {
      return route(this.#account, request);
    } catch (error) {
      // A fault in one request must not take the server down with it.
      const { log } = this.#account.jetStream.around;
      log(
        'error',
        `JetStream: $JS.API.${request.subject}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      const err = error instanceof StoreError ? error.message : 'internal error';
      return failure('system', apiError('streamGeneralError', { err }));
    }
  }

  /** Answers what waits. */
  answer(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const request of waiting) {
      const answer = this.#route(request);
      if (answer === undefined) continue;
      this.total++;
      if (answer.failed) this.errors++;
      this.#send(request, answer);
      answer.after?.();
      this.#audit(request, answer);
    }
  }

  #send({ reply }: ApiRequest, { headers, text }: Answer): void {
    if (reply === '') return;
    const block = headers === undefined ? undefined : Buffer.from(withHeaders('', headers), 'latin1');
    this.#account.sender.send(reply, '', block, Buffer.from(text, 'latin1'));
  }
}
