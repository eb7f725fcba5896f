/**
 * A configuration text as options of the broker. Read as `natscope-server` reads it, with what is different in the app:
 * listeners are on the loopback address unless the text says otherwise, streams are kept in the app's folder
 * (`local-jetstream.ts`), and names of files are relative to the folder of the configuration, since the app has no working
 * directory that anybody chose.
 */

import { dirname, isAbsolute, resolve } from 'node:path';
import { checkOptions, ConfigError, parseConfigText, planReload, systemSources } from '../../broker/index.ts';
import type { BrokerOptions, LoadedConfig } from '../../broker/index.ts';
import type { ConfigProblem } from '../bridge/contract.ts';
import { withLocalJetStream } from './local-jetstream.ts';
import type { LocalJetStream } from './local-jetstream.ts';
import type { ConfigText } from './messages.ts';

type TlsOptions = NonNullable<BrokerOptions['tls']>;

const loopback = '127.0.0.1';

/** Everything that is wrong with a configuration. The text names no secrets. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
  readonly code = 'invalid-config';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const first = problems.find(({ grade }) => grade === 'error');
    const place = first === undefined || first.line === 0 ? '' : `line ${first.line}: `;
    super(`The configuration has errors. ${place}${first?.text ?? ''}`);
    this.problems = problems;
  }
}

export interface Configuration {
  /** As the app runs them. */
  options: BrokerOptions;
  loaded: LoadedConfig;
  warnings: ConfigProblem[];
}

/** What a reload from one to the other does, and why it cannot be done. */
export function planBetween(before: Configuration, after: Configuration): ReturnType<typeof planReload> {
  const asRun = ({ options, loaded }: Configuration) => ({ broker: options, program: loaded.program });
  return planReload(asRun(before), asRun(after));
}

/**
 * Throws a `ConfigurationError` with everything that is wrong, warnings too.
 *
 * @param local absent: there is JetStream where the text says so, and as nats-server has it
 */
export function readConfiguration({ file, text }: ConfigText, local?: LocalJetStream): Configuration {
  const folder = dirname(file);
  try {
    const loaded = parseConfigText(text, { file, sources: sourcesIn(folder) });
    const said = rebased(onLoopback(loaded.broker), folder);
    const options = local === undefined ? said : withLocalJetStream(said, loaded.saysJetStream, local);
    checkEither(said, options, loaded.program);
    return { options, loaded, warnings: loaded.warnings.map((warning) => shown(file, 'warning', warning)) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigurationError([
      ...error.problems.map((problem) => shown(file, 'error', problem)),
      ...error.warnings.map((problem) => shown(file, 'warning', problem)),
    ]);
  }
}

/**
 * What is filled in forbids nothing that would be allowed without (a cluster with JetStream wants names), and allows what
 * needs it (MQTT).
 */
function checkEither(said: BrokerOptions, filled: BrokerOptions, program: LoadedConfig['program']): void {
  try {
    checkOptions(said, program);
  } catch (error) {
    if (filled === said || !(error instanceof ConfigError)) throw error;
    try {
      checkOptions(filled, program);
    } catch {
      throw error;
    }
  }
}

function shown(
  own: string,
  grade: ConfigProblem['grade'],
  { file, line, column, message }: { file: string; line: number; column: number; message: string },
): ConfigProblem {
  return { grade, ...(file === '' || file === own ? {} : { file }), line, column, text: message };
}

function sourcesIn(folder: string): typeof systemSources {
  const at = (path: string): string => (isAbsolute(path) ? path : resolve(folder, path));
  return {
    ...systemSources,
    readFile: (path) => systemSources.readFile(at(path)),
    isUnusableFolder: (path) => systemSources.isUnusableFolder?.(at(path)) ?? false,
  };
}

/** nats-server listens everywhere unless it is told where; on somebody's own machine that is not meant. */
function onLoopback(options: BrokerOptions): BrokerOptions {
  const { host = loopback, webSocket, monitoring } = options;
  return {
    ...options,
    host,
    ...(webSocket === undefined ? {} : { webSocket: { ...webSocket, host: webSocket.host ?? loopback } }),
    ...(monitoring === undefined ? {} : { monitoring: { ...monitoring, host: monitoring.host ?? host } }),
  };
}

/** Names of files in the options, from the folder on. */
function rebased(options: BrokerOptions, folder: string): BrokerOptions {
  const at = (path: string): string => (path === '' || isAbsolute(path) ? path : resolve(folder, path));
  const file = (path: string | undefined): string | undefined => (path === undefined ? undefined : at(path));
  const tls = (given: TlsOptions): TlsOptions => ({
    ...given,
    certFile: file(given.certFile),
    keyFile: file(given.keyFile),
    caFile: file(given.caFile),
    certificates: given.certificates?.map(({ certFile, keyFile }) => ({
      certFile: at(certFile),
      keyFile: at(keyFile),
    })),
  });
  const { operator, webSocket, kept } = options;
  const resolver = operator?.resolver;
  const jetstream = kept?.jetstream;
  return {
    ...options,
    ...(jetstream?.storeDir
      ? { kept: { ...kept, jetstream: { ...jetstream, storeDir: at(jetstream.storeDir) } } }
      : {}),
    ...(options.tls === undefined ? {} : { tls: tls(options.tls) }),
    ...(webSocket === undefined
      ? {}
      : { webSocket: { ...webSocket, ...(webSocket.tls && { tls: tls(webSocket.tls) }) } }),
    ...(operator === undefined || resolver === undefined || !('folder' in resolver)
      ? {}
      : { operator: { ...operator, resolver: { ...resolver, folder: at(resolver.folder) } } }),
  };
}

const loopbackHosts = /^(127\.|::1$|localhost$)/;

/** Whether anybody who reaches a listener comes in without saying who he is. */
function isOpen(options: BrokerOptions): boolean {
  const { user, token, users = [], operator, authCallout, tls, noAuthUser, systemAccount = '$SYS' } = options;
  if (noAuthUser !== undefined) return true;
  // With users of the system account only, everybody else is let in as before.
  const named = users.some(({ account }) => account !== systemAccount);
  const asked = user !== undefined || token !== undefined || named || operator !== undefined;
  return !asked && authCallout === undefined && tls?.verify !== true && tls?.verifyAndMap !== true;
}

/** Where machines elsewhere reach the broker without credentials; undefined when they do not. */
export function openAddress(options: BrokerOptions, { port }: { port: number }): string | undefined {
  if (!isOpen(options)) return undefined;
  const { host = loopback, webSocket } = options;
  if (!loopbackHosts.test(host)) return `${host}:${port}`;
  if (webSocket === undefined || loopbackHosts.test(webSocket.host ?? loopback)) return undefined;
  // A listener of its own may have users of its own.
  const asked = webSocket.user !== undefined || webSocket.token !== undefined || webSocket.tls?.verify === true;
  return asked ? undefined : `${webSocket.host}:${webSocket.port}`;
}
