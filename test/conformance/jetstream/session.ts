import type { RunningServer } from '../runner.ts';
import { Backup } from './backup.ts';
import { MessageClient, type Message } from './client.ts';
import { answerMismatch, filled, messageMismatch, parsed, shown } from './judge.ts';
import { type Answer, Draft, type JetStreamCase, type JetStreamStep, type MessagePattern } from './steps.ts';

const ANSWER_MS_MAX = 10_000;
/** How long a request goes without an answer before none is said to come. */
const SILENCE_MS = 250;
/** For what the server does in its own time. */
const SETTLED_MS_MAX = 12_000;
const POLL_MS = 30;
const RELOADED = /Reloaded server configuration/;

/** As today's client libraries connect. */
const CONNECT = {
  verbose: false,
  pedantic: false,
  lang: 'case',
  version: '1',
  protocol: 1,
  headers: true,
  no_responders: true,
};

/** The account that a case has on a server that it shares. */
export interface Seat {
  readonly account: string;
  readonly user: string | undefined;
}

interface Subscription {
  readonly client: MessageClient;
  readonly sid: string;
  readonly subject: string;
}

/** Sees drafts and what came in their place. */
export interface Recorder {
  answer(draft: Draft, actual: Message | undefined, names: ReadonlyMap<string, string>): void;
  messages(draft: Draft, actual: readonly Message[], names: ReadonlyMap<string, string>): void;
}

/** Runs the steps of a case in order. The first step that does not hold throws, naming its number. */
export async function runJetStreamCase(
  testCase: JetStreamCase,
  server: RunningServer,
  seat: Seat,
  recorder?: Recorder,
): Promise<void> {
  const session = new Session(server, seat, recorder);
  try {
    for (const [index, step] of testCase.steps.flat().entries()) {
      try {
        await session.step(step);
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        throw new Error(`step ${index + 1} (${describe(step)}): ${detail}`, { cause: error });
      }
    }
    await session.nothingLeft();
  } finally {
    session.end();
  }
}

class Session {
  readonly #server: RunningServer;
  readonly #seat: Seat;
  readonly #recorder: Recorder | undefined;
  readonly #clients = new Map<string, MessageClient>();
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #names = new Map<string, string>();
  /** Messages of consumers, in the order in which the case took them. */
  readonly #deliveries: Message[] = [];
  #inboxes = 0;
  #last: Message | undefined;
  #backup: Backup | undefined;

  constructor(server: RunningServer, seat: Seat, recorder: Recorder | undefined) {
    this.#server = server;
    this.#seat = seat;
    this.#recorder = recorder;
    this.#names.set('account', seat.account);
  }

