/** The thread of one connection, as the main thread holds it. */

import { Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { FromThread, ThreadOptions, ToThread } from './messages.ts';

export interface ThreadHandle {
  post(message: ToThread): void;
  attach(port: MessagePort): void;
  /** Resolves when the thread is gone. */
  stop(): Promise<void>;
}

export interface ThreadEvents {
  message(message: FromThread): void;
  /** It ended without being told to. Called once, and not after `stop`. */
  crashed(reason: string): void;
  /** It is gone, however it ended. */
  gone(threadId: number): void;
}

/** A thread that does not end by itself in this time is ended. */
const stopMsMax = 3000;

export function startThread(file: URL, workerData: ThreadOptions, name: string, events: ThreadEvents): ThreadHandle {
  const worker = new Worker(file, { workerData, name, stdout: true, stderr: true });
  // After its end a worker has no id any more.
  const { threadId } = worker;
  const exited = Promise.withResolvers<void>();
  let stopping = false;
  let reason: string | undefined;

  worker.on('message', (message: FromThread) => {
    if (!stopping) events.message(message);
  });
  // The client library prints what it cannot parse, which is the server's text: it belongs in the log, not the terminal.
  for (const output of [worker.stdout, worker.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => {
      if (!stopping) events.message({ type: 'log', level: 'debug', text: text.trimEnd() });
    });
  }
  worker.on('error', (error: unknown) => {
    reason = error instanceof Error ? error.message : String(error);
  });
  worker.once('exit', (code) => {
    if (!stopping) events.crashed(reason ?? `exit code ${code}`);
    events.gone(threadId);
    exited.resolve();
  });
  const post = (message: ToThread): void => worker.postMessage(message);

  return {
    post,
    attach: (port) => worker.postMessage({ type: 'attach', port } satisfies ToThread, [port]),
    async stop() {
      stopping = true;
      post({ type: 'stop' });
      const timer = setTimeout(() => void worker.terminate(), stopMsMax);
      await exited.promise;
      clearTimeout(timer);
    },
  };
}
