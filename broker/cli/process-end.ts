/** How long what is still open may keep a process that has nothing more to do. */
const LINGER_MS_MAX = 200;

/**
 * Lets the process end by itself, with this code. `process.exit` would wait for V8's compiler threads without letting
 * one of them have the garbage collection it may be waiting for: now and then such a process stays forever.
 */
export function endProcess(code: number): void {
  process.exitCode = code;
  // Does not hold the process; it only gets its turn where something else does.
  setTimeout(() => process.exit(code), LINGER_MS_MAX).unref();
}
