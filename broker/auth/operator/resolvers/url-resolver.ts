import { BrokerError } from '../../../base/broker-error.ts';
import { ACCOUNT_FETCH_MS, JWT_BYTES_MAX } from '../../../limits.ts';
import type { TlsClientOptions } from '../../../options/authentication.ts';
import { quoteText } from '../../jwt/encoding.ts';
import type { AccountBook } from '../account-book.ts';
import { AccountError } from '../account-error.ts';
import type { OperatorDependencies } from '../dependencies.ts';
import { ClaimAnswers } from './claim-answers.ts';
import type { AccountResolver } from './resolver.ts';
import { serveUpdates } from './update-requests.ts';

const OK = 200;

/** Accounts of a program that answers `<url>/<account>` with a JWT, as nats-account-server does. */
export class UrlResolver implements AccountResolver {
  readonly #dependencies: OperatorDependencies;
  readonly #url: string;
  readonly #tls: TlsClientOptions | undefined;
  readonly #stopping = new AbortController();
  #endService: () => void = () => {};

  constructor(dependencies: OperatorDependencies, url: string, tls: TlsClientOptions | undefined) {
    this.#dependencies = dependencies;
    this.#url = url.endsWith('/') ? url : `${url}/`;
    this.#tls = tls;
  }

  /** Whether anybody is there: the address itself has to answer. */
  async open(): Promise<void> {
    try {
      await this.fetch('');
    } catch (error) {
      if (error instanceof AccountError) throw new BrokerError('invalid-option', error.message);
      throw error;
    }
  }

  serve(book: AccountBook): void {
    this.#endService = serveUpdates(this.#dependencies, new ClaimAnswers(this.#dependencies), book);
  }

  async fetch(account: string): Promise<string> {
    const url = this.#url + account;
    const fail = (reason: string): AccountError =>
      new AccountError('fetch-failed', `could not fetch <${quoteText(withoutPassword(url))}>: ${reason}`);
    const options = {
      timeoutMs: ACCOUNT_FETCH_MS,
      bytesMax: JWT_BYTES_MAX,
      tls: this.#tls,
      signal: this.#stopping.signal,
    };
    let answer;
    try {
      answer = await this.#dependencies.fetchText(url, options);
    } catch (error) {
      throw fail(error instanceof Error ? error.message : String(error));
    }
    if (answer.status !== OK) throw fail(`${answer.status} ${answer.statusText}`);
    return answer.body;
  }

  store(): Promise<void> {
    return Promise.reject(new Error('store operation not supported for URL Resolver'));
  }

  dispose(): void {
    this.#endService();
    this.#stopping.abort();
  }
}

function withoutPassword(url: string): string {
  return url.replace(/^([a-z]+:\/\/[^:/@]*):[^/@]*@/i, '$1:xxxxx@');
}
