import type { TlsClientOptions } from '../../options/authentication.ts';
import type { AuthenticationDependencies } from '../dependencies.ts';

/** What operator mode needs of its broker beside what every authentication needs. */
export interface OperatorDependencies extends Omit<AuthenticationDependencies, 'passwords'> {
  /** What stands as `server` in answers of the system account; each call counts as one message. */
  readonly serverInfo: () => object;
  /** Gets the text behind an HTTP address. Rejects with an `Error` that says why not. */
  readonly fetchText: FetchText;
}

export type FetchText = (
  url: string,
  options: {
    readonly timeoutMs: number;
    readonly bytesMax: number;
    readonly tls?: TlsClientOptions | undefined;
    readonly signal?: AbortSignal | undefined;
  },
) => Promise<{ readonly status: number; readonly statusText: string; readonly body: string }>;
