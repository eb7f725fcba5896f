/**
 * A time limit for code that may not come back: a regular expression such as `(a+)+$` takes longer than the universe
 * has. V8 can be told to give up from outside, and node:vm is the door to that. Whatever the code was doing is broken
 * off, so it may only write to what is thrown away then.
 */

import vm from 'node:vm';

interface Door {
  run: () => void;
}

let door: { inside: Door; context: vm.Context; script: vm.Script } | null = null;

/** Runs `work` for at most `milliseconds`. False when it was broken off. */
export function runWithin(milliseconds: number, work: () => void): boolean {
  if (door === null) {
    const inside: Door = { run: work };
    door = { inside, context: vm.createContext(inside), script: new vm.Script('run()') };
  }
  door.inside.run = work;
  try {
    door.script.runInContext(door.context, { timeout: milliseconds });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return false;
    throw error;
  } finally {
    door.inside.run = () => {};
  }
}
