import type { ConfigProblem } from '../config/config.ts';

/** Warnings as nats-server prints them, each on a line of its own. */
export function warningText(warnings: readonly ConfigProblem[]): string {
  return warnings
    .map(({ file, line, column, message, text }) => `${text ?? `${file}:${line}:${column}: ${message}`}\n`)
    .join('');
}
