import type { ResponsePermissions } from '../options/permissions.ts';

/** Grants that are kept before those that ran out are looked for. */
const GRANTS_BEFORE_PRUNING = 1024;

interface Grant {
  readonly at: number;
  used: number;
}

/** Replies that a connection got and may answer (`allow_responses`): so many messages each, for so long. */
export class ResponseGrants {
  readonly #rules: ResponsePermissions;
  readonly #now: () => number;
  readonly #bySubject = new Map<string, Grant>();
  #pruneAt = GRANTS_BEFORE_PRUNING;

  /** `now` gives milliseconds. */
  constructor(rules: ResponsePermissions, now: () => number = () => performance.now()) {
    this.#rules = rules;
    this.#now = now;
  }

  /** A message with this reply was delivered. */
  grant(reply: string): void {
    this.#bySubject.set(reply, { at: this.#now(), used: 0 });
    if (this.#bySubject.size > this.#pruneAt) this.#prune();
  }

  /** Whether one more message may be published to it. */
  use(subject: string): boolean {
    const grant = this.#bySubject.get(subject);
    if (grant === undefined) return false;
    grant.used++;
    const { messagesMax } = this.#rules;
    if (this.#isOver(grant) || (messagesMax > 0 && grant.used > messagesMax)) {
      this.#bySubject.delete(subject);
      return false;
    }
    return true;
  }

  #isOver(grant: Grant): boolean {
    const { expiresMs } = this.#rules;
    return expiresMs > 0 && this.#now() - grant.at > expiresMs;
  }

  #prune(): void {
    const { messagesMax } = this.#rules;
    for (const [subject, grant] of this.#bySubject) {
      if (this.#isOver(grant) || (messagesMax > 0 && grant.used >= messagesMax)) this.#bySubject.delete(subject);
    }
    this.#pruneAt = Math.max(GRANTS_BEFORE_PRUNING, this.#bySubject.size * 2);
  }
}
