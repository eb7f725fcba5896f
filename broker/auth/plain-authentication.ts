import type { BrokerOptions } from '../options.ts';
import { AUTH_TIMEOUT_MS_DEFAULT } from '../limits.ts';
import type { Authentication, AuthenticationOutcome, Identity } from './authentication.ts';
import { Authenticator } from './authenticator.ts';

/** Users and tokens in plain text. */
export function plainAuthentication(options: BrokerOptions): Authentication {
  const authenticator = new Authenticator(options);
  const identityOf = (user: string): Identity => {
    const found = options.users?.find((candidate) => candidate.user === user);
    return {
      account: found?.account ?? '$G',
      user,
      permissions: found?.permissions ?? options.defaultPermissions,
    };
  };
  const outcome = (user: string, admitted: boolean): AuthenticationOutcome =>
    admitted
      ? { identity: identityOf(user === '' ? (authenticator.noAuthUser ?? '') : user) }
      : {
          refusal: {
            error: 'Authorization Violation',
            reason: 'Authentication Failure',
            log: user === '' ? 'authentication error' : `authentication error - User ${JSON.stringify(user)}`,
          },
        };
  return {
    required: () => authenticator.required && authenticator.noAuthUser === undefined,
    usesNonce: false,
    timeoutMs: () => options.authTimeoutMs || AUTH_TIMEOUT_MS_DEFAULT,
    authenticate: (connect) => outcome(connect.user, authenticator.admits(connect)),
    unannounced: () => (authenticator.noAuthUser === undefined ? undefined : identityOf(authenticator.noAuthUser)),
    review: (_identity, connect) => outcome(connect.user, authenticator.admits(connect)),
    dispose: () => {},
  };
}
