import { randomBytes } from 'node:crypto';
import type { BusMessage } from '../../../account/bus.ts';
import { CLAIMS_SYNC_MS_DEFAULT } from '../../../limits.ts';
import { quoteText } from '../../jwt/encoding.ts';
import { isPublicKey } from '../../nkey.ts';
import type { AccountBook } from '../account-book.ts';
import type { OperatorDependencies } from '../dependencies.ts';
import type { TrustedOperators } from '../operators.ts';
import { FolderResolver, type FolderResolverOptions } from './folder-resolver.ts';
import { reasonOf, subscribeAll, textOf } from './update-requests.ts';

const PACK = '$SYS.REQ.CLAIMS.PACK';

export interface FullResolverOptions extends Omit<FolderResolverOptions, 'full' | 'evicts' | 'ttlMs'> {
  readonly syncIntervalMs?: number | undefined;
}

/** Every account is kept here. Servers that do so tell each other what they have. */
export class FullResolver extends FolderResolver {
  readonly #syncIntervalMs: number;

  constructor(dependencies: OperatorDependencies, operators: TrustedOperators, options: FullResolverOptions) {
    super(dependencies, operators, { ...options, full: true, evicts: false });
    this.#syncIntervalMs = options.syncIntervalMs || CLAIMS_SYNC_MS_DEFAULT;
  }

  override serve(book: AccountBook): void {
    super.serve(book);
    const { bus, accounts, clock } = this.dependencies;
    const { system } = accounts;
    if (system === undefined) return;
    const inbox = `$SYS._INBOX.${randomBytes(12).toString('base64url')}`;
    this.onEnd(subscribeAll(this.dependencies, [[PACK, (message) => void this.#answerPack(message)]]));
    this.onEnd(bus.subscribe(system, inbox, (message) => void this.#merge(textOf(message))));
    const sync = (): void => {
      const hash = this.folder.hash();
      this.answers.log('debug', `DirResolver - Checking store state: ${hash.toString('hex')}`);
      bus.publish(system, PACK, hash, { reply: inbox });
    };
    let cancel = (): void => {};
    const schedule = (): void => {
      cancel = clock.after(this.#syncIntervalMs, () => {
        schedule();
        sync();
      });
    };
    schedule();
    this.onEnd(() => cancel());
  }

  /** Everything that is kept, unless the one who asks has just that: a message per JWT, and an empty one at the end. */
  async #answerPack({ reply, payload }: BusMessage): Promise<void> {
    if (reply === '') return;
    const hash = this.folder.hash();
    const [ours, theirs] = [hash, Buffer.from(payload)].map((bytes) => bytes.toString('hex')) as [string, string];
    try {
      if (ours === theirs) this.answers.log('debug', `DirResolver - Pack request matches hash ${ours}`);
      else {
        for (const [key, jwt] of await this.folder.pack()) this.answers.raw(reply, `${key}|${jwt}`);
        const finished = `finished responding with hash ${ours}`;
        this.answers.log('debug', `DirResolver - Pack request hash ${theirs} - ${finished}`);
      }
      this.answers.raw(reply, '');
    } catch (error) {
      this.answers.log('error', `DirResolver - Pack request error: ${reasonOf(error)}`);
    }
  }

  async #merge(pack: string): Promise<void> {
    const before = this.folder.hash().toString('hex');
    if (pack === '') {
      this.answers.log('debug', `DirResolver - Merging finished and resulting in: ${before}`);
      return;
    }
    try {
      for (const line of pack.split('\n')) {
        if (line === '') continue;
        const [key, jwt, more] = line.split('|', 3);
        if (key === undefined || jwt === undefined || more !== undefined) {
          throw new Error(`line in package didn't contain 2 entries: ${quoteText(line.slice(0, 64))}`);
        }
        if (!isPublicKey(key, 'account')) throw new Error('key to merge is not a valid public account key');
        await this.folder.saveIfNewer(key, jwt);
      }
      const after = this.folder.hash().toString('hex');
      this.answers.log('debug', `DirResolver - Merging succeeded and changed ${before} to ${after}`);
    } catch (error) {
      this.answers.log('error', `DirResolver - Merging resulted in error: ${reasonOf(error)}`);
    }
  }
}
