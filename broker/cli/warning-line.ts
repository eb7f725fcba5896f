import type { ConfigProblem } from '../config/config.ts';

/** A warning of a configuration as nats-server prints it. */
export function warningLine({ file, line, column, message, text }: ConfigProblem): string {
  return text ?? `${file}:${line}:${column}: ${message}`;
}
