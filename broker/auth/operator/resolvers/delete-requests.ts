import type { BusMessage } from '../../../account/bus.ts';
import { decodeGenericJwt } from '../../jwt/decode.ts';
import { isPublicKey } from '../../nkey.ts';
import type { OperatorDependencies } from '../dependencies.ts';
import type { ClaimAnswers } from './claim-answers.ts';
import type { OperatorRights } from './folder-resolver.ts';
import type { JwtFolder } from './jwt-folder.ts';
import { reasonOf, subscribeAll, textOf } from './update-requests.ts';

const DELETE = '$SYS.REQ.CLAIMS.DELETE';

/** Deletes the accounts that a JWT names which the operator, or a signing key of it, made for itself. */
export function serveDeletions(
  dependencies: OperatorDependencies,
  answers: ClaimAnswers,
  folder: JwtFolder,
  allowed: boolean,
  { keys }: OperatorRights,
): () => void {
  const remove = async (message: BusMessage): Promise<void> => {
    const { reply } = message;
    const request = readRequest(textOf(message), allowed, keys, dependencies.accounts.system?.name);
    if ('reason' in request) {
      return answers.failed(reply, '', `delete accounts request by ${request.by} failed`, request.reason);
    }
    const faults: string[] = [];
    for (const account of request.accounts) {
      await folder.delete(account).catch((error: unknown) => faults.push(reasonOf(error)));
    }
    const deleted = `deleted ${request.accounts.length - faults.length} accounts`;
    if (faults.length === 0) answers.done(reply, '', deleted);
    else answers.failed(reply, '', `${deleted}, failed for ${faults.length}`, faults.join('\n'));
  };
  return subscribeAll(dependencies, [[DELETE, (message) => void remove(message)]]);
}

function readRequest(
  text: string,
  allowed: boolean,
  keys: ReadonlySet<string>,
  system: string | undefined,
): { accounts: readonly string[] } | { by: string; reason: string } {
  let claims;
  try {
    claims = decodeGenericJwt(text);
  } catch (error) {
    return { by: '', reason: reasonOf(error) };
  }
  const refuse = (reason: string): { by: string; reason: string } => ({ by: claims.sub, reason });
  if (!allowed) return refuse('delete must be enabled in server config');
  if (claims.sub !== claims.iss) return refuse('not self signed');
  if (!keys.has(claims.iss)) return refuse('not trusted');
  const { accounts } = claims.nats;
  if (!Array.isArray(accounts)) return refuse('malformed request');
  for (const account of accounts as unknown[]) {
    if (typeof account !== 'string' || !isPublicKey(account, 'account')) return refuse('malformed request');
    if (account === system) return refuse('not allowed to delete system account');
  }
  return { accounts: accounts as string[] };
}
