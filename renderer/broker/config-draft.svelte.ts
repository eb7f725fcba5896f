/**
 * The configuration as it is being written: one text, which the form and the editor are two views of. The core checks it
 * a moment after the last change and keeps it, so that a window that is closed loses nothing.
 */

import { bridge, BridgeError } from '../bridge.ts';
import type { BrokerConfig, ConfigApplied, ConfigProblem, ConfigReport } from '../../electron/bridge/contract.ts';
import { diffText, splitLines, type TextDiff } from '../ui/code/text-diff.ts';
import type { LineMark } from '../ui/code/line-marks.ts';
import { toasts } from '../ui/toasts.svelte.ts';
import { applyEdits, type TextEdit } from './config-text/edit.ts';
import { nameOfPlace, nodeAt, rangeAt, type Path } from './config-text/paths.ts';
import { offsetOf, parseSyntax, type Syntax } from './config-text/syntax.ts';
import { marksOf } from './marks.ts';
import { sectionAt, type SectionId } from './sections.ts';

/** The check waits until typing rests this long. */
const checkDelayMs = 150;

export interface LocatedProblem extends ConfigProblem {
  /** Where in the text; -1 for a place in another file, or none. */
  at: number;
  /** `leafnodes.remotes[0].credentials`; '' when that cannot be told. */
  name: string;
  section: SectionId | undefined;
}

const noReport: ConfigReport = { problems: [], milliseconds: 0, plan: null };

export class ConfigDraft {
  config = $state.raw<BrokerConfig | null>(null);
  text = $state('');
  /** A place that the editor is to show. */
  place = $state.raw<{ line: number; column: number } | null>(null);
  busy = $state(false);
  #report = $state.raw<ConfigReport>(noReport);
  /** Text that the report is of. */
  #checked = $state.raw<string | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What the core and this window agreed on last. */
  #agreed = '';
  /** The last text that could be read to its end; the form shows it while something is broken. */
  #whole = parseSyntax('');

  readonly syntax = $derived<Syntax>(parseSyntax(this.text));
  /** What the broker runs with, or where it does not run, what the file says. */
  readonly base = $derived(this.config?.applied?.text ?? this.config?.text ?? '');
  readonly baseSyntax = $derived<Syntax>(parseSyntax(this.base));

  /** For the form: without the faults that are being typed. */
  readonly form = $derived.by<Syntax>(() => {
    if (this.syntax.fault === null) this.#whole = this.syntax;
    return this.#whole;
  });

  /** The form cannot write where the text breaks off. */
  readonly broken = $derived(this.syntax.fault !== null);

  readonly diff = $derived.by<TextDiff | null>(() => {
    const diff = diffText(splitLines(this.base), splitLines(this.text));
    return typeof diff === 'string' ? null : diff;
  });

