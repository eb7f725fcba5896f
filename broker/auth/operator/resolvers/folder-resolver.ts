import { randomBytes } from 'node:crypto';
import type { BusMessage } from '../../../account/bus.ts';
import { BrokerError } from '../../../base/broker-error.ts';
import { ACCOUNT_FETCH_MS } from '../../../limits.ts';
import { quoteText } from '../../jwt/encoding.ts';
import { isPublicKey } from '../../nkey.ts';
import type { AccountBook } from '../account-book.ts';
import { AccountError } from '../account-error.ts';
import type { OperatorDependencies } from '../dependencies.ts';
import type { TrustedOperators } from '../operators.ts';
import { ClaimAnswers } from './claim-answers.ts';
import { serveDeletions } from './delete-requests.ts';
import { JwtFolder, type JwtFolderOptions } from './jwt-folder.ts';
import { storeUpdates, type UpdateWords } from './store-requests.ts';
import type { AccountResolver } from './resolver.ts';
import { accountOfSubject, reasonOf, subscribeAll, textOf } from './update-requests.ts';

const LIST = '$SYS.REQ.CLAIMS.LIST';
const LOOKUP = '$SYS.REQ.ACCOUNT.*.CLAIMS.LOOKUP';

/** What an operator lets others do with accounts that are kept in folders: the first one, where there are several. */
export interface OperatorRights {
  readonly operator: string;
  readonly keys: ReadonlySet<string>;
  /** The operator's own key signs nothing below. */
  readonly strict: boolean;
}

export interface FolderResolverOptions extends Omit<JwtFolderOptions, 'clock'> {
  /** All accounts are kept, and this server answers for them; else those that were asked for. */
  readonly full: boolean;
  readonly timeoutMs?: number | undefined;
}

/** Accounts in a folder, brought and asked for on subjects of the system account. */
export class FolderResolver implements AccountResolver {
  protected readonly dependencies: OperatorDependencies;
  protected readonly folder: JwtFolder;
  protected readonly answers: ClaimAnswers;
  readonly #options: FolderResolverOptions;
  readonly #rights: OperatorRights;
  readonly #ends = new Set<() => void>();
  #disposed = false;

  /** Throws a `BrokerError` when nobody could bring an account. */
  constructor(dependencies: OperatorDependencies, operators: TrustedOperators, options: FolderResolverOptions) {
    this.dependencies = dependencies;
    this.answers = new ClaimAnswers(dependencies);
    this.folder = new JwtFolder({ ...options, clock: dependencies.clock });
    this.#options = options;
    this.#rights = rightsOf(operators);
  }

  async open(): Promise<void> {
    try {
      await this.folder.open();
    } catch (error) {
      throw new BrokerError('invalid-option', reasonOf(error));
    }
  }

