/** Short notices at the lower right. At most five are kept; the oldest makes room. */

import { untrack } from 'svelte';

export type ToastTone = 'ok' | 'error' | 'busy';

export interface Toast {
  id: number;
  tone: ToastTone;
  text: string;
  /** After the text, grey and in the data font: a subject, a size. */
  detail?: string | undefined;
  /** 0 … 1, for work that goes on. */
  progress?: number | undefined;
  action?: { label: string; run: () => void } | undefined;
}

const toastsMax = 5;
/** An error stays until it is closed. */
const shownMs = 4_000;

let list = $state.raw<readonly Toast[]>([]);
let lastId = 0;

export const toasts = {
  get list(): readonly Toast[] {
    return list;
  },
  show(toast: Omit<Toast, 'id'>): number {
    const id = ++lastId;
    // An effect that shows one does not depend on the others.
    untrack(() => (list = [...list.slice(1 - toastsMax), { ...toast, id }]));
    if (toast.tone === 'ok') setTimeout(() => toasts.close(id), shownMs);
    return id;
  },
  update(id: number, change: Partial<Omit<Toast, 'id'>>): void {
    list = list.map((toast) => (toast.id === id ? { ...toast, ...change } : toast));
    if (change.tone === 'ok') setTimeout(() => toasts.close(id), shownMs);
  },
  close(id: number): void {
    list = list.filter((toast) => toast.id !== id);
  },
  /** Shows what went wrong. `error` is what was thrown; only its message is shown. */
  error(text: string, error?: unknown): number {
    const detail = error instanceof Error ? error.message : undefined;
    return toasts.show({ tone: 'error', text, detail });
  },
};
