import type { BrokerOptions } from '../options.ts';
import { fetchText } from '../transport/http-client.ts';
import type { Authentication } from './authentication.ts';
import { CalloutAuthentication } from './callout-authentication.ts';
import { ConfigAuthentication } from './config-authentication.ts';
import type { AuthenticationDependencies } from './dependencies.ts';
import { createOperatorAuthentication } from './operator/operator-authentication.ts';
import { isOperatorMode } from './operator/operators.ts';

/** Who may come in, as the options say it. Made anew with every reload. */
export function createAuthentication(options: BrokerOptions, dependencies: AuthenticationDependencies): Authentication {
  if (isOperatorMode(options)) return createOperatorAuthentication(options, { ...dependencies, fetchText });
  const { authCallout } = options;
  if (authCallout !== undefined) return new CalloutAuthentication(options, authCallout, dependencies);
  return new ConfigAuthentication(options, dependencies);
}
