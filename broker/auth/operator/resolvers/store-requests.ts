import type { BusMessage } from '../../../account/bus.ts';
import type { AccountClaims } from '../../jwt/claims.ts';
import { validateAccount } from '../../jwt/validation.ts';
import type { AccountBook } from '../account-book.ts';
import type { OperatorDependencies } from '../dependencies.ts';
import type { ClaimAnswers } from './claim-answers.ts';
import type { OperatorRights } from './folder-resolver.ts';
import type { JwtFolder } from './jwt-folder.ts';
import {
  accountOfSubject,
  readAccountClaims,
  reasonOf,
  subscribeAll,
  textOf,
  UPDATE_SUBJECTS,
} from './update-requests.ts';

/** What a resolver answers. */
export interface UpdateWords {
  readonly failed: string;
  readonly invalid: string;
  readonly done: string;
  /** For accounts that are not in use, where only those that are are kept. */
  readonly skipped: string | undefined;
}

const STORE = '$SYS.REQ.CLAIMS.UPDATE';

/** Keeps claims that are brought. Who signed them is asked when they are used: the system account may bring anything. */
export function storeUpdates(
  dependencies: OperatorDependencies,
  answers: ClaimAnswers,
  folder: JwtFolder,
  book: AccountBook,
  { operator, strict }: OperatorRights,
  words: UpdateWords,
): () => void {
  const invalidity = (claims: AccountClaims): string | undefined => {
    const now = Math.floor(dependencies.clock.now() / 1000);
    const errors = validateAccount(claims, now).filter(({ kind }) => kind === 'error');
    if (errors.length === 0) return undefined;
    return `validation errors: [${errors.map(({ description }) => description).join(' ')}]`;
  };

  /** `named`: the account of the subject; undefined where the claims alone say it. */
  const store = async (message: BusMessage, named: string | undefined): Promise<void> => {
    const { reply } = message;
    const text = textOf(message);
    const read = readAccountClaims(text);
    const keepsAll = words.skipped === undefined;
    if ('reason' in read) {
      return answers.failed(reply, keepsAll ? 'n/a' : (named ?? 'n/a'), words.failed, read.reason);
    }
    const { claims } = read;
    const account = named ?? claims.sub;
    const failed = (reason: string): void => answers.failed(reply, account, words.failed, reason);
    const invalid = invalidity(claims);
    const refuse = (): void => answers.failed(reply, claims.sub, words.invalid, invalid ?? '');
    // nats-server asks in this order, which differs from one subject and one resolver to the other.
    if (keepsAll && named !== undefined && invalid !== undefined) return refuse();
    if (claims.sub !== account) return failed('subject does not match jwt content');
    if (strict && claims.iss === operator) return failed('operator requires issuer to be a signing key');
    if (words.skipped !== undefined && book.known(account) === undefined) {
      return answers.done(reply, account, words.skipped);
    }
    if (invalid !== undefined) return refuse();
    try {
      await folder.save(account, text);
    } catch (error) {
      return failed(reasonOf(error));
    }
    answers.done(reply, account, words.done);
  };

  return subscribeAll(dependencies, [
    ...UPDATE_SUBJECTS.map(
      (subject) => [subject, (message: BusMessage) => void store(message, accountOfSubject(message.subject))] as const,
    ),
    [STORE, (message) => void store(message, undefined)],
  ]);
}
