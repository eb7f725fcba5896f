import type { LogLevel } from '../../../base/log.ts';
import type { OperatorDependencies } from '../dependencies.ts';

const OK = 200;
const FAILED = 500;

/** What the server says to those who bring, take away or ask for claims: to them and to its log. */
export class ClaimAnswers {
  readonly #dependencies: OperatorDependencies;

  constructor(dependencies: OperatorDependencies) {
    this.#dependencies = dependencies;
  }

  log(level: LogLevel, text: string): void {
    this.#dependencies.log(level, text);
  }

  /** `account` is '' where the answer is about none in particular. */
  done(reply: string, account: string, message: string): void {
    this.log('debug', account === '' ? message : `${message} - ${account}`);
    if (reply === '') return;
    const server = this.#dependencies.serverInfo();
    this.#send(reply, { server, data: { ...named(account), code: OK, message } });
  }

  failed(reply: string, account: string, message: string, reason: string): void {
    this.log('error', account === '' ? `${message} - ${reason}` : `${message} - ${account} - ${reason}`);
    if (reply === '') return;
    const server = this.#dependencies.serverInfo();
    this.#send(reply, { server, error: { ...named(account), code: FAILED, description: `${message} - ${reason}` } });
  }

  list(reply: string, accounts: readonly string[]): void {
    this.log('debug', `list request responded with ${accounts.length} account ids`);
    this.#send(reply, { data: accounts, server: this.#dependencies.serverInfo() });
  }

  /** Bytes as they are; none at all mark an end, or that there is nothing. */
  raw(reply: string, payload: string): void {
    const { bus, accounts } = this.#dependencies;
    if (accounts.system !== undefined) bus.publish(accounts.system, reply, payload);
  }

  #send(reply: string, answer: object): void {
    this.raw(reply, JSON.stringify(answer));
  }
}

function named(account: string): { account?: string } {
  return account === '' ? {} : { account };
}
