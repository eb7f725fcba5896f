/** Questions to a thread and their answers: each is answered once, or fails when the thread ends. */

import { BridgeError } from '../bridge/frames.ts';
import type { Answered, Asked } from './messages.ts';

type Result<Q, N extends keyof Q> = Q[N] extends { result: infer R } ? R : never;
type Params<Q, N extends keyof Q> = Q[N] extends { params: infer P } ? P : never;

/** One thread's questions under way. */
export interface Questions<Q> {
  ask<N extends keyof Q>(name: N, params: Params<Q, N>): Promise<Result<Q, N>>;
  /** Takes an answer in. */
  take(message: Answered): void;
  readonly waiting: number;
  /** All that are under way fail with this text. */
  end(text: string): void;
}

export function createQuestions<Q>(post: (message: Asked<Q>) => void): Questions<Q> {
  const open = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let last = 0;
  return {
    ask(name, params) {
      const id = ++last;
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      open.set(id, { resolve, reject });
      const question = { ask: name, params } as Asked<Q>['question'];
      post({ type: 'ask', id, question });
      return promise as Promise<never>;
    },
    take(message) {
      const question = open.get(message.id);
      open.delete(message.id);
      if (message.type === 'answer') question?.resolve(message.result);
      else question?.reject(new BridgeError(message.code, message.text));
    },
    get waiting() {
      return open.size;
    },
    end(text) {
      for (const { reject } of open.values()) reject(new BridgeError('thread-ended', text));
      open.clear();
    },
  };
}

export type Answers<Q> = { [N in keyof Q]: (params: Params<Q, N>) => Result<Q, N> | Promise<Result<Q, N>> };

/** The other side: answers a question, with the error's code where it has one. Never rejects. */
export async function answer<Q>(answers: Answers<Q>, { id, question }: Asked<Q>): Promise<Answered> {
  try {
    const { ask, params } = question as { ask: keyof Q; params: never };
    return { type: 'answer', id, result: await answers[ask](params) };
  } catch (error) {
    const { code } = error as { code?: unknown };
    const text = error instanceof Error ? error.message : String(error);
    return { type: 'failed', id, code: typeof code === 'string' ? code : 'internal', text };
  }
}