  async step(step: JetStreamStep): Promise<void> {
    switch (step.do) {
      case 'connect':
        await this.#open(step.client, step.fields);
        return;
      case 'ask':
        return this.#ask(step);
      case 'send': {
        const client = await this.#client(step.client);
        const headers = step.headers.map((line) => this.#filled(line));
        client.publish(this.#filled(step.subject), this.#filled(step.reply), bytes(this.#filled(step.body)), headers);
        return;
      }
      case 'subscribe': {
        const client = await this.#client(step.client);
        const subject = this.#filled(step.subject);
        const sid = client.subscribe(subject, step.queue);
        this.#subscriptions.set(step.as, { client, sid, subject });
        return client.sync();
      }
      case 'unsubscribe': {
        const { client, sid } = this.#subscription(step.as);
        client.unsubscribe(sid);
        return client.sync();
      }
      case 'receive':
        return this.#receive(step);
      case 'skip':
        for (let taken = 0; taken < step.messages; taken++) await this.#take(step.as);
        return;
      case 'quiet':
        return this.#quiet(step);
      case 'ack':
        return this.#ack(step);
      case 'drain':
        return this.#drain(step);
      case 'wait':
        return delay(step.ms);
      case 'keep':
        this.#names.set(step.name, this.#found(step.path));
        return;
      case 'note':
        // As Go prints a time: without zeros at its end.
        this.#names.set(step.name, new Date(Date.now() + step.ms).toISOString().replace(/\.?0+Z$/, 'Z'));
        return;
      case 'leave':
        this.#clients.get(step.client)?.[Symbol.dispose]();
        this.#clients.delete(step.client);
        return;
      case 'restart':
        for (const client of this.#clients.values()) client[Symbol.dispose]();
        this.#clients.clear();
        this.#subscriptions.clear();
        return this.#server.restart(step.signal);
      case 'reload':
        await this.#server.reload(step.config, RELOADED);
        return;
      case 'http':
        return this.#http(step);
      case 'backup':
        this.#backup = await Backup.fetch(await this.#client('a'), step.stream, step.request);
        return this.#judge(step.expected, this.#backup.answer);
      case 'restore': {
        const from = step.kept === '' ? this.#backup : await Backup.read(step.kept);
        if (from === undefined) throw new Error('there is no backup yet');
        const restored = await from.restore(await this.#client('a'), step.stream, step.change);
        this.#judge(step.first, restored.first);
        return this.#judge(step.last, restored.last);
      }
    }
  }

  /** Everything that came has been taken. */
  async nothingLeft(): Promise<void> {
    for (const [name, client] of this.#clients) {
      await client.sync();
      const [first] = client.left();
      if (first !== undefined) throw new Error(`at the end ${name} has got ${shown(first)}`);
    }
  }

  end(): void {
    for (const client of this.#clients.values()) client[Symbol.dispose]();
  }

  async #open(name: string, fields: Readonly<Record<string, unknown>>): Promise<MessageClient> {
    const { user } = this.#seat;
    const credentials = user === undefined ? {} : { user, pass: 'p' };
    const client = await MessageClient.open(this.#server.port, { ...CONNECT, name, ...credentials, ...fields });
    this.#clients.set(name, client);
    return client;
  }

  async #client(name: string): Promise<MessageClient> {
    return this.#clients.get(name) ?? this.#open(name, {});
  }

  #subscription(as: string): Subscription {
    const subscription = this.#subscriptions.get(as);
    if (subscription === undefined) throw new Error(`there is no subscription ${as}`);
    this.#names.set('inbox', subscription.subject);
    return subscription;
  }

  #filled(text: string): string {
    return filled(text, this.#names);
  }

  async #ask(step: Extract<JetStreamStep, { do: 'ask' }>): Promise<void> {
    const client = await this.#client(step.client);
    if (step.expected instanceof Draft && step.eventually) await delay(1_000);
    const end = Date.now() + SETTLED_MS_MAX;
    for (;;) {
      const answer = await this.#request(client, step);
      const fault = this.#fault(step.expected, answer);
      this.#last = answer;
      if (fault === undefined) return;
      if (!step.eventually || Date.now() > end) throw new Error(fault);
      await delay(POLL_MS);
    }
  }

  async #request(client: MessageClient, step: Extract<JetStreamStep, { do: 'ask' }>): Promise<Message | undefined> {
    const inbox = `_INBOX.${this.#seat.account}.ask${++this.#inboxes}`;
    this.#names.set('inbox', inbox);
    const sid = client.subscribe(inbox);
    const headers = step.headers.map((line) => this.#filled(line));
    client.publish(this.#filled(step.subject), inbox, bytes(this.#filled(step.body)), headers);
    const silent = !(step.expected instanceof Draft) && 'nothing' in step.expected;
    const patience = step.expected instanceof Draft ? 1_500 : ANSWER_MS_MAX;
    const answer = await client.next(sid, silent ? SILENCE_MS : patience);
    client.unsubscribe(sid);
    return answer;
  }

  #fault(expected: Answer, actual: Message | undefined): string | undefined {
    if (expected instanceof Draft && this.#recorder !== undefined) {
      this.#recorder.answer(expected, actual, this.#names);
      return undefined;
    }
    return answerMismatch(expected, actual, this.#names);
  }

  #judge(expected: Answer, actual: Message | undefined): void {
    const fault = this.#fault(expected, actual);
    if (fault !== undefined) throw new Error(fault);
  }

  async #receive({ as, expected, ordered }: Extract<JetStreamStep, { do: 'receive' }>): Promise<void> {
    this.#subscription(as);
    const [draft] = expected;
    if (draft instanceof Draft) return this.#record(as, draft);
    const open = expected.filter((one): one is MessagePattern => !(one instanceof Draft));
    let repeated: MessagePattern | undefined;
    for (let count = open.length; count > 0; count--) {
      let message = await this.#take(as);
      while (repeated !== undefined && messageMismatch(repeated, message, this.#names) === undefined) {
        message = await this.#take(as);
      }
      const faults = open.map((pattern) => messageMismatch(pattern, message, this.#names));
      const index = ordered ? (faults[0] === undefined ? 0 : -1) : faults.indexOf(undefined);
      if (index < 0) throw new Error(`message ${expected.length - count + 1} of ${as}: ${faults[0]}`);
      const [met] = open.splice(index, 1);
      repeated = met?.repeats === true ? met : undefined;
    }
  }

  async #record(as: string, draft: Draft): Promise<void> {
    if (this.#recorder === undefined) throw new Error('the messages are not written down yet');
    const [count] = draft.what;
    const messages: Message[] = [];
    if (typeof count === 'number') {
      while (messages.length < count) messages.push(await this.#take(as));
    } else {
      const { client, sid } = this.#subscription(as);
      for (let patience = 6_000; ; patience = 500) {
        const message = await client.next(sid, patience);
        if (message === undefined) break;
        this.#remember(message);
        messages.push(message);
      }
    }
    this.#recorder.messages(draft, messages, this.#names);
  }

  async #take(as: string): Promise<Message> {
    const { client, sid } = this.#subscription(as);
    const message = await client.next(sid, ANSWER_MS_MAX);
    if (message === undefined) throw new Error(`no message came to ${as}`);
    this.#remember(message);
    return message;
  }

  async #drain({ as, messages }: Extract<JetStreamStep, { do: 'drain' }>): Promise<void> {
    const { client } = this.#subscription(as);
    let asked = 0;
    for (let taken = 0; taken < messages;) {
      const { status, reply } = await this.#take(as);
      if (status === '') taken++;
      else if (status !== '100 FlowControl Request') throw new Error(`${status} instead of a message`);
      else {
        asked++;
        client.publish(reply, '', '', []);
      }
    }
    if (asked === 0) throw new Error(`no flow control in ${messages} messages`);
  }

  #remember(message: Message): void {
    this.#last = message;
    if (message.reply.startsWith('$JS.ACK.')) this.#deliveries.push(message);
  }

  async #quiet({ as, ms }: Extract<JetStreamStep, { do: 'quiet' }>): Promise<void> {
    const { client, sid } = this.#subscription(as);
    const message = await client.next(sid, ms);
    if (message !== undefined) throw new Error(`expected nothing\nreceived ${shown(message)}`);
  }

  async #ack(step: Extract<JetStreamStep, { do: 'ack' }>): Promise<void> {
    const delivery = this.#deliveries[step.delivery - 1];
    if (delivery === undefined) throw new Error(`there were only ${this.#deliveries.length} deliveries`);
    const client = await this.#client(step.client);
    const body = this.#filled(step.body);
    if (!step.sync) return client.publish(delivery.reply, step.reply ?? '', body, []);
    const inbox = `_INBOX.${this.#seat.account}.ack${++this.#inboxes}`;
    const sid = client.subscribe(inbox);
    client.publish(delivery.reply, inbox, body, []);
    const answer = await client.next(sid, ANSWER_MS_MAX);
    if (answer === undefined) throw new Error('the ack was not answered');
    const empty = { subject: inbox, reply: '', status: '', headers: [], payload: '' };
    const fault = messageMismatch(empty, answer, this.#names);
    if (fault !== undefined) throw new Error(fault);
    client.unsubscribe(sid);
  }

  #found(path: string): string {
    if (this.#last === undefined) throw new Error('there is no answer to keep something of');
    if (path.startsWith('header:')) {
      const name = `${path.slice('header:'.length)}: `;
      const line = this.#last.headers.find((text) => text.startsWith(name));
      if (line === undefined) throw new Error(`no header ${name}in ${shown(this.#last)}`);
      return line.slice(name.length);
    }
    let value = parsed(this.#last.payload);
    for (const key of path.split('.')) {
      value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
    }
    if (value === undefined) throw new Error(`no ${path} in ${shown(this.#last)}`);
    return typeof value === 'string' ? value : JSON.stringify(value);
  }

  async #http({ target, expected, status }: Extract<JetStreamStep, { do: 'http' }>): Promise<void> {
    const end = Date.now() + SETTLED_MS_MAX;
    for (;;) {
      const response = await fetch(`http://127.0.0.1:${this.#server.httpPort}${this.#filled(target)}`);
      const payload = Buffer.from(await response.text()).toString('latin1');
      const answer: Message = { subject: target, reply: '', status: '', headers: [], payload };
      const fault =
        response.status === status
          ? this.#fault(expected, answer)
          : `status ${response.status} instead of ${status}: ${payload.slice(0, 1000)}`;
      if (fault === undefined) return;
      if (Date.now() > end) throw new Error(fault);
      await delay(POLL_MS);
    }
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What a case writes as text goes out as UTF-8. */
function bytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function describe(step: JetStreamStep): string {
  switch (step.do) {
    case 'ask':
      return `asks ${step.subject} ${step.body.slice(0, 200)}`;
    case 'send':
      return `sends ${step.subject} ${step.body.slice(0, 200)}`;
    case 'subscribe':
    case 'receive':
    case 'quiet':
      return `${step.do} ${step.as}`;
    case 'http':
      return `GET ${step.target}`;
    default:
      return step.do;
  }
}
