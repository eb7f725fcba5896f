/** Talks the client protocol by hand, line by line, as a diagnosis needs it; messages are skipped. */

import type { Channel } from './channel.ts';
import type { ConnectFields } from './credentials.ts';
import { codeOfServerError, ConnectFailure } from './failure-catalogue.ts';
import type { FailureCode } from './failure-catalogue.ts';
import { controlLineBytesMax, infoBytesMax } from './limits.ts';
import { handshakeFailure } from './tls-upgrade.ts';
import { within } from './within.ts';

export interface ConversationEvents {
  sent(line: string): void;
  received(line: string): void;
}

/** Fields of CONNECT whose value nobody may see. */
const secretFields = new Set(['pass', 'auth_token', 'jwt', 'sig']);
const mask = '•••';

/** CONNECT as it may be shown. */
export function maskedConnect(fields: object): string {
  const shown = Object.fromEntries(
    Object.entries(fields).map(([name, value]: [string, unknown]) => [name, secretFields.has(name) ? mask : value]),
  );
  return `CONNECT ${JSON.stringify(shown)}`;
}

export class Conversation {
  readonly #channel: Channel;
  readonly #events: ConversationEvents;
  #buffer = Buffer.alloc(0);
  /** Bytes of a message that are still to be skipped. */
  #skip = 0;
  #lines: string[] = [];
  #failure: ConnectFailure | undefined;
  #wake: (() => void) | undefined;

  /** @param first what was received already, from INFO on. */
  constructor(channel: Channel, first: Uint8Array, events: ConversationEvents) {
    this.#channel = channel;
    this.#events = events;
    // INFO itself was shown when it was read.
    const lineEnd = Buffer.from(first).indexOf(10);
    if (lineEnd + 1 < first.length) this.#take(first.subarray(lineEnd + 1));
    channel.listen({
      data: (bytes) => this.#take(bytes),
      closed: (error) => {
        this.#failure ??= closeFailure(error);
        this.#wake?.();
      },
    });
  }

  connect(fields: ConnectFields & Record<string, unknown>): void {
    this.#events.sent(maskedConnect(fields));
    this.#channel.write(Buffer.from(`CONNECT ${JSON.stringify(fields)}\r\n`));
  }

  send(...lines: string[]): void {
    for (const line of lines) this.#events.sent(line);
    this.#channel.write(Buffer.from(lines.map((line) => `${line}\r\n`).join('')));
  }

  /**
   * Lines up to and without the next PONG. An `-ERR` that ends the connection rejects with its code; others are among
   * the lines.
   */
  untilPong(milliseconds: number, signal: AbortSignal, timeoutCode: FailureCode): Promise<string[]> {
    const lines: string[] = [];
    return within<string[]>(milliseconds, signal, timeoutCode, (resolve, reject) => {
      const look = (): void => {
        for (let line = this.#lines.shift(); line !== undefined; line = this.#lines.shift()) {
          if (/^PONG$/i.test(line)) {
            resolve(lines);
            return;
          }
          lines.push(line);
        }
        if (this.#failure === undefined) return;
        // What the server said before it closed is the reason; the close itself is not.
        const said = lines.findLast((line) => /^-ERR/i.test(line));
        const code = said === undefined ? this.#failure.code : codeOfServerError(said);
        reject(said === undefined ? this.#failure : new ConnectFailure(code, { detail: said }));
      };
      this.#wake = look;
      look();
      return () => {
        this.#wake = undefined;
      };
    });
  }

  #take(bytes: Uint8Array): void {
    this.#buffer = Buffer.concat([this.#buffer, bytes]);
    for (;;) {
      if (this.#skip > 0) {
        const skipped = Math.min(this.#skip, this.#buffer.length);
        this.#buffer = this.#buffer.subarray(skipped);
        this.#skip -= skipped;
        if (this.#skip > 0) return;
      }
      const end = this.#buffer.indexOf(10);
      if (end === -1) break;
      const line = this.#buffer.subarray(0, end).toString('utf8').trimEnd();
      this.#buffer = this.#buffer.subarray(end + 1);
      if (/^H?MSG\s/i.test(line)) {
        this.#skip = Number(/(\d+)$/.exec(line)?.[1] ?? 0) + 2;
        continue;
      }
      if (/^PING$/i.test(line)) {
        this.#channel.write(Buffer.from('PONG\r\n'));
        continue;
      }
      this.#events.received(line);
      this.#lines.push(line);
    }
    if (this.#buffer.length > infoBytesMax + controlLineBytesMax) {
      this.#failure ??= new ConnectFailure('protocol-error', { detail: 'a line without an end' });
      this.#channel.destroy();
    }
    this.#wake?.();
  }
}

function closeFailure(error: NodeJS.ErrnoException | undefined): ConnectFailure {
  if (error?.code?.startsWith('ERR_SSL_') === true) return handshakeFailure(error);
  return new ConnectFailure('closed-by-server', { detail: error?.code ?? 'closed without a word' });
}
