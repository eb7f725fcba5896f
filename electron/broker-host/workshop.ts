/**
 * The thread in which configurations are read and keys are made, so that neither main thread nor broker waits for it. It
 * is there while it has something to do and a while longer.
 */

import { Worker } from 'node:worker_threads';
import { BridgeError } from '../bridge/frames.ts';
import type { LocalJetStream } from './local-jetstream.ts';
import type { FromWorkshop, ToWorkshop, WorkshopOptions as WorkerData, WorkshopQuestions } from './messages.ts';
import { createQuestions } from './questions.ts';
import type { Questions } from './questions.ts';

export interface Workshop {
  /** Rejects with `too-long` when there is no answer in time: a file that is included may never end. */
  ask: Questions<WorkshopQuestions>['ask'];
  dispose(): Promise<void>;
}

export interface WorkshopOptions {
  threadFile: URL;
  /** What counts where a configuration leaves JetStream open. */
  local?: LocalJetStream | undefined;
  /** Longest time for one answer. */
  answerMsMax?: number;
  /** How long it stays without anything to do. */
  idleMsMax?: number;
}

const answerMsMaxDefault = 10_000;
const idleMsMaxDefault = 30_000;

interface Running {
  worker: Worker;
  questions: Questions<WorkshopQuestions>;
}

export function createWorkshop(options: WorkshopOptions): Workshop {
  const { threadFile, answerMsMax = answerMsMaxDefault, idleMsMax = idleMsMaxDefault } = options;
  let running: Running | null = null;
  let idle: ReturnType<typeof setTimeout> | undefined;

  function start(): Running {
    const workerData: WorkerData = { local: options.local };
    const worker = new Worker(threadFile, { workerData, name: 'workshop' });
    // Nothing waits for it at the end of the app.
    worker.unref();
    const questions = createQuestions<WorkshopQuestions>((message) => worker.postMessage(message satisfies ToWorkshop));
    const mine = { worker, questions };
    worker.on('message', (message: FromWorkshop) => questions.take(message));
    worker.on('error', (error) => questions.end(error instanceof Error ? error.message : String(error)));
    worker.on('exit', () => {
      questions.end('The workshop ended meanwhile. Try again.');
      if (running === mine) running = null;
    });
    return mine;
  }

  async function end(mine: Running | null): Promise<void> {
    if (mine === null) return;
    if (running === mine) running = null;
    await mine.worker.terminate();
  }

  return {
    async ask(name, params) {
      clearTimeout(idle);
      const mine = (running ??= start());
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => {
        late.reject(new BridgeError('too-long', 'This takes too long. Is a file included that never ends?'));
        void end(mine);
      }, answerMsMax);
      try {
        return await Promise.race([mine.questions.ask(name, params), late.promise]);
      } finally {
        clearTimeout(timer);
        clearTimeout(idle);
        idle = setTimeout(() => {
          if (mine.questions.waiting === 0) void end(mine);
        }, idleMsMax);
        idle.unref();
      }
    },
    async dispose() {
      clearTimeout(idle);
      await end(running);
    },
  };
}
