import type { Account } from '../account/account.ts';
import type { BusHandler, BusMessage } from '../account/bus.ts';
import { textToLatin1 } from '../base/latin1.ts';
import { accountInSubject, accountRequests, accountStatistics } from './account-requests.ts';
import { answerRequest, send, type SystemRequest } from './answers.ts';
import { type MonitorContext, tell } from './context.ts';
import type { AccountEvents } from './account-events.ts';
import { compactJson } from './go-json.ts';
import { CommandError } from './request-error.ts';
import { RequestFields, RequestFormatError, type RequestShape } from './request-fields.ts';
import { RequestQueue } from './request-queue.ts';
import { SHAPES } from './request-shapes.ts';
import { isMeant } from './server-filter.ts';
import { serverRequests } from './server-requests.ts';
import { statsz } from './statsz.ts';
import { subscriberCount } from './subscriber-count.ts';
import { ACCOUNT_CONNECTIONS, ACCOUNT_STATISTICS, SERVER_CONNECTIONS, USER_INFO } from './system-services.ts';
import { userInfo } from './user-info.ts';

/** The `$SYS` requests: those of the system account, and those that every account may make about itself. */
export class SystemRequests {
  readonly #context: MonitorContext;
  readonly #queue: RequestQueue;
  readonly #accountEvents: AccountEvents;
  readonly #onStatisticsAsked: () => void;
  #system: Account | undefined;
  readonly #ends = new Map<Account, (() => void)[]>();

