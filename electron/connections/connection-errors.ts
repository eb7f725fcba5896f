/** What errors of sockets and of the client library mean for a connection. */

import { codeOfServerError, ConnectFailure } from './failure-catalogue.ts';

/** Why a connection that stood is gone, in a few words. */
export function lossText(error: Error | undefined): string {
  if (error === undefined) return 'server closed the connection';
  const code = (error as NodeJS.ErrnoException).code;
  if (error instanceof ConnectFailure) return error.message;
  if (code === 'ECONNRESET') return 'connection was reset';
  if (code === 'ETIMEDOUT') return 'connection timed out';
  return error.message;
}

/** Words of the server, errors of sockets and of the library, as a failure with a code. */
export function toFailure(error: Error): ConnectFailure {
  if (error instanceof ConnectFailure) return error;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ECONNRESET' || code === 'EPIPE') return new ConnectFailure('closed-by-server', { detail: code });
  if (error.name === 'TimeoutError') return new ConnectFailure('connect-timeout', { detail: error.message });
  if (error.message === 'connection refused' || error.message === '') return new ConnectFailure('closed-by-server');
  return new ConnectFailure(codeOfServerError(error.message), { detail: error.message });
}
