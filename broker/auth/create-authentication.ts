import type { BrokerOptions } from '../options.ts';
import type { Authentication } from './authentication.ts';
import { CalloutAuthentication } from './callout-authentication.ts';
import { ConfigAuthentication } from './config-authentication.ts';
import type { AuthenticationDependencies } from './dependencies.ts';
import { OperatorMode } from './operator/operator-mode.ts';
import { isOperatorMode } from './operator/operators.ts';

/** Who may come in, as the options say it. Made anew with every reload. */
export function createAuthentication(options: BrokerOptions, dependencies: AuthenticationDependencies): Authentication {
  if (isOperatorMode(options)) return new OperatorMode(options, dependencies);
  const { authCallout } = options;
  if (authCallout !== undefined) return new CalloutAuthentication(options, authCallout, dependencies);
  return new ConfigAuthentication(options, dependencies);
}
