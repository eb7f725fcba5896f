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
import { ACCOUNT_STATISTICS } from './system-services.ts';
import { userInfo } from './user-info.ts';

/** What an import adds to a request. */
const REQUEST_INFO = '\r\nNats-Request-Info:';

/** The `$SYS` requests. What every account may ask about itself comes here by the imports of `system-services.ts`. */
export class SystemRequests {
  readonly #context: MonitorContext;
  readonly #queue: RequestQueue;
  readonly #accountEvents: AccountEvents;
  readonly #onStatisticsAsked: () => void;
  #system: Account | undefined;
  #ends: (() => void)[] = [];

  /** `onStatisticsAsked`: statistics are wanted for everybody, out of turn. */
  constructor(context: MonitorContext, accountEvents: AccountEvents, onStatisticsAsked: () => void) {
    this.#context = context;
    this.#accountEvents = accountEvents;
    this.#onStatisticsAsked = onStatisticsAsked;
    this.#queue = new RequestQueue(() =>
      context.host.log('warn', 'Too many requests in the system account: some are not answered'),
    );
  }

  /** Answers in the system account, if there is one. Called again, it follows where another account has become it. */
  follow(): void {
    const { systemAccount } = this.#context.host;
    if (systemAccount === this.#system) return;
    this.#leave();
    this.#system = systemAccount;
    if (systemAccount !== undefined) this.#answerSystem(systemAccount);
  }

  stop(): void {
    this.#leave();
    this.#queue.stop();
  }

  #leave(): void {
    for (const end of this.#ends) end();
    this.#ends = [];
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

  /**
   * Who asks is looked up at once: soon he may be gone. What he sends is not looked at. Only an import tells who somebody
   * is; whoever asks here directly is told of nobody, as nats-server does.
   */
  #answerUserInfo(account: Account): void {
    const context = this.#context;
    const { bus, host } = context;
    const end = bus.subscribe(account, '$SYS.REQ.USER.*.INFO', (message) => {
      if (message.reply === '') return;
      const { headers, source } = message;
      const imported = source !== undefined && Buffer.from(headers).includes(REQUEST_INFO);
      const asker = imported ? host.connectionOf(source) : undefined;
      this.#queue.push(() => send(context, message, { data: userInfo(host, asker, context.now()) }));
    });
    this.#ends.push(end);
  }

  #answer(account: Account, subject: string, request: SystemRequest): void {
    this.#on(account, subject, (message) => answerRequest(this.#context, message, request));
  }

  #on(account: Account, subject: string, handler: BusHandler): void {
    const end = this.#context.bus.subscribe(account, subject, (message) => {
      this.#queue.push(() => handler(message));
    });
    this.#ends.push(end);
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
