import { JwtError } from './jwt-error.ts';

/**
 * Reads fields of an object as Go's decoder does: names in any case, `null` and what is left out are the zero value, what
 * has another type is an error.
 */
export class ObjectReader {
  readonly #fields = new Map<string, unknown>();
  readonly #path: string;

  /** `path` stands in errors: `AccountClaims.nats.limits`. */
  constructor(value: unknown, path: string) {
    this.#path = path;
    if (value === undefined || value === null) return;
    if (typeof value !== 'object' || Array.isArray(value)) throw mismatch(value, path, 'struct');
    for (const [name, field] of Object.entries(value)) {
      if (field !== null) this.#fields.set(name.toLowerCase(), field);
    }
  }

  has(name: string): boolean {
    return this.#fields.has(name);
  }

  raw(name: string): unknown {
    return this.#fields.get(name);
  }

  string(name: string): string {
    const value = this.#fields.get(name) ?? '';
    if (typeof value !== 'string') throw this.#mismatch(name, value, 'string');
    return value;
  }

  /** `fallback` counts where the field is left out. */
  integer(name: string, fallback = 0): number {
    const value = this.#fields.get(name) ?? fallback;
    if (typeof value !== 'number' || !Number.isInteger(value)) throw this.#mismatch(name, value, 'int64');
    return value;
  }

  boolean(name: string): boolean {
    const value = this.#fields.get(name) ?? false;
    if (typeof value !== 'boolean') throw this.#mismatch(name, value, 'bool');
    return value;
  }

  list(name: string): readonly unknown[] {
    const value = this.#fields.get(name) ?? [];
    if (!Array.isArray(value)) throw this.#mismatch(name, value, 'slice');
    return value;
  }

  strings(name: string): readonly string[] {
    return this.list(name).map((value) => {
      const text = value ?? '';
      if (typeof text !== 'string') throw this.#mismatch(name, value, 'string');
      return text;
    });
  }

  object(name: string): ObjectReader {
    return new ObjectReader(this.#fields.get(name), this.path(name));
  }

  /** The object at this place of a list. */
  item(name: string, index: number): ObjectReader {
    return new ObjectReader(this.list(name)[index], this.path(name));
  }

  /** The object as it is. */
  record(name: string): Readonly<Record<string, unknown>> {
    const value = this.#fields.get(name) ?? {};
    if (typeof value !== 'object' || Array.isArray(value)) throw this.#mismatch(name, value, 'map');
    return value as Record<string, unknown>;
  }

  /** An object whose names are data: they keep their case. */
  entries(name: string): [string, unknown][] {
    return Object.entries(this.record(name));
  }

  path(name: string): string {
    return `${this.#path}.${name}`;
  }

  #mismatch(name: string, value: unknown, type: string): JwtError {
    return mismatch(value, this.path(name), type);
  }
}

/** Go names the kind of value, the field and the type that it wants; the value itself only where it is a number. */
export function mismatch(value: unknown, path: string, type: string): JwtError {
  const kind = Array.isArray(value)
    ? 'array'
    : typeof value === 'boolean'
      ? 'bool'
      : typeof value === 'number' && (type === 'int64' || type === 'uint8')
        ? `number ${value}`
        : value === null
          ? 'null'
          : typeof value;
  return new JwtError(`json: cannot unmarshal ${kind} into Go struct field ${path} of type ${type}`);
}
