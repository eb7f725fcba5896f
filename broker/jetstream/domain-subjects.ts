import type { OutsideMessage, Relay } from '../account/crossing.ts';
import type { Sink } from '../account/sink.ts';
import type { Parser } from '../wire/parser.ts';
import type { AccountJetStream } from './account-jetstream.ts';

const API = '$JS.API.';

/**
 * The API under the name of the domain: what comes to `$JS.<domain>.API.` goes on without the domain, and what is meant for
 * buckets (`$JS.<domain>.API.$KV.`, `….$OBJ.`) as itself.
 */
export class DomainSubjects implements Relay {
  readonly #account: AccountJetStream;
  readonly #prefix: string;
  #end: (() => void) | undefined;

  constructor(account: AccountJetStream) {
    this.#account = account;
    this.#prefix = `$JS.${account.domain}.API.`;
  }

  start(): void {
    this.#end = this.#account.listen(`${this.#prefix}>`, this);
  }

  stop(): void {
    this.#end?.();
  }

  relay(message: Parser, source: Sink): boolean {
    const { arena, jetStream, account } = this.#account;
    const { messages, caches, delivery } = jetStream.around;
    const subject = this.#without(arena.latin1(message.subjectStart, message.subjectEnd));
    const reply = message.replyEnd === 0 ? '' : arena.latin1(message.replyStart, message.replyEnd);
    const laid = messages.layChanged(message, subject, reply, undefined);
    if (laid === undefined) return false;
    try {
      return delivery.deliver(caches.inside(account).lookup(laid), laid, source) > 0;
    } finally {
      messages.release();
    }
  }

  subjectThere(): string {
    return '';
  }

  relayOutside({ subject, reply, headers, payload }: OutsideMessage): boolean {
    const block = headers.length === 0 ? undefined : headers;
    return this.#account.sender.send(this.#without(subject), reply, block, payload) > 0;
  }

  #without(subject: string): string {
    const rest = subject.slice(this.#prefix.length);
    return rest.startsWith('$KV.') || rest.startsWith('$OBJ.') ? rest : API + rest;
  }
}