  /** `onStatisticsAsked`: statistics are wanted for everybody, out of turn. */
  constructor(context: MonitorContext, accountEvents: AccountEvents, onStatisticsAsked: () => void) {
    this.#context = context;
    this.#accountEvents = accountEvents;
    this.#onStatisticsAsked = onStatisticsAsked;
    this.#queue = new RequestQueue(() =>
      context.host.log('warn', 'Too many requests in the system account: some are not answered'),
    );
  }

  /** Answers in the accounts that there are now. Called again, it follows what has changed. */
  follow(): void {
    const { host } = this.#context;
    const system = host.systemAccount;
    if (system !== this.#system) {
      for (const account of [...this.#ends.keys()]) this.leave(account);
      this.#system = system;
    }
    if (system === undefined) return;
    const present = new Set<Account>();
    for (const { account } of host.accounts()) {
      present.add(account);
      this.enter(account);
    }
    for (const account of [...this.#ends.keys()]) if (!present.has(account)) this.leave(account);
  }

  enter(account: Account): void {
    if (this.#system === undefined || this.#ends.has(account)) return;
    if (account === this.#system) this.#answerSystem(account);
    else this.#answerAccount(account);
  }

  leave(account: Account): void {
    for (const end of this.#ends.get(account) ?? []) end();
    this.#ends.delete(account);
  }

  stop(): void {
    for (const account of [...this.#ends.keys()]) this.leave(account);
    this.#queue.stop();
  }

  /** What an account may ask about itself. */
  #answerAccount(account: Account): void {
    const context = this.#context;
    const { CONNZ, STATZ } = accountRequests(context, () => account.name);
    for (const subject of [SERVER_CONNECTIONS, ACCOUNT_CONNECTIONS]) this.#answer(account, subject, CONNZ);
    this.#answer(account, ACCOUNT_STATISTICS, STATZ);
    this.#answerUserInfo(account);
  }

  #answerSystem(account: Account): void {
    const context = this.#context;
    const { host } = context;
    const { serverId } = host;
    for (const [name, request] of Object.entries(serverRequests(context))) {
      for (const target of ['PING', serverId]) this.#answer(account, `$SYS.REQ.SERVER.${target}.${name}`, request);
    }
    for (const target of ['PING', serverId]) {
      this.#on(account, `$SYS.REQ.SERVER.${target}.STATSZ`, (message) => this.#statistics(message));
      this.#on(account, `$SYS.REQ.SERVER.${target}.IDZ`, (message) => this.#identify(message));
    }
    this.#on(account, '$SYS.REQ.SERVER.PING', (message) => this.#statistics(message));
    for (const [name, request] of Object.entries(accountRequests(context, accountInSubject))) {
      this.#answer(account, `$SYS.REQ.ACCOUNT.*.${name}`, request);
    }
    this.#answer(account, ACCOUNT_STATISTICS, {
      shape: SHAPES.accountStatz,
      respond: (fields) => accountStatistics(context, fields),
    });
    this.#answerUserInfo(account);
    this.#on(account, '$SYS.REQ.USER.*.INFO', (message) => {
      if (message.reply !== '') send(context, message, { data: userInfo(host, undefined, context.now()) });
    });
    this.#on(account, '$SYS.REQ.ACCOUNT.*.CONNS', (message) => this.#accountConnections(message));
    this.#on(account, '$SYS.REQ.ACCOUNT.NSUBS', (message) => this.#countSubscribers(message));
    this.#on(account, '$SYS.DEBUG.SUBSCRIBERS', (message) => this.#debugSubscribers(message));
    this.#answer(account, `$SYS.REQ.SERVER.${serverId}.RELOAD`, {
      shape: SHAPES.reload,
      respond: () => this.#reload(),
    });
    this.#on(account, `$SYS.REQ.SERVER.${serverId}.KICK`, (message) => this.#kick(message));
    this.#on(account, `$SYS.REQ.SERVER.${serverId}.LDM`, (message) => this.#sendLameDuck(message));
  }

  /** Who asks is looked up at once: soon he may be gone. What he sends is not looked at. */
  #answerUserInfo(account: Account): void {
    const context = this.#context;
    const { bus, host } = context;
    const end = bus.subscribe(account, USER_INFO, (message) => {
      if (message.reply === '') return;
      const asker = message.source && host.connectionOf(message.source);
      this.#queue.push(() => send(context, message, { data: userInfo(host, asker, context.now()) }));
    });
    this.#keep(account, end);
  }

  #answer(account: Account, subject: string, request: SystemRequest | undefined): void {
    if (request === undefined) return;
    this.#on(account, subject, (message) => answerRequest(this.#context, message, request));
  }

  #on(account: Account, subject: string, handler: BusHandler): void {
    const end = this.#context.bus.subscribe(account, subject, (message) => {
      this.#queue.push(() => handler(message));
    });
    this.#keep(account, end);
  }

  #keep(account: Account, end: () => void): void {
    const ends = this.#ends.get(account);
    if (ends === undefined) this.#ends.set(account, [end]);
    else ends.push(end);
  }

  // ── Requests without the usual envelope ───────────────────────────────────────────────────────────────────────────

  #identify({ account, reply }: BusMessage): void {
    const { bus, identity } = this.#context;
    if (reply !== '') bus.publish(account, reply, compactJson(identity.brief));
  }

  /** Without a reply subject the answer goes to everybody who listens. */
  #statistics(message: BusMessage): void {
    const context = this.#context;
    const { host, identity, resources } = context;
    let fields: RequestFields;
    try {
      fields = new RequestFields(SHAPES.statsz, message.payload);
    } catch (error) {
      if (!(error instanceof RequestFormatError)) throw error;
      if (message.reply !== '') send(context, message, { error: { code: 400, description: error.message } });
      return;
    }
    if (!isMeant(host, fields)) return;
    if (message.reply === '') return this.#onStatisticsAsked();
    const answer = { server: identity.next(), statsz: statsz(host, resources.usage()) };
    context.bus.publish(message.account, message.reply, compactJson(answer));
  }

  #accountConnections(message: BusMessage): void {
    const name = accountInSubject(message.subject);
    const fields = this.#fields(SHAPES.accountConnections, message, 'account connections request message');
    if (fields === undefined || message.reply === '') return;
    const asked = fields.text('acc');
    if (asked !== '' && asked !== name) {
      return this.#context.host.log('error', 'SYSTEM - Error unmarshalled account does not match subject');
    }
    const account = this.#context.host.account(name);
    if (account !== undefined && account.connections > 0) {
      tell(this.#context, message.reply, this.#accountEvents.connectionsOf(account), message.account);
    }
  }

  #countSubscribers(message: BusMessage): void {
    const { bus, host } = this.#context;
    if (message.payload.length === 0) return host.log('error', 'SYSTEM - request requires a body');
    const fields = this.#fields(SHAPES.subscriberCount, message, 'account nsubs request message');
    const account = fields && host.account(fields.text('acc'));
    if (fields === undefined || account === undefined || account.connections === 0 || message.reply === '') return;
    const queue = Buffer.from(fields.text('queue'), 'base64').toString('latin1');
    const count = subscriberCount(account, textToLatin1(fields.text('subject')), queue === '' ? undefined : queue);
    bus.publish(message.account, message.reply, String(count));
  }

  /** The payload is a subject, and the name of a queue group if only its members count. */
  #debugSubscribers(message: BusMessage): void {
    const { bus, host } = this.#context;
    const account = host.account(message.account.name);
    if (account === undefined || message.reply === '') return;
    const [subject = '', queue] = Buffer.from(message.payload).toString('latin1').trim().split(' ');
    bus.publish(message.account, message.reply, String(subscriberCount(account, subject, queue)));
  }

  #reload(): Promise<undefined> {
    const { requestReload } = this.#context.host.options;
    if (requestReload === undefined) {
      throw new CommandError('can only reload config when a file is provided using -c or --config');
    }
    return requestReload().then(() => undefined);
  }

  #kick(message: BusMessage): void {
    const { host } = this.#context;
    this.#answerForClient(message, SHAPES.kick, (clientId) => {
      if (!host.kick(clientId)) throw new CommandError('no such client or leafnode id');
    });
  }

  #sendLameDuck(message: BusMessage): void {
    const { host } = this.#context;
    this.#answerForClient(message, SHAPES.lameDuck, (clientId) => {
      const outcome = host.sendLameDuck(clientId);
      if (outcome === 'sent') return;
      throw new CommandError(
        outcome === 'unknown'
          ? 'no such client id'
          : 'client does not support Lame Duck Mode or is not ready to receive the notification',
      );
    });
  }

  /** Whoever gives no reply subject gets nothing done, as nats-server has it. */
  #answerForClient(message: BusMessage, shape: RequestShape, act: (clientId: number) => void): void {
    const request = this.#fields(shape, message, 'kick client request', true);
    if (request === undefined) return;
    answerRequest(this.#context, message, {
      shape: SHAPES.reload,
      respond: () => {
        act(request.number('cid'));
        return undefined;
      },
    });
  }

  /** Undefined after the log was told what is wrong with it. */
  #fields(shape: RequestShape, { payload }: BusMessage, what: string, required = false): RequestFields | undefined {
    try {
      if (required && payload.length === 0) throw new RequestFormatError('unexpected end of JSON input');
      return new RequestFields(shape, payload);
    } catch (error) {
      if (!(error instanceof RequestFormatError)) throw error;
      this.#context.host.log('error', `SYSTEM - Error unmarshalling ${what}: ${error.message}`);
      return undefined;
    }
  }
}
