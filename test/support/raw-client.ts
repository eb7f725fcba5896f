import { connect, type Socket } from 'node:net';
import { deadline } from './deadline.ts';

/** How long an answer may take on a machine that is busy with other tests. */
const ANSWER_MS_MAX = 10_000;

/**
 * A socket that says exactly what it is told to and checks every byte that comes back. Bytes are latin1 strings on both
 * sides, so that payloads and subjects of any bytes can be written down in a case.
 */
export class RawClient implements Disposable {
  readonly socket: Socket;
  /** Answers the server's PINGs between messages and does not show them: on a slow machine any case may meet one. */
  answersPings = false;
  #received = '';
  #ended = false;
  #changed: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', this.#hear);
    // An abortive close is a close all the same; what was received before it is still checked.
    socket.on('error', () => {});
    socket.on('close', this.#end);
    this.#ended = socket.closed;
  }

  readonly #hear = (bytes: Buffer): void => {
    this.#received += bytes.toString('latin1');
    this.#changed();
  };

  readonly #end = (): void => {
    this.#ended = true;
    this.#changed();
  };

  /** Goes on with a socket that is open: one through TLS, for instance. */
  static over(socket: Socket): RawClient {
    return new RawClient(socket);
  }

  /** Gives the socket away. Everything received must have been expected. */
  release(): Socket {
    if (this.#received !== '') throw difference('nothing', this.#received, this.#ended);
    this.socket.off('data', this.#hear);
    this.socket.off('close', this.#end);
    return this.socket;
  }

  static async open(port: number, host = '127.0.0.1'): Promise<RawClient> {
    const socket = connect({ port, host });
    const client = new RawClient(socket);
    const opened = new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    await deadline(opened, ANSWER_MS_MAX, () => `no connection to port ${port}`);
    return client;
  }

  /** Everything received and not yet expected. */
  get pending(): string {
    return this.#received;
  }

  get ended(): boolean {
    return this.#ended;
  }

  send(bytes: string): void {
    this.socket.write(bytes, 'latin1');
  }

  /** Sends in the given pieces, each in a segment of its own as far as the kernel allows. */
  async sendSplit(pieces: string[]): Promise<void> {
    for (const piece of pieces) {
      await new Promise<void>((resolve) => this.socket.write(piece, 'latin1', () => setImmediate(resolve)));
    }
  }

  /** The next bytes are exactly `text`. */
  async expectText(text: string): Promise<void> {
    await this.#until(() => this.#received.length >= text.length || !text.startsWith(this.#received), text);
    if (!this.#received.startsWith(text) && this.#answeredPing()) return this.expectText(text);
    if (!this.#received.startsWith(text)) throw difference(text, this.#received, this.#ended);
    this.#received = this.#received.slice(text.length);
  }

  /** The next bytes match; the match is taken away. The pattern must begin with `^`. */
  async expectMatch(pattern: RegExp): Promise<RegExpExecArray> {
    await this.#until(() => pattern.test(this.#received) || this.#answeredPing(), String(pattern));
    if (!pattern.test(this.#received) && !this.#ended) return this.expectMatch(pattern);
    const match = pattern.exec(this.#received);
    if (match === null || match.index !== 0) throw difference(String(pattern), this.#received, this.#ended);
    this.#received = this.#received.slice(match[0].length);
    return match;
  }

  /** Nothing more comes within `ms`, and the connection stays. */
  async expectQuiet(ms: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    if (this.#answeredPing()) return this.expectQuiet(0);
    if (this.#received !== '' || this.#ended) throw difference('nothing', this.#received, this.#ended);
  }

  /** The server closes the connection and says nothing more before. */
  async expectClosed(withinMs = ANSWER_MS_MAX): Promise<void> {
    await this.#until(() => this.#ended || this.#received !== '', 'a close', withinMs);
    if (this.#answeredPing()) return this.expectClosed(withinMs);
    if (this.#received !== '') throw difference('a close', this.#received, this.#ended);
  }

  /** The server closes the connection, and all that it says before matches. */
  async expectLast(pattern: RegExp): Promise<void> {
    await this.#until(() => this.#ended, 'a close');
    if (!pattern.test(this.#received)) throw difference(String(pattern), this.#received, this.#ended);
    this.#received = '';
  }

  /** Ends the connection and waits until the server has let go of it. */
  async leave(): Promise<void> {
    this.socket.end();
    this.socket.resume();
    await this.#until(() => this.#ended, 'a close').catch(() => this.socket.destroy());
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  /** Takes a PING of the server away from the front, if there is one to be answered. */
  #answeredPing(): boolean {
    if (!this.answersPings || !this.#received.startsWith('PING\r\n')) return false;
    this.#received = this.#received.slice('PING\r\n'.length);
    if (!this.#ended) this.send('PONG\r\n');
    return true;
  }

  async #until(condition: () => boolean, expected: string, withinMs = ANSWER_MS_MAX): Promise<void> {
    const wait = async (): Promise<void> => {
      while (!condition() && !this.#ended) await new Promise<void>((resolve) => (this.#changed = resolve));
    };
    await deadline(wait(), withinMs, () => difference(expected, this.#received, this.#ended).message);
  }
}

function difference(expected: string, received: string, ended: boolean): Error {
  const shown = (text: string): string => (text.length > 600 ? `${text.slice(0, 600)}… (${text.length} bytes)` : text);
  const state = ended ? 'and the connection is closed' : 'and the connection is open';
  return new Error(`expected ${JSON.stringify(shown(expected))}\nreceived ${JSON.stringify(shown(received))} ${state}`);
}
