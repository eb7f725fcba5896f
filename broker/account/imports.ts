import type { ImportOptions, ResponseType } from '../options/accounts.ts';
import { isSubsetOfTokens } from '../subject/subset.ts';
import { numberWildcards, SubjectTransform, TransformError, wildcardsForPlaceholders } from '../subject/transform.ts';
import { hasWildcards, isValidSubject } from '../subject/validity.ts';
import type { ServiceExport } from './exports.ts';

/** An import cannot be had. `message` is in nats-server's words. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
}

/** Messages of another account that subscriptions of this one get. */
export class StreamImport {
  readonly options: ImportOptions;
  /** Name of the exporting account. */
  readonly exporter: string;
  /** Subject there. */
  readonly from: string;
  /** The same subjects here. */
  readonly to: string;
  readonly allowTrace: boolean;
  /** From there to here; undefined where the subject is one and the same, or known by heart. */
  readonly #transform: SubjectTransform | undefined;
  readonly #inverse: SubjectTransform | undefined;
  /** Subjects are the same on both sides. */
  readonly #plain: boolean;

  /** Throws an `ImportError`. */
  constructor(options: ImportOptions) {
    const { subject, prefix } = options;
    this.options = options;
    this.exporter = options.account;
    this.from = subject;
    this.allowTrace = options.allowTrace ?? false;
    if (prefix !== undefined && prefix !== '' && hasWildcards(prefix)) {
      throw new ImportError('stream import prefix can not contain wildcard tokens');
    }
    const to = options.to || (prefix ? `${prefix.endsWith('.') ? prefix : `${prefix}.`}${subject}` : subject);
    this.#plain = hasWildcards(subject) && to === subject;
    if (hasWildcards(subject) && to !== subject) {
      this.#transform = strictTransform(subject, numberWildcards(to), (reason) => {
        const which = `${JSON.stringify(subject)} to ${JSON.stringify(to)}`;
        return `failed to create mapping transform for stream import subject from ${which}: ${reason}`;
      });
      this.#inverse = this.#transform.inverse();
      this.to = wildcardsForPlaceholders(to);
    } else {
      this.to = to;
    }
  }

  /** The subject here of a message that was published there. */
  localSubject(subject: string): string {
    return this.#plain ? subject : (this.#transform?.apply(subject) ?? this.to);
  }

  /** Whether messages come in under the subject that they were published to. */
  get keepsSubject(): boolean {
    return this.#plain || this.to === this.from;
  }

  /**
   * What a subscription here has to be subscribed to there, to get what the import and it have in common; undefined
   * when that is nothing.
   */
  subjectThere(subscribed: string): string | undefined {
    if (subscribed === this.to) return this.from;
    const tokens = subscribed.split('.');
    const wanted = this.to.split('.');
    if (isSubsetOfTokens(tokens, wanted)) return this.#narrowed(subscribed);
    if (!hasWildcards(subscribed)) return undefined;
    if (isSubsetOfTokens(wanted, tokens)) return this.from;
    const overlap = overlapOf(tokens, wanted);
    return isSubsetOfTokens(overlap, wanted) ? this.#narrowed(overlap.join('.')) : undefined;
  }

  #narrowed(local: string): string {
    return this.#plain ? local : (this.#inverse?.apply(local) ?? this.from);
  }
}

/** Requests here that another account answers. */
export class ServiceImport {
  readonly options: ImportOptions;
  /** Name of the exporting account. */
  readonly exporter: string;
  /** Subject here. */
  readonly from: string;
  /** Subject there. */
  readonly to: string;
  readonly share: boolean;
  readonly type: ResponseType;
  /** What it belongs to there, if it is there yet. */
  readonly export: ServiceExport | undefined;
  readonly #transform: SubjectTransform | undefined;
  readonly #plain: boolean;

  /** Throws an `ImportError`. */
  constructor(options: ImportOptions, found: ServiceExport | undefined) {
    const { subject } = options;
    const local = options.to || subject;
    if (!isValidSubject(local) || !isValidSubject(subject)) throw new ImportError('sublist: invalid subject');
    this.options = options;
    this.exporter = options.account;
    this.share = options.share ?? false;
    this.export = found;
    this.type = found?.responseType ?? 'singleton';
    this.#plain = hasWildcards(subject) && local === subject;
    if (hasWildcards(subject) && local !== subject) {
      const there = wildcardsForPlaceholders(subject);
      this.#transform = strictTransform(there, numberWildcards(local), (reason) => {
        const which = `${JSON.stringify(local)} to ${JSON.stringify(there)}`;
        return `failed to create mapping transform for service import subject from ${which}: ${reason}`;
      }).inverse();
      this.to = there;
      this.from = wildcardsForPlaceholders(local);
    } else {
      this.to = subject;
      this.from = local;
    }
  }

  /** The subject there of a request that was published here. */
  subjectThere(subject: string): string {
    return this.#plain ? subject : (this.#transform?.apply(subject) ?? this.to);
  }
}

/** A pattern narrowed down, where it is wider, to what the other one has there. */
function overlapOf(pattern: readonly string[], other: readonly string[]): string[] {
  const tokens = pattern.map((token, index) => {
    const wanted = other[index];
    return token === '*' && wanted !== undefined && wanted !== '>' ? wanted : token;
  });
  if (tokens.at(-1) === '>' && other.length >= tokens.length) tokens.splice(-1, 1, ...other.slice(tokens.length - 1));
  return tokens;
}

function strictTransform(source: string, destination: string, describe: (reason: string) => string): SubjectTransform {
  try {
    return new SubjectTransform(source, destination, true);
  } catch (error) {
    if (error instanceof TransformError) throw new ImportError(describe(error.message), { cause: error });
    throw error;
  }
}
