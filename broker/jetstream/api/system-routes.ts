import { apiError } from '../errors.ts';
import type { JetStream } from '../jetstream.ts';
import { type Answer, failure, success } from './answers.ts';
import type { ApiRequest } from './api.ts';

/** What only the leader of a cluster answers: here is none, so that nobody does. */
const OF_CLUSTERS = new Set(['META.LEADER.STEPDOWN', 'META.RESCUE', 'SERVER.REMOVE', 'SERVER.EVACUATE']);
const OF_ACCOUNTS = 'ACCOUNT.';

/** Requests of the system account itself, which has no streams. Those with headers are taken for malformed ones. */
export function systemRoute(jetStream: JetStream, request: ApiRequest): Answer | undefined {
  const { subject, tokens, headers } = request;
  if (OF_CLUSTERS.has(subject)) return undefined;
  if (subject.startsWith(OF_ACCOUNTS)) {
    const [, verb, name] = tokens;
    return verb === 'PURGE' && tokens.length === 3 && headers === '' ? purge(jetStream, name as string) : undefined;
  }
  if (subject !== 'INFO') return { ...failure('system', apiError('notEnabledForAccount')), nobody: true };
  return headers === '' ? failure('account_info', apiError('notEnabledForAccount')) : undefined;
}

/** Everything that the account has stored goes. */
function purge(jetStream: JetStream, name: string): Answer {
  if (/[\\/]/.test(name)) {
    return failure(
      'account_purge',
      apiError('streamGeneralError', { err: 'account name can not contain path separators' }),
    );
  }
  jetStream.purge(name);
  return success('account_purge', { initiated: true });
}
