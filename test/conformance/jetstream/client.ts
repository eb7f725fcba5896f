import { connect, type Socket } from 'node:net';
import { deadline } from '../../support/deadline.ts';

/** A message as it came. Bytes are latin1 strings. */
export interface Message {
  readonly subject: string;
  readonly reply: string;
  /** What stands behind `NATS/1.0 ` in the first line of the header; empty for none. */
  readonly status: string;
  readonly headers: readonly string[];
  readonly payload: string;
}

const ANSWER_MS_MAX = 10_000;

/** A connection that sorts messages by subscription, because JetStream promises no order between them. */
export class MessageClient implements Disposable {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  readonly #queues = new Map<string, Message[]>();
  #pongs = 0;
  #ended = false;
  #errors = '';
  #waiting = new Set<() => void>();
  #sids = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
      this.#parse();
      this.#wake();
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  /** Connects and waits until the server has let it in. */
  static async open(port: number, fields: Readonly<Record<string, unknown>>): Promise<MessageClient> {
    const client = new MessageClient(connect({ port, host: '127.0.0.1' }));
    client.send(`CONNECT ${JSON.stringify(fields)}\r\n`);
    try {
      await client.sync();
    } catch (error) {
      client[Symbol.dispose]();
      throw error;
    }
    return client;
  }

  send(bytes: string): void {
    this.#socket.write(bytes, 'latin1');
  }

  /** Subscribes; the sid that comes back is what messages are taken by. */
  subscribe(subject: string, queue = ''): string {
    const sid = String(++this.#sids);
    this.#queues.set(sid, []);
    this.send(`SUB ${subject}${queue === '' ? '' : ` ${queue}`} ${sid}\r\n`);
    return sid;
  }

  unsubscribe(sid: string): void {
    this.send(`UNSUB ${sid}\r\n`);
  }

  publish(subject: string, reply: string, payload: string, headers: readonly string[]): void {
    const to = reply === '' ? subject : `${subject} ${reply}`;
    if (headers.length === 0) return this.send(`PUB ${to} ${payload.length}\r\n${payload}\r\n`);
    const block = `NATS/1.0\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`;
    return this.send(`HPUB ${to} ${block.length} ${block.length + payload.length}\r\n${block}${payload}\r\n`);
  }

  /** PING and its PONG: all earlier input was handled. */
  async sync(): Promise<void> {
    const before = this.#pongs;
    this.send('PING\r\n');
    await this.#until(() => this.#pongs > before, ANSWER_MS_MAX, 'PONG');
  }

  /** The next message of a subscription; undefined when none comes in time. */
  async next(sid: string, withinMs: number): Promise<Message | undefined> {
    const queue = this.#queues.get(sid) ?? [];
    await this.#until(() => queue.length > 0, withinMs, 'a message').catch((error: unknown) => {
      if (this.#ended) throw error;
    });
    return queue.shift();
  }

  /** Messages that nobody has taken. */
  left(): Message[] {
    return [...this.#queues.values()].flat();
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  async #until(condition: () => boolean, withinMs: number, what: string): Promise<void> {
    const wait = async (): Promise<void> => {
      while (!condition()) {
        if (this.#ended || this.#errors !== '') throw new Error(`the server closed the connection: ${this.#errors}`);
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
      }
    };
    await deadline(wait(), withinMs, () => `no ${what} within ${withinMs} ms`);
  }

  #parse(): void {
    for (;;) {
      const end = this.#received.indexOf('\r\n');
      if (end < 0) return;
      const line = this.#received.toString('latin1', 0, end);
      const taken = /^H?MSG /.test(line) ? this.#message(line, end + 2) : this.#control(line, end + 2);
      if (taken === 0) return;
      this.#received = this.#received.subarray(taken);
    }
  }

  #control(line: string, length: number): number {
    if (line === 'PING') this.send('PONG\r\n');
    if (line === 'PONG') this.#pongs++;
    if (line.startsWith('-ERR')) this.#errors += line;
    return length;
  }

  /** Zero while not all of it is here. */
  #message(line: string, start: number): number {
    const [, withHeaders, subject = '', sid = '', reply = '', headerBytes = '0', bytes = '0'] =
      /^(H?)MSG (\S+) (\S+) (?:([^\s\d]\S*)? )?(?:(\d+) )?(\d+)$/.exec(line) ?? [];
    const end = start + Number(bytes);
    if (this.#received.length < end + 2) return 0;
    const split = start + (withHeaders === 'H' ? Number(headerBytes) : 0);
    const block = this.#received.toString('latin1', start, split);
    const [first = '', ...lines] = block.split('\r\n');
    const message: Message = {
      subject,
      reply,
      status: first.replace(/^NATS\/1\.0 ?/, ''),
      headers: lines.filter((text) => text !== ''),
      payload: this.#received.toString('latin1', split, end),
    };
    this.#queues.get(sid)?.push(message);
    return end + 2;
  }
}
