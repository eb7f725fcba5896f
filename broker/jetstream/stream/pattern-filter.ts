import type { MessageLog, SubjectFilter } from '../../store/message-log.ts';
import { subjectMatches } from '../../subject/matching.ts';

/** Subjects that one of some patterns covers, for a look at the log that is over within a turn: numbers of subjects stay what they are. */
export class PatternFilter implements SubjectFilter {
  readonly #log: MessageLog;
  readonly #patterns: readonly string[];
  readonly #verdicts = new Map<number, boolean>();

  constructor(log: MessageLog, patterns: readonly string[]) {
    this.#log = log;
    this.#patterns = patterns;
  }

  passes(subject: number): boolean {
    let verdict = this.#verdicts.get(subject);
    if (verdict === undefined) {
      const text = this.#log.subjects.text(subject);
      verdict = this.#patterns.some((pattern) => subjectMatches(pattern, text));
      this.#verdicts.set(subject, verdict);
    }
    return verdict;
  }

  /** Numbers of all subjects in the log that pass. */
  subjects(): number[] {
    const { subjects } = this.#log;
    const [only] = this.#patterns;
    if (this.#patterns.length === 1 && only !== undefined && !/[*>]/.test(only)) {
      const subject = subjects.findText(only);
      return subject === -1 ? [] : [subject];
    }
    return [...subjects].filter((subject) => this.passes(subject));
  }
}
