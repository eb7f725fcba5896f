import type { BusMessage } from '../../../account/bus.ts';
import type { AccountClaims } from '../../jwt/claims.ts';
import { decodeAccountClaims } from '../../jwt/decode.ts';
import type { AccountBook } from '../account-book.ts';
import type { OperatorDependencies } from '../dependencies.ts';
import type { ClaimAnswers } from './claim-answers.ts';

/** Subjects that claims of one account are brought on; the second one is the older. */
export const UPDATE_SUBJECTS = ['$SYS.REQ.ACCOUNT.*.CLAIMS.UPDATE', '$SYS.ACCOUNT.*.CLAIMS.UPDATE'] as const;

/** The account that a subject of `UPDATE_SUBJECTS`, or of a look-up, speaks of. */
export function accountOfSubject(subject: string): string {
  const tokens = subject.split('.');
  return tokens[1] === 'REQ' ? (tokens[3] ?? '') : (tokens[2] ?? '');
}

/** Subscribes in the system account, if there is one, and returns the way to end it. */
export function subscribeAll(
  { bus, accounts }: OperatorDependencies,
  handlers: readonly (readonly [subject: string, handler: (message: BusMessage) => void])[],
): () => void {
  const { system } = accounts;
  const ends =
    system === undefined ? [] : handlers.map(([subject, handler]) => bus.subscribe(system, subject, handler));
  return () => {
    for (const end of ends) end();
  };
}

/** The payload as text. */
export function textOf({ payload }: BusMessage): string {
  return Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8');
}

/** Claims in a message, or why they are none. */
export function readAccountClaims(text: string): { claims: AccountClaims } | { reason: string } {
  try {
    return { claims: decodeAccountClaims(text) };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Takes claims of accounts that are in use, for resolvers that keep none themselves. */
export function serveUpdates(dependencies: OperatorDependencies, answers: ClaimAnswers, book: AccountBook): () => void {
  const update = async (message: BusMessage): Promise<void> => {
    const { subject, reply } = message;
    const account = accountOfSubject(subject);
    const text = textOf(message);
    if (text === '') return answers.failed(reply, account, 'jwt update error', 'request body is empty');
    const failed = (reason: string): void => answers.failed(reply, account, 'jwt update resulted in error', reason);
    const read = readAccountClaims(text);
    if ('reason' in read) return failed(read.reason);
    if (read.claims.sub !== account) return failed('subject does not match jwt content');
    if (book.known(account) === undefined) return answers.done(reply, account, 'jwt update skipped');
    try {
      await book.update(account, text);
    } catch (error) {
      return failed(reasonOf(error));
    }
    answers.done(reply, account, 'jwt updated');
  };
  return subscribeAll(
    dependencies,
    UPDATE_SUBJECTS.map((subject) => [subject, (message) => void update(message)] as const),
  );
}
