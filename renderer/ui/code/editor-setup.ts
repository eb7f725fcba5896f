/** What the editor is made of: CodeMirror with our classes, so that its colours are the tokens. */

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { RangeSetBuilder, StateEffect, StateField, type Extension } from '@codemirror/state';
import {
  Decoration,
  drawSelection,
  EditorView,
  keymap,
  lineNumbers,
  MatchDecorator,
  ViewPlugin,
  type DecorationSet,
  type ViewUpdate,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { configLanguage } from './config-language.ts';

export type EditorLanguage = 'json' | 'config' | 'text';

/** Where a mistake is, lines and columns from 1. */
export interface Mistake {
  line: number;
  column: number;
}

const highlight = HighlightStyle.define([
  { tag: tags.propertyName, class: 'k' },
  { tag: tags.string, class: 's' },
  { tag: tags.number, class: 'n' },
  { tag: [tags.bool, tags.null], class: 'b' },
  { tag: tags.comment, class: 'cm' },
  { tag: [tags.separator, tags.brace, tags.squareBracket, tags.punctuation], class: 'p' },
]);

const templateMark = new MatchDecorator({
  regexp: /\{\{[^{}]*\}\}/g,
  decoration: Decoration.mark({ class: 'template' }),
});

/** `{{…}}` in the accent, where templates are on. */
export const templateHighlight: Extension = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = templateMark.createDeco(view);
    }
    update(update: ViewUpdate): void {
      this.decorations = templateMark.updateDeco(update, this.decorations);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

export const setMistake = StateEffect.define<Mistake | null>();

const mistakeMark = Decoration.mark({ class: 'mistake' });
const mistakeLine = Decoration.line({ class: 'mistake-line' });

const mistakes = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(decorations, transaction) {
    let next = decorations.map(transaction.changes);
    for (const effect of transaction.effects) {
      if (!effect.is(setMistake)) continue;
      next = Decoration.none;
      const { doc } = transaction.state;
      if (!effect.value || effect.value.line < 1 || effect.value.line > doc.lines) continue;
      const line = doc.line(effect.value.line);
      const builder = new RangeSetBuilder<Decoration>();
      builder.add(line.from, line.from, mistakeLine);
      // At the end of a line the mistake is what is missing: its last character is marked.
      const from = Math.max(line.from, Math.min(line.from + effect.value.column - 1, line.to - 1));
      if (line.length > 0) builder.add(from, from + 1, mistakeMark);
      next = builder.finish();
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Keys that the window's own commands take: sending is one. */
const keptForCommands = new Set(['Mod-Enter', 'Ctrl-k', 'Ctrl-d', 'Ctrl-h']);

export function editorExtensions(label: string): Extension {
  return [
    lineNumbers(),
    history(),
    drawSelection(),
    bracketMatching(),
    indentUnit.of('  '),
    syntaxHighlighting(highlight),
    mistakes,
    EditorView.cspNonce.of(styleNonce()),
    EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off' }),
    keymap.of(
      [...defaultKeymap, ...historyKeymap].filter(
        (binding) => !keptForCommands.has(binding.key ?? '') && !keptForCommands.has(binding.mac ?? ''),
      ),
    ),
  ];
}

/** What the content security policy asks of a style element that is written while the page runs. */
function styleNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

export function languageExtension(language: EditorLanguage): Extension {
  return language === 'json' ? json() : language === 'config' ? configLanguage : [];
}

/** The least change that makes one text of another, as one replacement. */
export function difference(before: string, after: string): { from: number; to: number; insert: string } {
  const least = Math.min(before.length, after.length);
  let from = 0;
  while (from < least && before[from] === after[from]) from++;
  let end = 0;
  while (end < least - from && before[before.length - 1 - end] === after[after.length - 1 - end]) end++;
  return { from, to: before.length - end, insert: after.slice(from, after.length - end) };
}
