import type { BrokerOptions } from '../options.ts';
import type { Authentication } from './authentication.ts';
import { ConfigAuthentication } from './config-authentication.ts';
import type { AuthenticationDependencies } from './dependencies.ts';

/** Who may come in, as the options say it. Made anew with every reload. */
export function createAuthentication(options: BrokerOptions, dependencies: AuthenticationDependencies): Authentication {
  return new ConfigAuthentication(options, dependencies);
}
