import { spawn } from 'node:child_process';
import { resolve as absolute } from 'node:path';

/** One command of the check or of the tests. */
export interface Step {
  name: string;
  command: string;
  args: string[];
  /** Its output is shown while it runs; else only when it fails. */
  live?: boolean;
  env?: Record<string, string>;
}

/** Compiled code of what Node.js runs: tests start the app and the broker from the sources hundreds of times. */
const COMPILED = absolute('.cache', 'compiled');

export interface StepResult {
  step: Step;
  ok: boolean;
  seconds: number;
  output: string;
}

/** Runs a step. It resolves when the process is gone, whatever its exit code; a command that cannot start is a failure. */
export function runStep(step: Step): Promise<StepResult> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn(step.command, step.args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
      env: { NODE_COMPILE_CACHE: COMPILED, ...process.env, ...step.env },
    });
    const parts: Buffer[] = [];
    const finish = (ok: boolean): void => {
      const seconds = (performance.now() - startedAt) / 1000;
      resolve({ step, ok, seconds, output: Buffer.concat(parts).toString() });
    };
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data: Buffer) => {
        parts.push(data);
        if (step.live) process.stdout.write(data);
      });
    }
    child.on('error', (error) => {
      parts.push(Buffer.from(`${step.command}: ${error.message}\n`));
      finish(false);
    });
    child.on('close', (code) => {
      finish(code === 0);
    });
  });
}

/** Runs steps, at most `width` at a time, and prints a line for each as it ends. Resolves to whether all went well. */
export async function runSteps(steps: readonly Step[], width: number): Promise<boolean> {
  const waiting = [...steps];
  let ok = true;
  const worker = async (): Promise<void> => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const result = await runStep(step);
      const line = `${result.ok ? 'ok    ' : 'FAILED'} ${step.name.padEnd(14)} ${result.seconds.toFixed(1).padStart(6)} s`;
      console.log(line);
      if (!result.ok && !step.live) console.log(result.output.trimEnd());
      ok &&= result.ok;
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  return ok;
}
