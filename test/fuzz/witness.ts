import { expect } from 'vitest';
import { RawClient } from '../support/raw-client.ts';

/**
 * Two well-behaved clients on a server that others abuse: each message of the one reaches the other whole, in order, with and
 * without headers. Their subject is one that the hostile conversations do not hit.
 */
export class Witness implements Disposable {
  readonly #publisher: RawClient;
  readonly #subscriber: RawClient;
  #count = 0;

  private constructor(publisher: RawClient, subscriber: RawClient) {
    this.#publisher = publisher;
    this.#subscriber = subscriber;
  }

  static async open(port: number): Promise<Witness> {
    const clients = await Promise.all([RawClient.open(port), RawClient.open(port)]);
    for (const client of clients) {
      client.answersPings = true;
      client.send('CONNECT {"verbose":false,"pedantic":false,"headers":true}\r\nPING\r\n');
      await client.expectMatch(/^INFO [^\n]*\nPONG\r\n/);
    }
    const [publisher, subscriber] = clients;
    subscriber.send('SUB witness.only 1\r\nPING\r\n');
    await subscriber.expectText('PONG\r\n');
    return new Witness(publisher, subscriber);
  }

  /** Publishes some messages and checks what arrives. */
  async testify(): Promise<void> {
    const head = 'NATS/1.0\r\nA: \r\nB: 1\r\n\r\n';
    for (let index = 0; index < 5; index++) {
      const body = `${this.#count++}\r\n\0\xff${'x'.repeat(this.#count % 300)}`;
      this.#publisher.send(`PUB witness.only ${body.length}\r\n${body}\r\n`);
      this.#publisher.send(`HPUB witness.only ${head.length} ${head.length + body.length}\r\n${head}${body}\r\n`);
      await this.#subscriber.expectText(`MSG witness.only 1 ${body.length}\r\n${body}\r\n`);
      await this.#subscriber.expectText(
        `HMSG witness.only 1 ${head.length} ${head.length + body.length}\r\n${head}${body}\r\n`,
      );
    }
    for (const client of [this.#publisher, this.#subscriber]) {
      client.send('PING\r\n');
      await client.expectText('PONG\r\n');
    }
  }

  [Symbol.dispose](): void {
    this.#publisher[Symbol.dispose]();
    this.#subscriber[Symbol.dispose]();
  }
}

const ERROR_TEXTS = [
  'Unknown Protocol Operation',
  'Authorization Violation',
  'maximum control line exceeded',
  'Maximum Payload Violation',
  'invalid client protocol',
  'no responders requires headers support',
  'Invalid Subject',
  'Invalid Publish Subject',
  'maximum subscriptions exceeded',
  'Permissions Violation for ',
];

/** What a server said to a hostile client is protocol from the first byte to the last, whatever that client sent. */
export function expectProtocol(received: string): void {
  let rest = received;
  while (rest !== '') {
    const line = /^(?:INFO \{[^\n]*\} |PONG|PING|\+OK|-ERR '([^\n]*)'|H?MSG [^\n]*)\r\n/.exec(rest);
    if (line === null) throw new Error(`no protocol: ${JSON.stringify(rest.slice(0, 200))}`);
    rest = rest.slice(line[0].length);
    if (line[1] !== undefined) {
      expect(
        ERROR_TEXTS.some((text) => line[1]?.startsWith(text)),
        `the error ${line[1]} is known`,
      ).toBe(true);
    }
    if (/^H?MSG/.test(line[0])) rest = withoutPayload(line[0], rest);
  }
}

function withoutPayload(line: string, rest: string): string {
  const words = line.trimEnd().split(' ');
  const total = Number(words.at(-1));
  const headed = line.startsWith('HMSG');
  expect(words.length, line).toBeGreaterThanOrEqual(headed ? 5 : 4);
  if (headed) expect(Number(words.at(-2)), line).toBeLessThanOrEqual(total);
  // The connection may have been closed in the middle of a message.
  if (rest.length < total + 2) return '';
  expect(rest.slice(total, total + 2), `the end of ${line}`).toBe('\r\n');
  return rest.slice(total + 2);
}
