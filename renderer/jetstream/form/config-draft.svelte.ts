/** A configuration while it is edited: what is written in each field, what it comes to, and what is wrong. */

import type { FieldGroup, FieldSpec } from './field-spec.ts';
import { nameFault, parseField, printField, readPath, writePath } from './field-values.ts';
import type { Config } from './field-values.ts';

/** Metadata that a server writes by itself; it refuses or ignores what a client says there. */
export const serverMetadata = /^_nats\.(req\.level|ver|level)$/;

export class ConfigDraft {
  /** As the server has it; null for something new. */
  readonly before: Config | null;
  readonly groups: readonly FieldGroup[];
  config = $state.raw<Config>({});
  /** What stands in a field and is no value, with why. */
  faults = $state.raw<ReadonlyMap<string, { text: string; error: string }>>(new Map());
  /** What the server said when it refused. */
  refused = $state<string | null>(null);
  busy = $state(false);

  constructor(groups: readonly FieldGroup[], before: Config | null, start: Config) {
    this.groups = groups;
    this.before = before;
    this.config = withOneFilterField(start);
  }

  textOf(spec: FieldSpec): string {
    return this.faults.get(spec.path)?.text ?? printField(spec, readPath(this.config, spec.path));
  }

  errorOf(spec: FieldSpec): string | undefined {
    return this.faults.get(spec.path)?.error;
  }

  changed(spec: FieldSpec): boolean {
    if (this.before === null) return false;
    const before = printField(spec, readPath(withOneFilterField(this.before), spec.path));
    return this.faults.has(spec.path) || before !== printField(spec, readPath(this.config, spec.path));
  }

  write(spec: FieldSpec, text: string): void {
    const parsed = parseField(spec, text);
    const faults = new Map(this.faults);
    faults.delete(spec.path);
    this.refused = null;
    if ('error' in parsed) faults.set(spec.path, { text, error: parsed.error });
    else this.config = writePath(this.config, spec.path, parsed.value);
    this.faults = faults;
  }

  set(path: string, value: unknown): void {
    this.refused = null;
    this.config = writePath(this.config, path, value);
  }

  /** The first thing that is wrong, whether the server would say it or not; null when it can be sent. */
  get problem(): string | null {
    const [fault] = this.faults.values();
    if (fault !== undefined) return fault.error;
    const name = this.config['name'];
    const durable = this.config['durable_name'];
    if (this.groups[0]?.title === 'Stream') return nameFault(typeof name === 'string' ? name : '');
    for (const given of [name, durable]) {
      if (typeof given === 'string' && given !== '' && nameFault(given) !== null) return nameFault(given);
    }
    if (typeof name === 'string' && typeof durable === 'string' && name !== '' && durable !== '' && name !== durable) {
      return 'Name and durable name are the same';
    }
    return null;
  }

  /** What is sent: without fields that are empty or hidden, as the server wants it. */
  get result(): Config {
    let result = this.config;
    for (const { fields } of this.groups) {
      for (const { path, when } of fields) {
        if (when === undefined || when(this.config)) continue;
        // What the server filled in where it says nothing stays, so that nothing looks changed.
        const before = this.before === null ? undefined : readPath(this.before, path);
        result = writePath(result, path, Boolean(before) && before !== -1 ? undefined : before);
      }
    }
    for (const [name, value] of Object.entries(result)) {
      if (value === '' || value === undefined) result = writePath(result, name, undefined);
    }
    const filters = result['filter_subjects'];
    // One filter goes into the field that every server knows.
    if (Array.isArray(filters) && filters.length <= 1) {
      result = writePath(writePath(result, 'filter_subjects', undefined), 'filter_subject', filters[0]);
    }
    return result;
  }

  /** Both sides of what is going to be applied, in the same order of fields and without what the server adds. */
  get comparison(): { before: Uint8Array; after: Uint8Array } {
    const after = ordered(shown(this.result));
    return { before: encode(this.before === null ? {} : ordered(shown(this.before))), after: encode(after) };
  }

  get isChanged(): boolean {
    const { before, after } = this.comparison;
    return this.before === null || before.length !== after.length || before.some((byte, at) => byte !== after[at]);
  }
}

function withOneFilterField(config: Config): Config {
  const one = config['filter_subject'];
  if (typeof one !== 'string' || one === '') return config;
  return writePath(writePath(config, 'filter_subject', undefined), 'filter_subjects', [one]);
}

function shown(config: Config): Config {
  const { metadata, ...rest } = config;
  if (typeof metadata !== 'object' || metadata === null) return rest;
  const own = Object.entries(metadata).filter(([name]) => !serverMetadata.test(name));
  return own.length === 0 ? rest : { ...rest, metadata: Object.fromEntries(own) };
}

function ordered(config: Config): Config {
  return Object.fromEntries(
    Object.entries(config)
      .filter(([, value]) => value !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function encode(config: Config): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(config));
}
