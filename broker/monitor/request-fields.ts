import { describeJsonFault } from '../auth/jwt/json-fault.ts';

/** What a field of a request may hold. Types that Go gives a name of their own are told by it in errors. */
export type FieldType =
  'string' | 'bool' | 'int' | 'int64' | 'uint64' | '[]string' | 'server.SortOpt' | 'server.ConnState' | 'time.Duration';

/** The struct of nats-server that a request is read into: its name is part of errors. Fields are in small letters. */
export interface RequestShape {
  readonly struct: string;
  readonly fields: Readonly<Record<string, FieldType>>;
}

/** A request that is no JSON, or has a field of another type. `message` is Go's. */
export class RequestFormatError extends Error {
  override readonly name = 'RequestFormatError';
}

/** The fields of a request. What it left out, or gave as `null`, is empty. Names are in any case; others are not looked at. */
export class RequestFields {
  readonly #values = new Map<string, unknown>();

  /** An empty payload asks for nothing in particular. Throws a `RequestFormatError`. */
  constructor(shape: RequestShape, payload: Uint8Array) {
    if (payload.length === 0) return;
    const value = parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8'));
    if (value === null) return;
    if (typeof value !== 'object' || value instanceof NumberText || Array.isArray(value)) {
      throw new RequestFormatError(
        `json: cannot unmarshal ${kindOf(value)} into Go value of type server.${shape.struct}`,
      );
    }
    for (const [key, field] of Object.entries(value)) {
      const name = key.toLowerCase();
      const type = Object.hasOwn(shape.fields, name) ? shape.fields[name] : undefined;
      if (type === undefined || field === null) continue;
      this.#values.set(name, typed(field, type, shape.struct, name));
    }
  }

  text(name: string): string {
    return (this.#values.get(name) as string | undefined) ?? '';
  }

  boolean(name: string): boolean {
    return (this.#values.get(name) as boolean | undefined) ?? false;
  }

  number(name: string): number {
    return (this.#values.get(name) as number | undefined) ?? 0;
  }

  texts(name: string): readonly string[] {
    return (this.#values.get(name) as readonly string[] | undefined) ?? [];
  }
}

/** A number as it was written: whether it fits is asked of its digits. */
class NumberText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

function parse(text: string): unknown {
  const reviver: Reviver = (_, value, context) =>
    typeof value === 'number' ? new NumberText(context.source ?? String(value)) : value;
  try {
    return JSON.parse(text, reviver as (key: string, value: unknown) => unknown);
  } catch {
    throw new RequestFormatError(describeJsonFault(text));
  }
}

function typed(value: unknown, type: FieldType, struct: string, name: string): unknown {
  switch (type) {
    case 'string':
    case 'server.SortOpt':
      if (typeof value === 'string') return value;
      break;
    case 'bool':
      if (typeof value === 'boolean') return value;
      break;
    case '[]string':
      if (Array.isArray(value)) return value.map((item, index) => textAt(item, index, struct, name));
      break;
    default:
      if (value instanceof NumberText && fits(value.text, type === 'uint64')) return Number(value.text);
      // A number that does not fit is shown.
      if (value instanceof NumberText)
        throw mismatch(`number ${value.text}`, `Go struct field ${struct}.${name}`, type);
  }
  throw mismatch(kindOf(value), `Go struct field ${struct}.${name}`, type);
}

function textAt(value: unknown, index: number, struct: string, name: string): string {
  if (value === null) return '';
  if (typeof value !== 'string') throw mismatch(kindOf(value), `${struct}.${name}.${index}`, 'string');
  return value;
}

function fits(digits: string, unsigned: boolean): boolean {
  if (!/^-?\d+$/.test(digits)) return false;
  const number = BigInt(digits);
  return unsigned ? !digits.startsWith('-') && number < 2n ** 64n : number < 2n ** 63n && number >= -(2n ** 63n);
}

function mismatch(kind: string, into: string, type: string): RequestFormatError {
  return new RequestFormatError(`json: cannot unmarshal ${kind} into ${into} of type ${type}`);
}

function kindOf(value: unknown): string {
  if (value instanceof NumberText) return 'number';
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}
