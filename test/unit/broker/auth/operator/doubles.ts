import { Account } from '../../../../../broker/account/account.ts';
import type { Bus, BusHandler, BusMessage } from '../../../../../broker/account/bus.ts';
import type { Sink } from '../../../../../broker/account/sink.ts';
import type { ConnectionFacts } from '../../../../../broker/auth/authentication.ts';
import type { AccountRegistry, AuthenticationClock } from '../../../../../broker/auth/dependencies.ts';
import type { FetchText, OperatorDependencies } from '../../../../../broker/auth/operator/dependencies.ts';
import { newKeyPair } from '../../../../../broker/auth/nkey.ts';
import type { AccountOptions } from '../../../../../broker/options/accounts.ts';
import { subjectMatches } from '../../../../../broker/subject/matching.ts';
import { FakeClock } from '../../../../support/fake-clock.ts';

/** Midnight of a day, in milliseconds: so that times of day can be written down. */
export const MIDNIGHT = Date.UTC(2026, 0, 15);

/** A broker of which only that is real what operator mode needs of it. */
export class FakeBroker {
  readonly accounts = new FakeAccounts();
  readonly bus = new FakeBus();
  readonly clock = new ManualClock();
  readonly lines: string[] = [];
  readonly reviewed: (string | undefined)[] = [];
  /** Answers by address; without one the fetch fails. */
  readonly pages = new Map<string, { status: number; statusText: string; body: string } | 'hangs'>();
  readonly fetched: string[] = [];
  readonly dependencies: OperatorDependencies;
  #sequence = 0;

  constructor(systemAccount?: string) {
    if (systemAccount !== undefined) {
      this.accounts.put({ name: systemAccount });
      this.accounts.systemName = systemAccount;
    }
    this.dependencies = {
      accounts: this.accounts,
      bus: this.bus,
      clock: this.clock,
      server: {
        id: 'N',
        name: 'srv',
        host: () => '127.0.0.1',
        version: '2.15.1',
        tags: [],
        keys: newKeyPair('server'),
        curveKeys: newKeyPair('curve'),
      },
      log: (level, text) => void this.lines.push(`${level}: ${text}`),
      reviewConnections: (account) => void this.reviewed.push(account),
      serverInfo: () => ({ name: 'srv', seq: ++this.#sequence }),
      fetchText: this.#fetchText,
    };
  }

  /** Lines of the log of a level, without it. */
  logged(level: string): string[] {
    return this.lines.filter((line) => line.startsWith(`${level}: `)).map((line) => line.slice(level.length + 2));
  }

  /** So many answers to a request of a client of the system account; none: nothing comes for a while. */
  async ask(subject: string, payload: string | Uint8Array = '', expected = 1): Promise<string[]> {
    const answers: string[] = [];
    const system = this.accounts.system as Account;
    const end = this.bus.subscribe(system, 'inbox.test', ({ payload: answer }) => {
      answers.push(Buffer.from(answer).toString());
    });
    this.bus.publish(system, subject, payload, { reply: 'inbox.test' }, {} as Sink);
    await until(() => answers.length >= expected);
    // More than that would come soon.
    for (let turns = 0; turns < 5; turns++) await settled();
    end();
    return answers;
  }

  /** The one answer as JSON. */
  async askJson(subject: string, payload = ''): Promise<unknown> {
    const answers = await this.ask(subject, payload);
    if (answers.length !== 1) throw new Error(`${answers.length} answers on ${subject}`);
    return JSON.parse(answers[0] as string) as unknown;
  }

  readonly #fetchText: FetchText = async (url, { timeoutMs, signal }) => {
    this.fetched.push(url);
    const page = this.pages.get(url);
    if (page === undefined) throw new Error('connection refused');
    if (page !== 'hangs') return page;
    return new Promise((_resolve, reject) => {
      this.clock.after(timeoutMs, () => reject(new Error('context deadline exceeded')));
      signal?.addEventListener('abort', () => reject(new Error('aborted')));
    });
  };
}

class FakeAccounts implements AccountRegistry {
  readonly #byName = new Map<string, Account>();
  systemName: string | undefined;

  get system(): Account | undefined {
    return this.systemName === undefined ? undefined : this.get(this.systemName);
  }

  get(name: string): Account | undefined {
    return this.#byName.get(name);
  }

  list(): readonly Account[] {
    return [...this.#byName.values()];
  }

  put(options: AccountOptions): Account {
    const account = this.#byName.get(options.name) ?? new Account(options.name);
    account.options = options;
    this.#byName.set(options.name, account);
    return account;
  }

  delete(name: string): boolean {
    return this.#byName.delete(name);
  }
}

/** Delivers within the call, as the real one does. */
class FakeBus implements Bus {
  readonly #subscriptions = new Set<{ account: Account; subject: string; handler: BusHandler }>();

  /** Subscriptions that are there; none may be left when everything was disposed of. */
  get subscriptions(): string[] {
    return [...this.#subscriptions].map(({ subject }) => subject);
  }

  publish(
    account: Account,
    subject: string,
    payload: Uint8Array | string,
    options: { reply?: string | undefined } = {},
    source?: Sink,
  ): number {
    const message: BusMessage = {
      account,
      subject,
      reply: options.reply ?? '',
      headers: new Uint8Array(),
      payload: Buffer.from(payload as string),
      source,
    };
    const targets = [...this.#subscriptions].filter(
      (target) => target.account === account && subjectMatches(target.subject, subject),
    );
    for (const { handler } of targets) handler(message);
    return targets.length;
  }

  subscribe(account: Account, subject: string, handler: BusHandler): () => void {
    const subscription = { account, subject, handler };
    this.#subscriptions.add(subscription);
    return () => void this.#subscriptions.delete(subscription);
  }

  request(): Promise<BusMessage> {
    return Promise.reject(new Error('not in use'));
  }

  hasInterest(account: Account, subject: string): boolean {
    return [...this.#subscriptions].some((one) => one.account === account && subjectMatches(one.subject, subject));
  }
}

export class ManualClock implements AuthenticationClock {
  readonly #clock = new FakeClock(MIDNIGHT * 1000);

  now(): number {
    return this.#clock.now() / 1000;
  }

  after(ms: number, call: () => void): () => void {
    return this.#clock.later(ms, call);
  }

  advance(ms: number): void {
    this.#clock.advance(ms);
  }

  /** Timers that wait. */
  get waiting(): number {
    return this.#clock.waiting;
  }
}

/** Waits for what goes on by itself. */
export async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 5_000) throw new Error('it has not come');
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Lets go on what needs a moment. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 2));
}

export function factsOf(overrides: Partial<ConnectionFacts> = {}): ConnectionFacts {
  return { clientId: 7, type: 'STANDARD', ip: '127.0.0.1', port: 4711, nonce: 'the nonce', ...overrides };
}
