import type { AccountBook } from '../account-book.ts';
import { AccountError } from '../account-error.ts';
import type { OperatorDependencies } from '../dependencies.ts';
import { ClaimAnswers } from './claim-answers.ts';
import type { AccountResolver } from './resolver.ts';
import { serveUpdates } from './update-requests.ts';

/** Accounts of the configuration. Claims that come on the bus count until the server ends. */
export class MemoryResolver implements AccountResolver {
  readonly #dependencies: OperatorDependencies;
  readonly #jwts = new Map<string, string>();
  #endService: () => void = () => {};

  constructor(dependencies: OperatorDependencies) {
    this.#dependencies = dependencies;
  }

  async open(): Promise<void> {}

  serve(book: AccountBook): void {
    this.#endService = serveUpdates(this.#dependencies, new ClaimAnswers(this.#dependencies), book);
  }

  fetch(account: string): string {
    const jwt = this.#jwts.get(account);
    if (jwt === undefined) throw new AccountError('missing');
    return jwt;
  }

  async store(account: string, jwt: string): Promise<void> {
    this.#jwts.set(account, jwt);
  }

  dispose(): void {
    this.#endService();
  }
}
