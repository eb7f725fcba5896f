import { textToLatin1 } from '../base/latin1.ts';
import type { PermissionsOptions, ResponsePermissions, SubjectPermissions } from '../options/permissions.ts';
import { Interest } from '../subject/interest.ts';
import { isSubset, subjectsCollide } from '../subject/subset.ts';
import { hasWildcards, isValidSubject } from '../subject/validity.ts';

/**
 * What a user may do, ready to be asked. Subjects and queue names are latin1 strings, as everywhere inside. Wildcards of
 * a subject that is asked about are text, as nats-server has it: who may subscribe to `foo.*` may subscribe to `foo.>`.
 */
export interface CompiledPermissions {
  /** The same for permissions that say the same of publishing; '' when anything may be published. */
  readonly key: string;
  /** Without regard to `responses`. */
  mayPublish(subject: string): boolean;
  /** Whether all subjects that differ from this one in their last token only have the same answer. False: not known. */
  isPublishUniformBeside(subject: string): boolean;
  maySubscribe(subject: string, queue?: string): boolean;
  /**
   * Which messages a subscription does not get although it may be there: those on subjects that are denied, when it has
   * wildcards or is in a queue group. Undefined when it gets all.
   */
  deniesDelivery(subject: string, queue?: string): ((subject: string) => boolean) | undefined;
  /** Replies to received messages may be published, so many each. */
  readonly responses: ResponsePermissions | undefined;
  /** Entries that are no subjects and count for nothing, in nats-server's words for the log. */
  readonly problems: readonly string[];
}

/** Compiles what a configuration or a user JWT says. Never throws. */
export function compilePermissions(options: PermissionsOptions): CompiledPermissions {
  return new Compiled(options);
}

class Compiled implements CompiledPermissions {
  readonly key: string;
  readonly responses: ResponsePermissions | undefined;
  readonly problems: string[] = [];
  /** Undefined: everything. */
  readonly #publishAllow: SubjectSet | undefined;
  readonly #publishDeny: SubjectSet | undefined;
  readonly #subscribeAllow: SubscriptionSet | undefined;
  readonly #subscribeDeny: SubscriptionSet | undefined;

  constructor({ publish, subscribe, allowResponses }: PermissionsOptions) {
    this.responses = allowResponses;
    // Who may answer may do nothing else, unless it is said what.
    const allow = publish?.allow ?? (allowResponses === undefined ? undefined : []);
    const deny = publish?.deny?.length ? publish.deny : undefined;
    this.#publishAllow = allow && this.#publishSubjects(allow, 'publish');
    this.#publishDeny = deny && this.#publishSubjects(deny, 'publish deny');
    this.#subscribeAllow = this.#subscriptions(subscribe, 'allow');
    this.#subscribeDeny = this.#subscriptions(subscribe, 'deny');
    this.key = allow || deny ? JSON.stringify([canonical(allow), canonical(deny), allowResponses !== undefined]) : '';
  }

  mayPublish(subject: string): boolean {
    if (this.#publishAllow?.has(subject) === false) return false;
    return this.#publishDeny?.has(subject) !== true;
  }

  isPublishUniformBeside(subject: string): boolean {
    if (this.#publishAllow?.isUniformBeside(subject) === false) return false;
    return this.#publishDeny?.isUniformBeside(subject) !== false;
  }

  maySubscribe(subject: string, queue?: string): boolean {
    const allowed = this.#subscribeAllow?.match(subject);
    if (allowed !== undefined) {
      // For a member of a group, entries with queues outweigh those without.
      const byQueue = queue !== undefined && allowed.queues.length > 0;
      if (!(byQueue ? queueMatches(queue, allowed.queues) : allowed.plain)) return false;
    }
    return this.#subscribeDeny === undefined || !denies(this.#subscribeDeny, subject, queue);
  }

  deniesDelivery(subject: string, queue?: string): ((subject: string) => boolean) | undefined {
    const deny = this.#subscribeDeny;
    if (deny === undefined || (queue === undefined && !hasWildcards(subject))) return undefined;
    if (!deny.collides(subject)) return undefined;
    return (delivered) => denies(deny, delivered, queue);
  }

  #publishSubjects(entries: readonly string[], what: string): SubjectSet {
    const set = new SubjectSet();
    for (const entry of entries) {
      const subject = textToLatin1(entry);
      if (isValidSubject(subject)) set.add(subject);
      else this.problems.push(`invalid ${what} subject ${JSON.stringify(entry)}`);
    }
    return set;
  }

  #subscriptions(permissions: SubjectPermissions | undefined, list: 'allow' | 'deny'): SubscriptionSet | undefined {
    const entries = permissions?.[list];
    if (entries === undefined || entries.length === 0) return undefined;
    const set = new SubscriptionSet();
    for (const entry of entries) {
      const [subject = '', queue, ...more] = textToLatin1(entry).trim().split(/\s+/);
      const valid = isValidSubject(subject) && (queue === undefined || isValidSubject(queue)) && more.length === 0;
      if (valid) set.add(subject, queue);
      else this.problems.push(`invalid subject-queue ${JSON.stringify(entry)}`);
    }
    return set;
  }
}

function denies(deny: SubscriptionSet, subject: string, queue: string | undefined): boolean {
  const { plain, queues } = deny.match(subject);
  return plain || (queue !== undefined && queues.length > 0 && queueMatches(queue, queues));
}

/** `*` and `>` may be queue names of their own, so that the same text always matches. */
function queueMatches(queue: string, names: readonly string[]): boolean {
  return names.some((name) => queue === name || (hasWildcards(name) && isSubset(queue, name)));
}

function canonical(entries: readonly string[] | undefined): string[] | null {
  return entries === undefined ? null : [...new Set(entries)].sort();
}

/** Subjects and patterns that a message's subject may be among. */
class SubjectSet {
  readonly #interest = new Interest<object>();
  readonly #found: object[] = [];

  add(subject: string): void {
    this.#interest.add(subject, PRESENT);
  }

  has(subject: string): boolean {
    this.#found.length = 0;
    this.#interest.match(subject, this.#found);
    return this.#found.length > 0;
  }

  isUniformBeside(subject: string): boolean {
    return this.#interest.isUniformBeside(subject);
  }
}

const PRESENT = {};

interface SubscriptionEntry {
  readonly subject: string;
  readonly queue: string | undefined;
}

/** Subjects and patterns, some of them for certain queue groups only. */
class SubscriptionSet {
  readonly #interest = new Interest<SubscriptionEntry>();
  readonly #entries: SubscriptionEntry[] = [];

  add(subject: string, queue: string | undefined): void {
    const entry = { subject, queue };
    this.#entries.push(entry);
    this.#interest.add(subject, entry);
  }

  /** Whether an entry without a queue takes the subject in, and the queues of the entries with one that do. */
  match(subject: string): { plain: boolean; queues: string[] } {
    const found: SubscriptionEntry[] = [];
    this.#interest.match(subject, found);
    const queues = found.flatMap(({ queue }) => (queue === undefined ? [] : [queue]));
    return { plain: queues.length < found.length, queues };
  }

  /** Whether a message may come that matches both the subscription and an entry. */
  collides(subject: string): boolean {
    return this.#entries.some((entry) => subjectsCollide(entry.subject, subject));
  }
}
