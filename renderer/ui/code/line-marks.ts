/** Marks of whole lines in an editor: what was added or changed, and where something is wrong. */

import { RangeSet, StateEffect, StateField, type Extension } from '@codemirror/state';
import { Decoration, EditorView, gutter, gutterLineClass, GutterMarker, type DecorationSet } from '@codemirror/view';

export interface LineMark {
  /** From 1. */
  line: number;
  kind: 'added' | 'changed' | 'error' | 'warning';
  /** Shown on hover over the sign. */
  title?: string;
}

const signs: Record<LineMark['kind'], string> = { added: '+', changed: '~', error: '×', warning: '!' };

class Sign extends GutterMarker {
  readonly #mark: LineMark;

  constructor(mark: LineMark) {
    super();
    this.#mark = mark;
  }

  override eq(other: GutterMarker): boolean {
    return other instanceof Sign && other.#mark.kind === this.#mark.kind && other.#mark.title === this.#mark.title;
  }

  override toDOM(): Node {
    const element = document.createElement('span');
    element.className = `sign ${this.#mark.kind}`;
    element.textContent = signs[this.#mark.kind];
    if (this.#mark.title !== undefined) element.title = this.#mark.title;
    return element;
  }
}

export const setLineMarks = StateEffect.define<readonly LineMark[]>();

const lines: Record<LineMark['kind'], Decoration> = {
  added: Decoration.line({ class: 'line-added' }),
  changed: Decoration.line({ class: 'line-changed' }),
  error: Decoration.line({ class: 'line-error' }),
  warning: Decoration.line({ class: 'line-warning' }),
};

interface Marked {
  decorations: DecorationSet;
  signs: RangeSet<GutterMarker>;
  /** The same colour behind number and sign. */
  washes: RangeSet<GutterMarker>;
}

const nothing: Marked = { decorations: Decoration.none, signs: RangeSet.empty, washes: RangeSet.empty };

class Wash extends GutterMarker {
  override readonly elementClass: string;

  constructor(kind: LineMark['kind']) {
    super();
    this.elementClass = `line-${kind}`;
  }
}

const washes: Record<LineMark['kind'], Wash> = {
  added: new Wash('added'),
  changed: new Wash('changed'),
  error: new Wash('error'),
  warning: new Wash('warning'),
};

const marked = StateField.define<Marked>({
  create: () => nothing,
  update(value, transaction) {
    let next = value;
    if (transaction.docChanged) {
      const { changes } = transaction;
      next = {
        decorations: next.decorations.map(changes),
        signs: next.signs.map(changes),
        washes: next.washes.map(changes),
      };
    }
    for (const effect of transaction.effects) {
      if (!effect.is(setLineMarks)) continue;
      const { doc } = transaction.state;
      const known = effect.value.filter(({ line }) => line >= 1 && line <= doc.lines);
      const sorted = known.toSorted((a, b) => a.line - b.line);
      next = {
        decorations: Decoration.set(sorted.map((mark) => lines[mark.kind].range(doc.line(mark.line).from))),
        signs: RangeSet.of(sorted.map((mark) => new Sign(mark).range(doc.line(mark.line).from))),
        washes: RangeSet.of(sorted.map((mark) => washes[mark.kind].range(doc.line(mark.line).from))),
      };
    }
    return next;
  },
  provide: (field) => [
    EditorView.decorations.from(field, ({ decorations }) => decorations),
    gutterLineClass.from(field, ({ washes }) => washes),
  ],
});

/** The marks and the narrow column for their signs. */
export const lineMarks: Extension = [
  marked,
  gutter({
    class: 'cm-signs',
    markers: (view) => view.state.field(marked).signs,
  }),
];
