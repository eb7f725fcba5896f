import { ConnectFailure } from './failure-catalogue.ts';
import type { FailureCode } from './failure-catalogue.ts';

/**
 * Work that ends by itself, by its time-out (as a failure with that code) or by the signal (as `cancelled`). What `start`
 * returns undoes the work, and is called unless it succeeded.
 */
export function within<T>(
  milliseconds: number,
  signal: AbortSignal,
  timeoutCode: FailureCode,
  start: (resolve: (value: T) => void, reject: (error: Error) => void) => (() => void) | void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) {
      reject(new ConnectFailure('cancelled'));
      return;
    }
    let undo: (() => void) | void = undefined;
    let over = false;
    let failed = false;
    const settle = (): boolean => {
      if (over) return false;
      over = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', cancel);
      return true;
    };
    const fail = (error: Error): void => {
      if (!settle()) return;
      failed = true;
      undo?.();
      reject(error);
    };
    const cancel = (): void => fail(new ConnectFailure('cancelled'));
    const timer = setTimeout(() => {
      fail(new ConnectFailure(timeoutCode, { detail: `no answer within ${milliseconds / 1000} s` }));
    }, milliseconds);
    signal.addEventListener('abort', cancel);
    undo = start((value) => {
      if (settle()) resolve(value);
    }, fail);
    // A start that failed at once did so before it could say how to undo it.
    if (failed) undo?.();
  });
}