  serve(book: AccountBook): void {
    const { folder, answers, dependencies } = this;
    const { full } = this.#options;
    folder.onChanged = (key) => this.#onChanged(key, book);
    folder.onDeleted = (key) => book.disable(key);
    this.onEnd(storeUpdates(dependencies, answers, folder, book, this.#rights, full ? FULL_WORDS : CACHE_WORDS));
    this.onEnd(serveDeletions(dependencies, answers, folder, this.#options.deletion !== 'none', this.#rights));
    this.onEnd(subscribeAll(dependencies, [[LIST, ({ reply }) => void this.#list(reply)]]));
    if (full) this.onEnd(subscribeAll(dependencies, [[LOOKUP, (message) => void this.#answerLookup(message)]]));
    const which = full ? 'all' : 'some';
    dependencies.log('info', `Managing ${which} jwt in exclusive directory ${folder.path}`);
  }

  async fetch(account: string): Promise<string> {
    const kept = await this.folder.load(account).catch((error: unknown) => {
      throw new AccountError('fetch-failed', reasonOf(error));
    });
    if (kept !== undefined && kept !== '') return kept;
    const found = await this.#askOthers(account);
    await this.store(account, found);
    return found;
  }

  async store(account: string, jwt: string): Promise<void> {
    try {
      await this.folder.saveIfNewer(account, jwt);
    } catch (error) {
      throw new AccountError('fetch-failed', reasonOf(error));
    }
  }

  dispose(): void {
    this.#disposed = true;
    for (const end of this.#ends) end();
    this.#ends.clear();
    this.folder.dispose();
  }

  /** Registers what has to end with the resolver. */
  protected onEnd(end: () => void): void {
    if (this.#disposed) end();
    else this.#ends.add(end);
  }

  async #onChanged(key: string, book: AccountBook): Promise<void> {
    if (book.known(key) === undefined) return;
    const { full } = this.#options;
    try {
      const jwt = await this.folder.load(key);
      if (jwt !== undefined) await book.update(key, jwt);
    } catch (error) {
      const which = full ? `Update for account ${quoteText(key)}` : 'Update';
      this.answers.log('error', `DirResolver - ${which} resulted in error ${reasonOf(error)}`);
    }
  }

  async #list(reply: string): Promise<void> {
    if (reply === '') return;
    try {
      const files = await this.folder.pack();
      this.answers.list(
        reply,
        files.map(([key]) => key),
      );
    } catch (error) {
      this.answers.log('error', `list request error: ${reasonOf(error)}`);
    }
  }

  /** Others are answered; this server knows what it has. */
  async #answerLookup({ subject, reply, source }: BusMessage): Promise<void> {
    if (reply === '' || source === undefined) return;
    const account = accountOfSubject(subject);
    try {
      const jwt = await this.folder.load(account);
      if (jwt === undefined) this.answers.log('debug', `DirResolver - Could not find account ${quoteText(account)}`);
      this.answers.raw(reply, jwt ?? '');
    } catch (error) {
      this.answers.log('error', `DirResolver - Error looking up account ${quoteText(account)}: ${reasonOf(error)}`);
    }
  }

  /** Asks whoever answers look-ups beside this server. The first JWT counts; all saying no, or nobody there, is an end. */
  #askOthers(account: string): Promise<string> {
    const { bus, accounts, clock } = this.dependencies;
    const { full, timeoutMs = ACCOUNT_FETCH_MS } = this.#options;
    const { system } = accounts;
    const timedOut = 'fetching jwt timed out';
    if (system === undefined || !isPublicKey(account, 'account')) {
      return Promise.reject(new AccountError('fetch-failed', timedOut));
    }
    return new Promise((resolve, reject) => {
      let expected = Infinity;
      let refused = 0;
      const end = (): void => {
        this.#ends.delete(stop);
        cancel();
        unsubscribe();
      };
      const fail = (reason: string): void => {
        end();
        reject(new AccountError('fetch-failed', reason));
      };
      const inbox = `$SYS._INBOX.${randomBytes(12).toString('base64url')}`;
      const unsubscribe = bus.subscribe(system, inbox, (message) => {
        const jwt = textOf(message);
        if (jwt === '') {
          if (++refused >= expected) fail('account jwt not found');
          return;
        }
        end();
        resolve(jwt);
      });
      const stop = (): void => fail('fetching jwt failed due to shutdown');
      const cancel = clock.after(timeoutMs, () => fail(timedOut));
      this.onEnd(stop);
      // Our own subscription gets it too, and says nothing. Where there is no other, nobody needs to be waited for.
      expected = bus.publish(system, LOOKUP.replace('*', account), '', { reply: inbox }) - (full ? 1 : 0);
      if (expected <= 0) fail(timedOut);
      else if (expected <= refused) fail('account jwt not found');
    });
  }
}

const FULL_WORDS: UpdateWords = {
  failed: 'jwt update resulted in error',
  invalid: 'jwt validation failed',
  done: 'jwt updated',
  skipped: undefined,
};

const CACHE_WORDS: UpdateWords = {
  failed: 'jwt update cache resulted in error',
  invalid: 'jwt update cache validation failed',
  done: 'jwt updated cache',
  skipped: 'jwt update cache skipped',
};

function rightsOf({ claims: [first] }: TrustedOperators): OperatorRights {
  const strict = first?.nats.strict_signing_key_usage ?? false;
  const keys = first === undefined ? [] : [...(strict ? [] : [first.sub]), ...first.nats.signing_keys];
  if (first === undefined || keys.length === 0) {
    throw new BrokerError('invalid-option', 'Could not start resolver: no operator key found');
  }
  return { operator: first.sub, keys: new Set(keys), strict };
}
