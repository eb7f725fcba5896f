import type { Write } from './start-lines.ts';

/** Go's names of the signals, as the log shows them. */
const SIGNAL_NAMES = {
  SIGINT: 'interrupt',
  SIGTERM: 'terminated',
  SIGHUP: 'hangup',
  SIGUSR1: 'user defined signal 1',
  SIGUSR2: 'user defined signal 2',
} as const;

export type SignalActions = Record<keyof typeof SIGNAL_NAMES, () => void>;

/** From now on each signal is logged and does what its action does. */
export function listenToSignals(write: Write, actions: SignalActions): void {
  for (const name of Object.keys(actions) as (keyof SignalActions)[]) {
    // Windows knows only some of them.
    if (process.platform === 'win32' && (name === 'SIGUSR1' || name === 'SIGUSR2')) continue;
    process.on(name, () => {
      write('info', `Trapped ${JSON.stringify(SIGNAL_NAMES[name])} signal`);
      actions[name]();
    });
  }
}
