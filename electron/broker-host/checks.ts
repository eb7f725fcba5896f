/** What can be said of a configuration text before it is applied. */

import { monitoringFault } from '../../broker/index.ts';
import type { ConfigProblem, ConfigReport } from '../bridge/contract.ts';
import { ConfigurationError, openAddress, planBetween, readConfiguration } from './configuration.ts';
import type { Configuration } from './configuration.ts';
import type { LocalJetStream } from './local-jetstream.ts';
import type { ConfigText } from './messages.ts';

/** @param running what the broker runs with now; null when it does not */
export function checkConfiguration(
  config: ConfigText,
  running: ConfigText | null,
  local?: LocalJetStream,
): ConfigReport {
  const startedAt = performance.now();
  const report = (problems: readonly ConfigProblem[], plan: ConfigReport['plan']): ConfigReport => ({
    problems: problems.toSorted((a, b) => placeOf(a) - placeOf(b)),
    milliseconds: performance.now() - startedAt,
    plan,
  });
  let next: Configuration;
  try {
    next = readConfiguration(config, local);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return report(error.problems, null);
  }
  const problems = [...next.warnings];
  const unmonitored = monitoringFault(next.options);
  if (unmonitored !== undefined)
    problems.push({ grade: 'error', ...lineOf(config.text, /^\s*https?\b/im), text: unmonitored });
  const open = openAddress(next.options, { port: next.options.port ?? 4222 });
  if (open !== undefined) {
    const text = `open to the network: whoever reaches ${open} reads and publishes everything`;
    problems.push({ grade: 'warning', ...lineOf(config.text, /^\s*(listen|host|net)\b/im), text });
  }
  if (local !== undefined) problems.push(...overBudget(config.text, next, local));
  return report(problems, unmonitored === undefined ? planOf(running, next, local) : null);
}

/** Budgets of JetStream that the machine cannot keep. */
function overBudget(text: string, { options }: Configuration, local: LocalJetStream): ConfigProblem[] {
  const { enabled = false, maxMemory = 0, maxStore = 0, storeDir } = options.kept?.jetstream ?? {};
  const problems: ConfigProblem[] = [];
  if (!enabled) return problems;
  const warn = (pattern: RegExp, key: string, what: string): void => {
    problems.push({ grade: 'warning', ...lineOf(text, pattern), text: `${key} is more than ${what}` });
  };
  if (maxMemory > local.memoryBytesMax) {
    warn(/^\s*max_mem\w*\b/im, 'max_mem', `the ${shownGib(local.memoryBytesMax)} of memory that this machine has`);
  }
  // Another folder may be on another disk.
  if (storeDir === local.folder && maxStore > local.storageBytesMax) {
    warn(/^\s*max_file\w*\b/im, 'max_file', `the ${shownGib(local.storageBytesMax)} that the disk has for it`);
  }
  return problems;
}

function shownGib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}

function planOf(
  running: ConfigText | null,
  next: Configuration,
  local: LocalJetStream | undefined,
): NonNullable<ConfigReport['plan']> {
  const none = { reload: [], restart: [] };
  if (running === null) return none;
  let before: Configuration;
  try {
    before = readConfiguration(running, local);
  } catch {
    // A file that it names has changed since: what runs cannot be told any more.
    return { reload: [], restart: ['configuration'] };
  }
  if (JSON.stringify(before.loaded) === JSON.stringify(next.loaded)) return none;
  const plan = planBetween(before, next);
  const changes = plan.changes.filter(({ name }) => !isUnchanged(name, before, next));
  return { reload: changes.map(({ name }) => name), restart: [...plan.refused] };
}

/** nats-server takes users of accounts, and accounts, for changed at every reload. Nobody is to be told of what is not. */
function isUnchanged(name: string, { options: before }: Configuration, { options: next }: Configuration): boolean {
  const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);
  if (name === 'users' || name === 'nkeys') return same(before.users, next.users);
  return name === 'accounts' && same(before.accounts, next.accounts) && same(before.mappings, next.mappings);
}

function placeOf({ file, line, column }: ConfigProblem): number {
  // What is in other files, or has no place, stands first: nobody would look for it at the end.
  return file === undefined ? line * 10_000 + column : -1;
}

/** The first line of the text that answers, for what is said of the options as a whole. */
function lineOf(text: string, pattern: RegExp): { line: number; column: number } {
  const found = pattern.exec(text);
  if (found === null) return { line: 0, column: 0 };
  const at = found.index + (found[0].length - found[0].trimStart().length);
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
