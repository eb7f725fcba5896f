import { fromSeed } from '@nats-io/nkeys';
import { expect } from 'vitest';
import { RawClient } from '../support/raw-client.ts';
import { type Case, connectLine, type FieldPattern, type Step } from './case.ts';
import { runListenerStep } from './listener-run.ts';
import type { ListenerStep } from './listener-steps.ts';
import { runMonitoringStep } from './monitoring-run.ts';
import type { MonitoringStep } from './monitoring-steps.ts';

/** A server that a case runs against. */
export interface RunningServer extends AsyncDisposable {
  readonly port: number;
  /** The port for monitoring, from the log; throws when there is none. */
  readonly httpPort: number;
  /** The port of the WebSocket listener, from the log; throws when there is none. */
  readonly webSocketPort: number;
  signal(name: NodeJS.Signals): void;
  /** Resolves once its log has a match. */
  logged(pattern: RegExp): Promise<RegExpExecArray>;
  /** Writes another configuration, has the server read it, and waits until it says that it has. */
  reload(config: string, outcome: RegExp): Promise<unknown>;
  /** Ends the server by a signal and starts it again with the same configuration and folder, on another port. */
  restart(signal: NodeJS.Signals): Promise<void>;
}

interface Participant {
  raw: RawClient;
  info: Record<string, unknown>;
}

/** Runs the steps of a case in order. The first step that does not hold throws, naming its number. */
export async function runCase(testCase: Case, server: RunningServer): Promise<void> {
  const run = new Run(server, testCase.pingsCount === true);
  try {
    for (const [index, step] of testCase.steps.entries()) {
      try {
        await run.step(step);
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        throw new Error(`step ${index + 1} (${step.client} ${describe(step)}): ${detail}`, { cause: error });
      }
    }
  } finally {
    await run.end();
  }
}

class Run {
  readonly #server: RunningServer;
  readonly #pingsCount: boolean;
  readonly #participants = new Map<string, Participant>();
  /** What patterns found, by the names of their groups. */
  readonly #taken = new Map<string, string>();

  constructor(server: RunningServer, pingsCount: boolean) {
    this.#server = server;
    this.#pingsCount = pingsCount;
  }

  async step(step: Step): Promise<void> {
    switch (step.do) {
      case 'open':
        return this.#open(step.client);
      case 'signal':
        return this.#server.signal(step.name);
      case 'lazily':
        for (const made of step.make()) await this.step(made);
        return;
      case 'refused':
        return this.#refused();
      case 'log':
        await this.#server.logged(step.pattern);
        return;
      case 'reload':
        await this.#server.reload(step.config, step.outcome);
        return;
      case 'over-limit':
        return this.#overLimit(step.client, step.text);
      case 'one-of':
        return this.#oneOf(step.of);
      case 'cut':
        return this.#cut(step);
      case 'http':
      case 'request':
      case 'event': {
        const raw = () => this.#participant(step.client).raw;
        return runMonitoringStep(
          step,
          raw,
          () => this.#server.httpPort,
          (text) => this.#named(text),
        );
      }
      case 'dial':
      case 'secure':
      case 'unsecured':
      case 'messages':
      case 'frame':
      case 'last':
      case 'message-info':
        return this.#arrive(step);
      default:
        return this.#converse(step);
    }
  }

  async #arrive(step: ListenerStep & { client: string }): Promise<void> {
    await runListenerStep(step, {
      raw: () => this.#participant(step.client).raw,
      replace: (raw) => {
        raw.answersPings = !this.#pingsCount;
        const participant = this.#participants.get(step.client);
        if (participant === undefined) this.#participants.set(step.client, { raw, info: {} });
        else participant.raw = raw;
      },
      port: (listener) => (listener === 'client' ? this.#server.port : this.#server.webSocketPort),
      onInfo: (info, { fields, absent }) => {
        this.#participant(step.client).info = info;
        this.#compareInfo(info, { fields, absent });
      },
    });
  }

