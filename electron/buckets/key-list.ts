/**
 * The names in one bucket, in order, as a list or as a tree of their parts, filtered. It holds what is known of each and
 * makes rows for those that are drawn, so that a hundred thousand cost what a screenful costs.
 *
 * Order is that of code units. All names below `a.` stand together in it, so a branch is a range of the order and needs
 * no node of its own: where it ends is found by halving.
 */

export interface Known<Facts> {
  name: string;
  /** Last token or tokens of its subject: what the server knows it by. */
  token: string;
  /** What was read of it; null while nothing was. */
  facts: Facts | null;
  /** Something was published to it since it was read. */
  stale: boolean;
  /** Publishes seen since the view was opened. */
  seen: number;
  /** Grows when what was read differs from what was read before. */
  version: number;
}

export type KeyRow<Facts> =
  | { kind: 'name'; depth: number; entry: Known<Facts> }
  | { kind: 'branch'; depth: number; prefix: string; open: boolean; names: number };

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export class KeyList<Facts> {
  readonly #byName = new Map<string, Known<Facts>>();
  /** In order, but for `#added`, and with those that are gone in it while `#left` says so. */
  #names: string[] = [];
  #added: string[] = [];
  #left = false;
  #filter = '';
  #tree = false;
  readonly #open = new Set<string>();
  readonly #separator: string;
  /** Names that pass the filter, in order; null when it has to be made anew. */
  #shown: string[] | null = null;
  #rows: KeyRow<Facts>[] | null = null;

  /** @param separator between the parts of a name: one character */
  constructor(separator = '.') {
    this.#separator = separator;
  }

  get size(): number {
    return this.#byName.size;
  }

  get(name: string): Known<Facts> | undefined {
    return this.#byName.get(name);
  }

  values(): IterableIterator<Known<Facts>> {
    return this.#byName.values();
  }

  add(name: string, token: string): Known<Facts> {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const entry: Known<Facts> = { name, token, facts: null, stale: false, seen: 0, version: 0 };
    this.#byName.set(name, entry);
    this.#added.push(name);
    this.#forget();
    return entry;
  }

  remove(name: string): boolean {
    if (!this.#byName.delete(name)) return false;
    // Taken out of the order when it is read next, together with others.
    this.#left = true;
    this.#forget();
    return true;
  }

  get filter(): string {
    return this.#filter;
  }
  set filter(text: string) {
    if (text === this.#filter) return;
    this.#filter = text;
    this.#forget();
  }

  get tree(): boolean {
    return this.#tree;
  }
  set tree(tree: boolean) {
    if (tree === this.#tree) return;
    this.#tree = tree;
    this.#rows = null;
  }

  setOpen(prefix: string, open: boolean): void {
    if (open) this.#open.add(prefix);
    else this.#open.delete(prefix);
    this.#rows = null;
  }

  /** Opens every branch above a name. */
  reveal(name: string): void {
    const separator = this.#separator;
    for (let end = name.indexOf(separator); end !== -1; end = name.indexOf(separator, end + 1)) {
      this.setOpen(name.slice(0, end + 1), true);
    }
  }

  /** How many pass the filter. */
  get hits(): number {
    return this.#filtered().length;
  }

  /** Rows that there are, whatever is drawn of them. */
  get total(): number {
    return this.#tree ? this.#treeRows().length : this.hits;
  }

  /** A row of the list or tree; undefined beyond its end. */
  row(index: number): KeyRow<Facts> | undefined {
    if (this.#tree) return this.#treeRows()[index];
    const name = this.#filtered()[index];
    return name === undefined ? undefined : { kind: 'name', depth: 0, entry: this.#byName.get(name)! };
  }

  /** Where the row of a name stands now; -1 when the filter or a closed branch hides it. */
  indexOf(name: string): number {
    if (!this.#tree) {
      const names = this.#filtered();
      const at = lowerBound(names, name, 0, names.length);
      return names[at] === name ? at : -1;
    }
    return this.#treeRows().findIndex((row) => row.kind === 'name' && row.entry.name === name);
  }

  #forget(): void {
    this.#shown = null;
    this.#rows = null;
  }

  #ordered(): string[] {
    if (this.#left) {
      this.#left = false;
      this.#names = this.#names.filter((name) => this.#byName.has(name));
      // One that went and came back may be in both.
      const known = new Set(this.#names);
      this.#added = [...new Set(this.#added)].filter((name) => this.#byName.has(name) && !known.has(name));
    }
    if (this.#added.length > 0) {
      const added = this.#added.sort(compare);
      this.#added = [];
      this.#names = this.#names.length === 0 ? added : merge(this.#names, added);
    }
    return this.#names;
  }

  #filtered(): string[] {
    if (this.#shown !== null) return this.#shown;
    const names = this.#ordered();
    this.#shown = this.#filter.trim() === '' ? names : names.filter(nameFilter(this.#filter));
    return this.#shown;
  }

  #treeRows(): KeyRow<Facts>[] {
    if (this.#rows !== null) return this.#rows;
    const names = this.#filtered();
    const rows: KeyRow<Facts>[] = [];
    /** What a filter found is shown, not hidden in a closed branch. */
    const found = this.#filter.trim() !== '' && names.length <= 1000;
    const walk = (from: number, to: number, prefix: string, depth: number): void => {
      for (let at = from; at < to;) {
        const name = names[at]!;
        const dot = name.indexOf(this.#separator, prefix.length);
        if (dot === -1) {
          rows.push({ kind: 'name', depth, entry: this.#byName.get(name)! });
          at++;
          continue;
        }
        const branch = name.slice(0, dot + 1);
        const end = lowerBound(names, after(branch), at, to);
        const open = found || this.#open.has(branch);
        rows.push({ kind: 'branch', depth, prefix: branch, open, names: end - at });
        if (open) walk(at, end, branch, depth + 1);
        at = end;
      }
    };
    walk(0, names.length, '', 0);
    this.#rows = rows;
    return rows;
  }
}

/** The first text behind all that begin with `prefix`. */
function after(prefix: string): string {
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1);
}

/** Two lists in order as one. A few names among many cost a walk, not another sorting. */
function merge(a: readonly string[], b: readonly string[]): string[] {
  const merged = new Array<string>(a.length + b.length);
  let [left, right] = [0, 0];
  for (let at = 0; at < merged.length; at++) {
    const fromLeft = right >= b.length || (left < a.length && a[left]! < b[right]!);
    merged[at] = fromLeft ? a[left++]! : b[right++]!;
  }
  return merged;
}

function lowerBound(names: readonly string[], text: string, from: number, to: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (names[middle]! < text) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * What a filter means: with `*` or `>` a pattern as of subjects, else words that all have to be somewhere in the name,
 * whatever their case.
 */
export function nameFilter(filter: string): (name: string) => boolean {
  const text = filter.trim();
  if (/(^|\.)(\*|>)(\.|$)/.test(text) && !/\s/.test(text)) {
    const pattern = text.split('.');
    return (name) => {
      const tokens = name.split('.');
      for (const [index, token] of pattern.entries()) {
        if (token === '>') return tokens.length > index;
        if (index >= tokens.length || (token !== '*' && token !== tokens[index])) return false;
      }
      return tokens.length === pattern.length;
    };
  }
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return (name) => {
    const lower = name.toLowerCase();
    return words.every((word) => lower.includes(word));
  };
}
