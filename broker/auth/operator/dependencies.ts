import type { FetchedText, FetchOptions } from '../../transport/http-client.ts';
import type { AuthenticationDependencies } from '../dependencies.ts';

/** What operator mode needs of its broker beside what every authentication needs. */
export interface OperatorDependencies extends Omit<AuthenticationDependencies, 'passwords'> {
  /** Gets the text behind an HTTP address. Rejects with an `Error` that says why not. */
  readonly fetchText: FetchText;
}

export type FetchText = (url: string, options: FetchOptions) => Promise<FetchedText>;