  readonly problems = $derived.by<LocatedProblem[]>(() => {
    // Places of an older check would point beside the text.
    const { text, syntax } = this;
    return (this.#checked === text ? this.#report.problems : []).map((problem) => {
      const here = problem.file === undefined && problem.line > 0;
      const at = here ? offsetOf(text, problem.line, problem.column) : -1;
      return {
        ...problem,
        at,
        name: here ? nameOfPlace(syntax, at) : '',
        section: here ? sectionAt(syntax, at) : undefined,
      };
    });
  });

  readonly marks = $derived<LineMark[]>(marksOf(this.diff, this.problems));

  get checking(): boolean {
    return this.#checked !== this.text;
  }

  get milliseconds(): number {
    return this.#report.milliseconds;
  }

  get plan(): ConfigReport['plan'] {
    return this.checking ? null : this.#report.plan;
  }

  get errors(): number {
    return this.problems.filter(({ grade }) => grade === 'error').length;
  }

  get warnings(): number {
    return this.problems.length - this.errors;
  }

  /** Something is written that is not in the file, or in the file and not in the broker. */
  get dirty(): boolean {
    const { config } = this;
    if (config === null) return false;
    const { applied } = config;
    return (
      this.text !== config.text || (applied !== null && (applied.text !== this.text || applied.file !== config.file))
    );
  }

  /** Raw text of a value, for comparing; undefined when it is not there. */
  rawAt(path: Path, of: Syntax = this.form): string | undefined {
    const node = nodeAt(of, path);
    return node === undefined ? undefined : of.text.slice(node.from, node.to);
  }

  changed(path: Path): boolean {
    return this.rawAt(path) !== this.rawAt(path, this.baseSyntax);
  }

  /** The first thing that is wrong with a value. */
  faultAt(path: Path): LocatedProblem | undefined {
    const range = rangeAt(this.syntax, path);
    if (range === undefined) return undefined;
    // Of a block only what is said of it as a whole is its own; parts have fields of their own.
    const to = range.node.kind === 'scalar' ? range.to : range.node.from;
    return this.problems.find(({ at, grade }) => grade === 'error' && at >= range.from && at <= to);
  }

  /** Typed into the editor, or taken over as a whole. */
  setText(text: string): void {
    if (text === this.text) return;
    this.text = text;
    this.#checkSoon();
  }

  /** What a form wants: edits of the text that it shows. Dropped while the text is broken; the form is disabled then. */
  edit(make: (syntax: Syntax) => readonly TextEdit[]): void {
    if (this.broken) return;
    const edits = make(this.syntax);
    if (edits.length > 0) this.setText(applyEdits(this.text, edits));
  }

  show(place: { line: number; column: number }): void {
    this.place = { ...place };
  }

  discard(): void {
    void this.#attempt('The changes were not discarded', async () => {
      // What was applied counts more than what is in the file: a reload that failed is undone as well.
      const config = await bridge.request('broker.config.discard', {});
      this.#take(config, true);
      if (config.applied !== null && config.applied.file === config.file) this.setText(config.applied.text);
    });
  }

  async apply(): Promise<ConfigApplied | null> {
    const { text } = this;
    return await this.#attempt('The configuration was not applied', async () => {
      const applied = await bridge.request('broker.config.apply', { text });
      this.#take(applied.config, this.text === text);
      return applied;
    });
  }

  async open(file: string | null): Promise<void> {
    await this.#attempt('The file was not opened', async () => {
      this.#take(await bridge.request('broker.config.open', { file }), true);
    });
  }

  /** Follows the core until the function returned is called. */
  start(): () => void {
    const stop = bridge.watch('broker.config.watch', {}, (config) => this.#take(config, false));
    return () => {
      stop();
      clearTimeout(this.#timer);
    };
  }

  async #attempt<T>(what: string, work: () => Promise<T>): Promise<T | null> {
    this.busy = true;
    try {
      return await work();
    } catch (error) {
      if (error instanceof BridgeError && error.code === 'invalid-config') await this.#check();
      toasts.error(what, error);
      return null;
    } finally {
      this.busy = false;
    }
  }

  /** @param force what is written here gives way */
  #take(config: BrokerConfig, force: boolean): void {
    const before = this.config;
    this.config = config;
    const told = config.draft ?? config.text;
    const another = before !== null && before.file !== config.file;
    if (force || before === null || another || this.text === this.#agreed) {
      if (this.text !== told) {
        this.text = told;
        this.#checkSoon();
      }
    }
    this.#agreed = told;
    // The plan depends on what the broker runs with.
    if (before?.applied?.text !== config.applied?.text || another) this.#checkSoon();
    if (this.#checked === null) this.#checkSoon();
  }

  #checkSoon(): void {
    this.#checked = this.#checked === this.text ? null : this.#checked;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#check(), checkDelayMs);
  }

  async #check(): Promise<void> {
    const { text } = this;
    try {
      const report = await bridge.request('broker.config.check', { text });
      if (this.text !== text) return;
      this.#report = report;
      this.#checked = text;
      this.#agreed = text;
    } catch (error) {
      if (this.text !== text) return;
      const said = error instanceof Error ? error.message : String(error);
      this.#report = { ...noReport, problems: [{ grade: 'error', line: 0, column: 0, text: said }] };
      this.#checked = text;
    }
  }
}

export const configDraft = new ConfigDraft();
