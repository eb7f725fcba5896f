/** The panes of the window as the keyboard walks them. A pane is an element with `data-pane`. */

/** In the order that F6 takes. */
const order = [
  'title',
  'rail',
  'toolbar',
  'tree',
  'list',
  'start',
  'inspector',
  'dock',
  'page',
  'text',
  'check',
  'status',
];

const focusable =
  'button:not(:disabled), input:not(:disabled), textarea:not(:disabled), select:not(:disabled), a[href], [tabindex]:not([tabindex="-1"]), [contenteditable="true"]';

function panes(): HTMLElement[] {
  const found = [...document.querySelectorAll<HTMLElement>('[data-pane]')].filter((pane) => pane.offsetParent !== null);
  return found
    .filter((pane) => order.includes(pane.dataset['pane'] ?? ''))
    .toSorted((a, b) => order.indexOf(a.dataset['pane'] ?? '') - order.indexOf(b.dataset['pane'] ?? ''));
}

function stops(pane: HTMLElement): HTMLElement[] {
  return [...pane.querySelectorAll<HTMLElement>(focusable)].filter(
    (element) => element.tabIndex >= 0 && element.offsetParent !== null,
  );
}

/** Focuses what a pane says is its middle (`data-pane-focus`), else its first stop. */
function focusIn(pane: HTMLElement): boolean {
  const target = pane.querySelector<HTMLElement>('[data-pane-focus]') ?? stops(pane)[0];
  target?.focus();
  return target !== undefined;
}

/** Focuses a pane by name; false when it is not there. */
export function focusPane(name: string): boolean {
  const pane = panes().find((other) => other.dataset['pane'] === name);
  return pane !== undefined && focusIn(pane);
}

/** To the next pane, or with -1 to the one before. */
export function cyclePane(by: 1 | -1): void {
  const all = panes();
  const at = all.findIndex((pane) => pane.contains(document.activeElement));
  for (let step = 1; step <= all.length; step++) {
    const pane = all[(at + by * step + all.length * 2) % all.length];
    if (pane !== undefined && focusIn(pane)) return;
  }
}

/** Tab walks in a circle inside a pane; F6 leaves it. Dialogs and menus have circles of their own. */
export function keepTabInPane(event: KeyboardEvent): void {
  if (event.key !== 'Tab' || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return;
  const { target } = event;
  if (!(target instanceof Element) || target.closest('[role="dialog"]') !== null) return;
  const pane = target.closest<HTMLElement>('[data-pane]');
  if (pane === null || !order.includes(pane.dataset['pane'] ?? '')) return;
  const all = stops(pane);
  const edge = event.shiftKey ? all[0] : all.at(-1);
  if (edge !== target) return;
  event.preventDefault();
  (event.shiftKey ? all.at(-1) : all[0])?.focus();
}
