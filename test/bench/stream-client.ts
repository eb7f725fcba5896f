import { connect, type Socket } from 'node:net';
import { once } from 'node:events';

/** Publishes that may wait for their ack. */
const IN_FLIGHT_MAX = 4000;
const PER_WRITE = 500;

/** A message as it comes: its line (`MSG …` or `HMSG …`, without its end) and its payload. */
type OnMessage = (line: string, payload: Buffer) => void;

/** A connection that speaks no more of the protocol than a benchmark needs, so that little of the time is its own. */
export class StreamClient {
  readonly #socket: Socket;
  #rest: Buffer = Buffer.alloc(0);
  #onPong: () => void = () => {};
  #onMessage: OnMessage = () => {};
  /** Called when all of a read was looked at: what is to be sent for it is sent at once. */
  onRead: () => void = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
  }

  static async open(port: number): Promise<StreamClient> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await once(socket, 'connect');
    const client = new StreamClient(socket);
    client.write('CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\nSUB r.* 1\r\n');
    await client.flush();
    return client;
  }

  write(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  /** Resolves once the server has read all that was written. */
  flush(): Promise<void> {
    return new Promise((resolve) => {
      this.#onPong = resolve;
      this.write('PING\r\n');
    });
  }

  set onMessage(onMessage: OnMessage) {
    this.#onMessage = onMessage;
  }

  /** A request of the API; throws what was refused. */
  async api<Answer>(subject: string, body: object | string = ''): Promise<Answer> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = new Promise<Buffer>((resolve) => (this.#onMessage = (_, payload) => resolve(payload)));
    this.write(`PUB $JS.API.${subject} r.1 ${text.length}\r\n${text}\r\n`);
    const said = JSON.parse((await answer).toString()) as Answer & { error?: { description: string } };
    if (said.error !== undefined) throw new Error(`${subject}: ${said.error.description}`);
    return said;
  }

  /** Publishes so many messages to a stream, some thousand at a time, until all are acknowledged. */
  async fill(count: number, subjectOf: (index: number) => string, payload: string): Promise<void> {
    let acks = 0;
    let go = (): void => {};
    this.#onMessage = (line, body) => {
      if (body.includes('"error"')) throw new Error(body.toString());
      acks++;
      go();
    };
    const until = (enough: () => boolean): Promise<void> =>
      new Promise((resolve) => {
        go = () => void (enough() && resolve());
        go();
      });
    for (let sent = 0; sent < count;) {
      let text = '';
      for (let i = 0; i < PER_WRITE && sent < count; i++, sent++) {
        text += `PUB ${subjectOf(sent)} r.2 ${payload.length}\r\n${payload}\r\n`;
      }
      this.write(text);
      await until(() => sent - acks <= IN_FLIGHT_MAX);
    }
    await until(() => acks === count);
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(bytes: Buffer): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    let at = 0;
    for (;;) {
      const end = all.indexOf(10, at);
      if (end < 0) break;
      const first = all[at];
      // M or H.
      if (first === 77 || first === 72) {
        const line = all.toString('latin1', at, end - 1);
        const size = Number(line.slice(line.lastIndexOf(' ') + 1));
        if (all.length < end + 3 + size) break;
        this.#onMessage(line, all.subarray(end + 1, end + 1 + size));
        at = end + 3 + size;
        continue;
      }
      const line = all.toString('latin1', at, end - 1);
      if (line === 'PING') this.write('PONG\r\n');
      else if (line === 'PONG') this.#onPong();
      else if (line.startsWith('-ERR')) throw new Error(line);
      at = end + 1;
    }
    this.#rest = all.subarray(at);
    this.onRead();
  }
}
