import { toasts } from './toasts.svelte.ts';

/** Puts text on the clipboard and says so. `what` names it: `Subject`. */
export async function copyText(text: string, what = 'Text'): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A page that has not the permission may still copy what is marked.
    if (!copyMarked(text)) {
      toasts.error(`${what} was not copied: the clipboard is closed to this window`);
      return;
    }
  }
  toasts.show({ tone: 'ok', text: `${what} copied` });
}

function copyMarked(text: string): boolean {
  const area = document.createElement('textarea');
  area.value = text;
  area.style.position = 'fixed';
  area.style.opacity = '0';
  document.body.append(area);
  const focused = document.activeElement;
  area.select();
  const copied = document.execCommand('copy');
  area.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}

/** Lets the person save bytes as a file. */
export function saveFile(name: string, bytes: Uint8Array, type = 'application/octet-stream'): void {
  const address = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