  /** Leaves all connections and waits until the server has let go of them, so that the next case finds no leftover interest. */
  async end(): Promise<void> {
    await Promise.all([...this.#participants.values()].map(({ raw }) => raw.leave()));
    for (const { raw } of this.#participants.values()) raw[Symbol.dispose]();
  }

  async #converse(
    step: Exclude<
      Step,
      {
        do:
          | 'open'
          | 'signal'
          | 'lazily'
          | 'refused'
          | 'log'
          | 'reload'
          | 'over-limit'
          | 'one-of'
          | 'cut'
          | MonitoringStep['do']
          | ListenerStep['do'];
      }
    >,
  ): Promise<void> {
    const participant = this.#participant(step.client);
    const { raw, info } = participant;
    switch (step.do) {
      case 'send':
        return raw.sendSplit(step.pieces.map((piece) => this.#withTaken(piece)));
      case 'text':
        return raw.expectText(this.#withTaken(step.text));
      case 'take': {
        const { groups = {} } = await raw.expectMatch(step.pattern);
        for (const [name, value] of Object.entries(groups)) this.#taken.set(name, value);
        return;
      }
      case 'tally':
        return tally(raw, step);
      case 'match':
        await raw.expectMatch(step.pattern);
        return;
      case 'answer':
        return answerRequest(raw, step);
      case 'sign':
        return raw.sendSplit([connectLine(signed(step, typeof info['nonce'] === 'string' ? info['nonce'] : ''))]);
      case 'next-info':
        participant.info = await readInfo(raw);
        return this.#compareInfo(participant.info, step);
      case 'info':
        return this.#compareInfo(info, step);
      case 'info-keys':
        // git_commit is there only in builds that know their commit.
        expect(Object.keys(info).filter((key) => key !== 'git_commit')).toEqual(step.keys);
        return;
      case 'later-id':
        expect(info['client_id']).toBeGreaterThan(Number(this.#participant(step.than).info['client_id']));
        return;
      case 'quiet':
        return raw.expectQuiet(step.ms);
      case 'closed':
        return raw.expectClosed(step.withinMs);
      case 'leave':
        return raw.leave();
      case 'pause':
        raw.socket.pause();
        return;
      case 'resume':
        raw.socket.resume();
        return;
    }
  }

  #withTaken(text: string): string {
    if (this.#taken.size === 0) return text;
    return text.replace(/<(\w+)>/g, (whole, name: string) => this.#taken.get(name) ?? whole);
  }

  async #open(name: string): Promise<void> {
    const raw = await RawClient.open(this.#server.port);
    raw.answersPings = !this.#pingsCount;
    const participant = { raw, info: {} };
    this.#participants.set(name, participant);
    participant.info = await readInfo(raw);
  }

  #compareInfo(
    info: Record<string, unknown>,
    { fields, absent }: { fields: Readonly<Record<string, FieldPattern>>; absent: readonly string[] },
  ): void {
    for (const [field, pattern] of Object.entries(fields)) compare(field, info[field], this.#filled(pattern));
    for (const field of absent) expect(info, `INFO without ${field}`).not.toHaveProperty(field);
  }

  /** A connection that is told why it cannot stay. The INFO before it is not promised. */
  async #overLimit(name: string, text: string): Promise<void> {
    const raw = await RawClient.open(this.#server.port);
    this.#participants.set(name, { raw, info: {} });
    await raw.expectMatch(/^(INFO [^\n]*\n)?(?=-ERR)/);
    await raw.expectText(text);
    await raw.expectClosed();
  }

  async #refused(): Promise<void> {
    const attempt = async (): Promise<void> => {
      using raw = await RawClient.open(this.#server.port);
      await raw.expectMatch(/^INFO /);
    };
    // The listener closes a moment after the signal.
    for (let tries = 0; tries < 40; tries++) {
      try {
        await attempt();
      } catch {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error('the server still takes connections');
  }

  async #oneOf(of: { client: string; text: string }[]): Promise<void> {
    for (const { client } of of) this.#participant(client).raw.send('PING\r\n');
    const received: string[] = [];
    for (const { client, text } of of) {
      const { raw } = this.#participant(client);
      const match = await raw.expectMatch(/^((?:MSG|HMSG) [^]*?)?PONG\r\n/);
      if (match[1] === undefined) continue;
      expect(match[1], `what ${client} received`).toBe(text);
      received.push(client);
    }
    expect(received, 'the clients that received the message').toHaveLength(1);
  }

  async #cut(step: Extract<Step, { do: 'cut' }>): Promise<void> {
    const consumer = this.#participant(step.client).raw;
    const publisher = this.#participant(step.publisher).raw;
    consumer.socket.pause();
    let sent = 0;
    // A socket that does not read does not see its end either; the server shows by PONG that it has gone on.
    while (sent < step.bytesMax) {
      publisher.send(`${step.chunk}PING\r\n`);
      sent += step.chunk.length;
      await publisher.expectText('PONG\r\n');
    }
    consumer.socket.resume();
    const delivered = await drained(consumer, sent);
    expect(delivered, `bytes delivered of ${sent} before the cut`).toBeLessThan(sent);
  }

  #participant(name: string): Participant {
    const participant = this.#participants.get(name);
    if (participant === undefined) throw new Error(`${name} has not connected`);
    return participant;
  }

  /** `<id>` is the server's id, `<cid:a>` that of a connection. */
  #named(text: string): string {
    const [first] = this.#participants.values();
    return text
      .replaceAll('<id>', () => String(first?.info['server_id']))
      .replace(/<cid:(\w+)>/g, (_, name: string) => String(this.#participant(name).info['client_id']));
  }

  #filled(pattern: FieldPattern): FieldPattern {
    if (pattern === '<webSocketPort>') return this.#server.webSocketPort;
    return pattern === '<port>' ? this.#server.port : pattern;
  }
}

async function readInfo(raw: RawClient): Promise<Record<string, unknown>> {
  const match = await raw.expectMatch(/^INFO (\{.*\}) \r\n/);
  return JSON.parse(match[1] ?? '') as Record<string, unknown>;
}

async function answerRequest(raw: RawClient, step: Extract<Step, { do: 'answer' }>): Promise<void> {
  const [, verb, subject, reply = '', headerBytes, bytes] = await raw.expectMatch(
    /^(H?MSG) (\S+) \S+ (\S+) (?:(\d+) )?(\d+)\r\n/,
  );
  expect(subject, 'subject of the request').toBe(step.subject);
  const [message] = await raw.expectMatch(new RegExp(`^[^]{${bytes}}\\r\\n`));
  const headersEnd = verb === 'HMSG' ? Number(headerBytes) : 0;
  const request = Buffer.from(message.slice(headersEnd, -2), 'latin1');
  const answer = Buffer.from(step.answer(request, message.slice(0, headersEnd)));
  raw.send(`PUB ${reply} ${answer.length}\r\n${answer.toString('latin1')}\r\n`);
}

/** The fields of a CONNECT with the signature of the nonce; with the public key unless there is a JWT or another key. */
function signed({ seed, fields, encoding }: Extract<Step, { do: 'sign' }>, nonce: string): Record<string, unknown> {
  const pair = fromSeed(new TextEncoder().encode(seed));
  const signature = Buffer.from(pair.sign(new TextEncoder().encode(nonce)));
  const nkey = 'jwt' in fields ? {} : { nkey: pair.getPublicKey() };
  return { ...nkey, sig: signature.toString(encoding), ...fields };
}

/** Reads that many messages and counts them by their subjects. */
async function tally(raw: RawClient, { messages, shares }: Extract<Step, { do: 'tally' }>): Promise<void> {
  const counts: Record<string, number> = {};
  for (let i = 0; i < messages; i++) {
    const [, subject = '', bytes] = await raw.expectMatch(/^H?MSG (\S+) [^\r]*?(\d+)\r\n/);
    await raw.expectMatch(new RegExp(`^[^]{${Number(bytes)}}\\r\\n`));
    counts[subject] = (counts[subject] ?? 0) + 1;
  }
  expect(Object.keys(counts).toSorted()).toEqual(Object.keys(shares).toSorted());
  for (const [subject, [min, max]] of Object.entries(shares)) {
    const count = counts[subject] ?? 0;
    expect(count >= min && count <= max, `${count} messages on ${subject}, not ${min} to ${max}`).toBe(true);
  }
}

/** Bytes that still come before the connection closes; all of `expectedMax` means that it was not cut. */
async function drained(raw: RawClient, expectedMax: number): Promise<number> {
  const end = Date.now() + 15_000;
  while (!raw.ended && raw.pending.length < expectedMax && Date.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  if (!raw.ended) throw new Error(`the consumer was not cut; ${raw.pending.length} bytes received`);
  return raw.pending.length;
}

function compare(field: string, actual: unknown, pattern: FieldPattern): void {
  if (pattern instanceof RegExp) expect(actual, `INFO ${field}`).toMatch(pattern);
  else expect(actual, `INFO ${field}`).toBe(pattern);
}

function describe(step: Step): string {
  switch (step.do) {
    case 'send':
      return `sends ${JSON.stringify(step.pieces.join('').slice(0, 200))}`;
    case 'text':
      return `expects ${JSON.stringify(step.text.slice(0, 200))}`;
    case 'match':
      return `expects ${step.pattern}`;
    case 'http':
      return `${step.method} ${step.target}`;
    case 'request':
      return `requests ${step.subject} ${step.payload.slice(0, 200)}`;
    case 'event':
      return `expects ${step.subject}`;
    default:
      return step.do;
  }
}
