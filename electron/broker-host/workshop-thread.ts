/** The workshop: reads configurations without acting on them, makes keys, hashes and trees of accounts. */

import { parentPort, workerData } from 'node:worker_threads';
import { checkConfiguration } from './checks.ts';
import type { ToWorkshop, WorkshopOptions, WorkshopQuestions } from './messages.ts';
import { answer } from './questions.ts';
import type { Answers } from './questions.ts';
import { hashPassword, makeKey, makeOperatorTree } from './tools.ts';

if (parentPort === null) throw new Error('broker-host/workshop-thread.ts runs as a worker');
const parent = parentPort;
const { local } = workerData as WorkshopOptions;

const answers: Answers<WorkshopQuestions> = {
  check: ({ config, running }) => checkConfiguration(config, running, local),
  nkey: ({ kind }) => makeKey(kind),
  bcrypt: ({ password, cost }) => hashPassword(password, cost),
  operatorTree: (params) => makeOperatorTree(params),
};

parent.on('message', (message: ToWorkshop) => {
  void answer(answers, message).then((answered) => parent.postMessage(answered));
});
