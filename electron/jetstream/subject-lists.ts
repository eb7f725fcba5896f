/** Subjects of a stream with their counts, page by page, kept for a few seconds. */

import type { SubjectCount } from '../bridge/contract.ts';
import { subjectsMax, subjectsMsMax } from './limits.ts';
import type { WireStream } from './wire.ts';

export interface SubjectList {
  /** By name. */
  list: SubjectCount[];
  /** There are more. */
  cut: boolean;
}

type Ask = (stream: string, body: { subjects_filter: string; offset: number }) => Promise<WireStream>;

export class SubjectLists {
  readonly #ask: Ask;
  #kept: { key: string; at: number; list: Promise<SubjectList> } | null = null;

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async get(stream: string, filter: string, signal: AbortSignal): Promise<SubjectList> {
    const key = `${stream} ${filter}`;
    const now = performance.now();
    if (this.#kept?.key !== key || now - this.#kept.at > subjectsMsMax) {
      const list = this.#load(stream, filter);
      this.#kept = { key, at: now, list };
      list.catch(() => {
        if (this.#kept?.list === list) this.#kept = null;
      });
    }
    const list = await this.#kept.list;
    signal.throwIfAborted();
    return list;
  }

  forget(): void {
    this.#kept = null;
  }

  async #load(stream: string, filter: string): Promise<SubjectList> {
    const list: SubjectCount[] = [];
    let total = 1;
    while (list.length < total && list.length < subjectsMax) {
      const info = await this.#ask(stream, { subjects_filter: filter, offset: list.length });
      const page = Object.entries(info.state.subjects ?? {});
      if (page.length === 0) break;
      for (const [subject, messages] of page) list.push({ subject, messages });
      // Servers without pages give all at once.
      total = info.total ?? list.length;
    }
    list.sort((a, b) => (a.subject < b.subject ? -1 : 1));
    return { list, cut: list.length < total };
  }
}
