import { timingSafeEqual } from 'node:crypto';
import type { Accounts } from '../account/accounts.ts';
import type { Authentication, AuthenticationOutcome } from '../auth/authentication.ts';
import { AUTH_TIMEOUT_MS_DEFAULT } from '../limits.ts';
import { CLOSE_REASONS, ERRORS } from '../wire/protocol.ts';

/**
 * How the owner of the broker comes in: by a listener of its own, with a token that it gave at the start as the password
 * and the name of an account, any account, as the user. nats-server has no such thing.
 */
export function ownAccess(accounts: Accounts, token: string): Authentication {
  const expected = Buffer.from(token);
  const admit = (user: string, pass: string): AuthenticationOutcome => {
    const shown = Buffer.from(pass);
    if (shown.length !== expected.length || !timingSafeEqual(shown, expected) || accounts.get(user) === undefined) {
      return { refusal: { error: ERRORS.authorizationViolation, reason: CLOSE_REASONS.authenticationFailure } };
    }
    return { identity: { account: user, user: '' } };
  };
  return {
    required: () => true,
    demanded: () => true,
    usesNonce: false,
    timeoutMs: () => AUTH_TIMEOUT_MS_DEFAULT,
    authenticate: ({ user, pass }) => admit(user, pass),
    unannounced: () => undefined,
    review: (identity) => ({ identity }),
    dispose: () => {},
  };
}
