import { hasWildcards, subjectMatches } from '../../subject/index.ts';
import type { SubjectFilter, Subjects } from '../../store/message-log.ts';

const UNKNOWN = 0;
const PASSES = 1;
const FAILS = 2;
const VERDICTS_MIN = 64;

/** Which subjects a consumer wants. What is found out about a subject is remembered under its number in the log. */
export class ConsumerFilter implements SubjectFilter {
  readonly subjects: readonly string[];
  /** The one subject, when there is just one and it has no wildcard. */
  readonly literal: string | undefined;
  readonly #names: Subjects;
  readonly #literals: ReadonlySet<string>;
  readonly #patterns: readonly string[];
  /** What stands before the `>` of patterns without any other wildcard: they are compared without making a string. */
  readonly #prefixes: readonly Uint8Array[];
  /** Whether there is anything but prefixes. */
  readonly #more: boolean;
  #verdicts = new Uint8Array(VERDICTS_MIN);

  constructor(subjects: readonly string[], names: Subjects) {
    this.subjects = subjects;
    this.#names = names;
    this.#patterns = subjects.filter(hasWildcards);
    this.#literals = new Set(subjects.filter((subject) => !hasWildcards(subject)));
    const beginnings = this.#patterns.filter((pattern) => pattern.endsWith('>') && !hasWildcards(pattern.slice(0, -1)));
    this.#prefixes = beginnings.map((pattern) => Buffer.from(pattern.slice(0, -1), 'latin1'));
    this.#more = beginnings.length < subjects.length;
    const [first] = subjects;
    this.literal = subjects.length === 1 && first !== undefined && !hasWildcards(first) ? first : undefined;
  }

  passes(subject: number): boolean {
    const verdict = this.#verdicts[subject];
    if (verdict === PASSES) return true;
    return verdict === FAILS ? false : this.#find(subject);
  }

  passesText(subject: string): boolean {
    return this.#literals.has(subject) || this.#patterns.some((pattern) => subjectMatches(pattern, subject));
  }

  /** The number will be given to another subject. */
  forget(subject: number): void {
    if (subject < this.#verdicts.length) this.#verdicts[subject] = UNKNOWN;
  }

  #find(subject: number): boolean {
    if (subject >= this.#verdicts.length) {
      const larger = new Uint8Array(Math.max(this.#verdicts.length * 2, subject + 1, this.#names.numbersEnd));
      larger.set(this.#verdicts);
      this.#verdicts = larger;
    }
    const names = this.#names;
    const passes =
      this.#prefixes.some((prefix) => names.goesOnBehind(subject, prefix)) ||
      (this.#more && this.passesText(names.text(subject)));
    this.#verdicts[subject] = passes ? PASSES : FAILS;
    return passes;
  }
}

/** The subjects of a configuration; empty: it wants all. */
export function filterSubjects(config: {
  readonly filter_subject?: string | undefined;
  readonly filter_subjects?: readonly string[] | undefined;
}): readonly string[] {
  if (config.filter_subject !== undefined && config.filter_subject !== '') return [config.filter_subject];
  return config.filter_subjects ?? [];
}
