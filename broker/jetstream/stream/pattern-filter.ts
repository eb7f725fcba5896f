import type { MessageLog, SubjectFilter } from '../../store/message-log.ts';
import { subjectMatches } from '../../subject/matching.ts';

const UNKNOWN = 0;
const PASSES = 1;
const FAILS = 2;

/** Subjects that one of some patterns covers, for a look at the log that is over within a turn: numbers of subjects stay what they are. */
export class PatternFilter implements SubjectFilter {
  readonly #log: MessageLog;
  readonly #patterns: readonly string[];
  readonly #all: boolean;
  #verdicts: Uint8Array | undefined;

  constructor(log: MessageLog, patterns: readonly string[]) {
    this.#log = log;
    this.#patterns = patterns;
    this.#all = patterns.includes('>');
  }

  passes(subject: number): boolean {
    if (this.#all) return true;
    this.#verdicts ??= new Uint8Array(this.#log.subjects.numbersEnd);
    const known = this.#verdicts[subject] ?? UNKNOWN;
    if (known !== UNKNOWN) return known === PASSES;
    const text = this.#log.subjects.text(subject);
    const passes = this.#patterns.some((pattern) => subjectMatches(pattern, text));
    this.#verdicts[subject] = passes ? PASSES : FAILS;
    return passes;
  }

  /** The one subject that can pass, when it is said without wildcards. */
  get literal(): string | undefined {
    const [only] = this.#patterns;
    return this.#patterns.length === 1 && only !== undefined && !/[*>]/.test(only) ? only : undefined;
  }

  /** Numbers of all subjects in the log that pass. */
  subjects(): number[] {
    const { subjects } = this.#log;
    const { literal } = this;
    if (literal !== undefined) {
      const subject = subjects.findText(literal);
      return subject === -1 ? [] : [subject];
    }
    return [...subjects].filter((subject) => this.passes(subject));
  }
}
