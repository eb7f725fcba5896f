import type { ExportOptions, ImportOptions, LatencyOptions, ResponseType } from '../options/accounts.ts';
import { RESPONSE_THRESHOLD_MS_DEFAULT } from '../limits.ts';
import { isSubset } from '../subject/subset.ts';
import { isValidPublishSubject, isValidSubject } from '../subject/validity.ts';

/** What an activation token is held against. */
export interface ActivationClaim {
  /** Name (public key) of the exporting account. */
  readonly exporter: string;
  readonly importer: string;
  readonly import: ImportOptions;
  /** Of the export: tokens issued at or before a time count no more, by account key. */
  readonly revocations: Readonly<Record<string, number>>;
}

/** Whether a token lets the importer in, and until when (milliseconds since the epoch; absent: for ever). */
export type ActivationCheck = (claim: ActivationClaim) => { readonly valid: boolean; readonly expiresAt?: number };

/** Who may import. */
interface Admission {
  readonly accounts: Set<string> | undefined;
  readonly tokenRequired: boolean;
  readonly revocations: Readonly<Record<string, number>>;
  readonly accountTokenPosition: number;
}

export interface StreamExport extends Admission {
  readonly subject: string;
}

/** Its identity is what cycles are recognised by while a request is on its way. */
export interface ServiceExport extends Admission {
  readonly subject: string;
  readonly responseType: ResponseType;
  /** How long a response may take, in milliseconds. */
  readonly thresholdMs: number;
  readonly latency: LatencyOptions | undefined;
  readonly allowTrace: boolean;
}

/** What an account lets others have. */
export class Exports {
  readonly #owner: string;
  readonly #streams = new Map<string, StreamExport>();
  readonly #services = new Map<string, ServiceExport>();

  constructor(owner: string) {
    this.#owner = owner;
  }

  get streams(): IterableIterator<StreamExport> {
    return this.#streams.values();
  }

  get services(): IterableIterator<ServiceExport> {
    return this.#services.values();
  }

  /** Returns what is wrong with it, in nats-server's words. */
  addStream(options: ExportOptions): string | undefined {
    const admission = admissionOf(options, this.#streams.get(options.subject));
    if (admission === undefined) return INVALID_SUBJECT;
    this.#streams.set(options.subject, { subject: options.subject, ...admission });
    return undefined;
  }

  /** The same; a second export of a subject adds to the first. */
  addService(options: ExportOptions): string | undefined {
    const { subject, responseType = 'singleton', responseThresholdMs, latency, allowTrace } = options;
    const present = this.#services.get(subject);
    const admission = admissionOf(options, present);
    if (admission === undefined) return INVALID_SUBJECT;
    const added: ServiceExport = {
      subject,
      ...admission,
      responseType: responseType === 'singleton' ? (present?.responseType ?? responseType) : responseType,
      thresholdMs: responseThresholdMs || RESPONSE_THRESHOLD_MS_DEFAULT,
      latency: present?.latency,
      allowTrace: allowTrace ?? present?.allowTrace ?? false,
    };
    this.#services.set(subject, added);
    if (latency === undefined) return undefined;
    const fault = this.#latencyFault(latency, added);
    if (fault === undefined) this.#services.set(subject, { ...added, latency });
    return fault;
  }

  /** The export that an imported subject belongs to. */
  service(subject: string): ServiceExport | undefined {
    return covering(this.#services, subject);
  }

  /** Whether all of a subject is exported as a stream. */
  coversStream(subject: string): boolean {
    return [...this.#streams.values()].some((stream) => isSubset(subject, stream.subject));
  }

  /** Whether an account may have what it wants. `expiresAt`: until then, in milliseconds since the epoch. */
  admits(importer: string, wanted: ImportOptions, check: ActivationCheck): { valid: boolean; expiresAt?: number } {
    const exports = wanted.type === 'stream' ? this.#streams : this.#services;
    const { subject } = wanted;
    if (!isValidSubject(subject)) return { valid: false };
    const found: (Admission & { subject: string }) | undefined = covering(exports, subject);
    if (found === undefined) return { valid: false };
    if (found.accountTokenPosition > 0) {
      // Whoever imports the whole pattern has no account's name in it.
      const tokens = found.subject === subject ? [] : subject.split('.');
      return { valid: tokens[found.accountTokenPosition - 1] === importer };
    }
    if (found.tokenRequired) {
      const { revocations } = found;
      return check({ exporter: this.#owner, importer, import: wanted, revocations });
    }
    return { valid: found.accounts === undefined || found.accounts.has(importer) };
  }

  #latencyFault({ subject, sampling }: LatencyOptions, service: ServiceExport): string | undefined {
    if (sampling !== 'headers' && (sampling < 1 || sampling > 100)) {
      return 'bad sampling percentage, should be 1-100';
    }
    // Metrics that were requests to a service would be measured in turn.
    if (!isValidPublishSubject(subject) || covering(this.#services, subject) !== undefined) {
      return 'invalid publish subject';
    }
    return service.responseType === 'singleton' ? undefined : 'bad service response type';
  }
}

const INVALID_SUBJECT = 'sublist: invalid subject';

function covering<T extends { readonly subject: string }>(exports: Map<string, T>, subject: string): T | undefined {
  const exact = exports.get(subject);
  if (exact !== undefined) return exact;
  for (const candidate of exports.values()) if (isSubset(subject, candidate.subject)) return candidate;
  return undefined;
}

/** Undefined when the token of the account's name is not a wildcard. */
function admissionOf(options: ExportOptions, present: Admission | undefined): Admission | undefined {
  const { subject, accounts, tokenRequired = false, revocations, accountTokenPosition = 0 } = options;
  if (accountTokenPosition > 0 && subject.split('.')[accountTokenPosition - 1] !== '*') return undefined;
  const named = accounts === undefined || accounts.length === 0 ? [] : accounts;
  const known = present?.accounts;
  return {
    accounts: named.length === 0 && known === undefined ? undefined : new Set([...(known ?? []), ...named]),
    tokenRequired: tokenRequired || (present?.tokenRequired ?? false),
    revocations: revocations ?? present?.revocations ?? {},
    accountTokenPosition: accountTokenPosition || (present?.accountTokenPosition ?? 0),
  };
}
