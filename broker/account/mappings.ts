import type { MappingDestination, MappingOptions } from '../options/accounts.ts';
import { isSubset, subjectsCollide } from '../subject/subset.ts';
import { checkMappingDestination, numberWildcards, SubjectTransform, TransformError } from '../subject/transform.ts';
import { hasWildcards, isValidSubject } from '../subject/validity.ts';

/** A mapping cannot be had. `message` is in nats-server's words. */
export class MappingError extends Error {
  override readonly name = 'MappingError';
}

/** One of the subjects that a message may be mapped to. */
export interface MappingChoice {
  /** Drawn by a number from 0 to 99 that is below this and not below that of the choice before. */
  readonly below: number;
  readonly transform: SubjectTransform;
}

export interface Mapping {
  readonly source: string;
  readonly literal: boolean;
  /** In the order of `below`. What is left up to 100 is dropped. */
  readonly choices: readonly MappingChoice[];
}

/**
 * What an account makes of the subjects that its clients publish to. The first mapping in the list whose source covers a
 * subject decides; a message is mapped once.
 */
export class SubjectMappings {
  readonly #mappings: readonly Mapping[];
  /** What the subjects begin with that messages are mapped to. */
  readonly #leads: readonly string[];

  /** `cluster`: name of the cluster that this server is in. Throws a `MappingError` or `TransformError`. */
  constructor(options: readonly MappingOptions[] = [], cluster?: string) {
    // Of two with the same source the later one counts, in the place of the earlier one.
    const bySource = new Map(options.map((mapping) => [mapping.source, mapping]));
    this.#mappings = [...bySource.values()].map((mapping) => compile(mapping, cluster));
    this.#leads = this.#mappings.flatMap(({ choices }) =>
      choices.map(({ transform }) => leadOf(transform.destination)),
    );
  }

  get isEmpty(): boolean {
    return this.#mappings.length === 0;
  }

  /** The mapping that decides on a subject, if any does. */
  find(subject: string): Mapping | undefined {
    for (const mapping of this.#mappings) {
      if (mapping.literal ? mapping.source === subject : isSubset(subject, mapping.source)) return mapping;
    }
    return undefined;
  }

  /** Whether some message may be mapped to this subject. True may also mean that it is not known. */
  mayLeadTo(subject: string): boolean {
    return this.#leads.some((lead) => subject.startsWith(lead));
  }

  /** Whether some subject below a prefix, which ends with a dot, may be mapped. */
  concernsBelow(prefix: string): boolean {
    return this.#mappings.some(({ source }) => subjectsCollide(`${prefix}>`, source));
  }

  /** Whether some subject that differs from this one in its last token only may be mapped. */
  concernsBeside(subject: string): boolean {
    if (this.#mappings.length === 0) return false;
    const beside = `${subject.slice(0, subject.lastIndexOf('.') + 1)}*`;
    return this.#mappings.some(({ source }) => subjectsCollide(beside, source));
  }
}

/** Whether the outcome is the same for every message on the same subject. */
export function isSettled(mapping: Mapping): boolean {
  const [first] = mapping.choices;
  return first !== undefined && mapping.choices.length === 1 && first.below >= 100 && !first.transform.random;
}

/** What becomes of a subject under a mapping that covers it; '' where it is dropped. */
export function mapSubject(mapping: Mapping, subject: string, below: (count: number) => number): string {
  const drawn = mapping.choices.length === 1 && mapping.choices[0]?.below === 100 ? 0 : below(100);
  const choice = mapping.choices.find((candidate) => drawn < candidate.below);
  return choice === undefined ? '' : applyChoice(mapping, choice, subject, below);
}

/** What a choice makes of a subject. */
export function applyChoice(
  mapping: Mapping,
  choice: MappingChoice,
  subject: string,
  below?: (count: number) => number,
): string {
  // nats-server does not split a subject that it knows by heart, so that its partition is that of nothing.
  return choice.transform.apply(mapping.literal ? '' : subject, below);
}

/** Whether a mapping can be had. Throws a `MappingError` or `TransformError` that says why not. */
export function checkMapping(options: MappingOptions): void {
  compile(options, undefined);
}

function compile(options: MappingOptions, cluster: string | undefined): Mapping {
  const { source, destinations } = options;
  if (!isValidSubject(source)) throw new TransformError('invalid-subject');
  const seen = new Set<string>();
  const totals = new Map<string, number>();
  for (const { subject, weight, cluster: scope = '' } of destinations) {
    if (seen.has(subject)) throw new MappingError(`duplicate entry for ${JSON.stringify(subject)}`);
    seen.add(subject);
    if (weight > 100) throw new MappingError('individual weights need to be <= 100');
    const total = (totals.get(scope) ?? 0) + weight;
    totals.set(scope, total);
    if (total > 100) throw new MappingError('total weight needs to be <= 100');
    checkMappingDestination(source, subject);
  }
  const own = cluster === undefined ? [] : destinations.filter((destination) => destination.cluster === cluster);
  const chosen = own.length > 0 ? own : destinations.filter((destination) => (destination.cluster ?? '') === '');
  return {
    source,
    literal: !hasWildcards(source),
    choices: choicesOf(source, chosen, seen.has(source)),
  };
}

/** What a destination begins with, up to the first token that is not text. */
function leadOf(destination: string): string {
  const tokens = destination.split('.');
  const end = tokens.findIndex((token) => token === '>' || /^(\$|\{\{)/.test(token));
  return end === -1 ? destination : tokens.slice(0, end).join('.');
}

/** What the weights leave over stays where it is, unless the source is among the destinations: then it is lost on purpose. */
function choicesOf(source: string, destinations: readonly MappingDestination[], lossy: boolean): MappingChoice[] {
  const weighted = destinations.map(({ subject, weight }) => ({
    transform: new SubjectTransform(source, subject),
    weight,
  }));
  const rest = 100 - weighted.reduce((sum, { weight }) => sum + weight, 0);
  if (rest > 0 && !lossy) {
    weighted.push({ transform: new SubjectTransform(source, numberWildcards(source)), weight: rest });
  }
  let below = 0;
  return weighted
    .toSorted((one, other) => one.weight - other.weight)
    .map(({ transform, weight }) => ({ transform, below: (below += weight) }));
}
