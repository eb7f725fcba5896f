import { quoteLatin1 } from '../../../base/latin1.ts';
import { GoTimeError, normalTime } from './go-time.ts';
import { type JsonNode, unquoteJson } from './json-syntax.ts';

/**
 * What a request may hold, as types that read themselves out of JSON the way nats-server does: each complains in its
 * words, the first complaint counts, and what a repeated key or a second value leaves out stays as it was.
 */

export interface GoType<T> {
  /** As Go names it in errors. */
  readonly name: string;
  /** `before`: what was there already. Undefined: nothing (null, or a fault that was reported). */
  read(node: JsonNode, before: T | undefined, decoding: Decoding): T | undefined;
}

/** The state of reading one value. */
export class Decoding {
  /** The type of the whole. */
  readonly root: string;
  readonly strict: boolean;
  /** The first complaint. */
  error: string | undefined;
  readonly path: string[] = [];

  constructor(root: string, strict: boolean) {
    this.root = root;
    this.strict = strict;
  }

  fault(text: string): undefined {
    this.error ??= text;
  }

  /** The node is of another kind. `value`: more than its kind. */
  mismatch(node: JsonNode, type: string, value: string = node.kind): undefined {
    if (this.path.length === 0) return this.fault(`json: cannot unmarshal ${value} into Go value of type ${type}`);
    const last = this.path.at(-1) as string;
    const field = last !== '' && /^\d+$/.test(last) ? '' : 'Go struct field ';
    this.fault(`json: cannot unmarshal ${value} into ${field}${this.root}.${this.path.join('.')} of type ${type}`);
  }

  within<T>(step: string, read: () => T): T {
    this.path.push(step.replaceAll('~', '~0').replaceAll('/', '~1'));
    const value = read();
    this.path.pop();
    return value;
  }
}

export const text: GoType<string> = {
  name: 'string',
  read(node, before, decoding) {
    if (node.kind === 'null') return before;
    return node.kind === 'string' ? unquoteJson(node.raw) : decoding.mismatch(node, 'string');
  },
};

export const flag: GoType<boolean> = {
  name: 'bool',
  read(node, before, decoding) {
    if (node.kind === 'null') return before;
    return node.kind === 'bool' ? node.raw === 'true' : decoding.mismatch(node, 'bool');
  },
};

/**
 * A whole number. Above 2^53 it is the nearest number that JavaScript has; the greatest ones of Go's types are written
 * back as they came all the same (`encode/go-json.ts`).
 */
function whole(name: string, lowest: bigint, highest: bigint): GoType<number> {
  return {
    name,
    read(node, before, decoding) {
      if (node.kind === 'null') return before;
      if (node.kind !== 'number') return decoding.mismatch(node, name);
      // More digits than any of these types has are not worth the while that they take.
      if (!/^-?\d{1,20}$/.test(node.raw)) return decoding.mismatch(node, name, `number ${node.raw}`);
      const value = BigInt(node.raw);
      if (value < lowest || value > highest) return decoding.mismatch(node, name, `number ${node.raw}`);
      return Number(value);
    },
  };
}

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

export const int64 = whole('int64', INT64_MIN, INT64_MAX);
export const int32 = whole('int32', -(2n ** 31n), 2n ** 31n - 1n);
export const integer = whole('int', INT64_MIN, INT64_MAX);
export const uint64 = whole('uint64', 0n, 2n ** 64n - 1n);
/** Nanoseconds. */
export const duration = whole('time.Duration', INT64_MIN, INT64_MAX);

/** RFC 3339, as nats-server gives it back. */
export const time: GoType<string> = {
  name: 'time.Time',
  read(node, before, decoding) {
    if (node.kind === 'null') return before;
    if (node.kind !== 'string') return decoding.mismatch(node, 'time.Time');
    try {
      return normalTime(unquoteJson(node.raw));
    } catch (error) {
      if (error instanceof GoTimeError) return decoding.fault(error.message);
      throw error;
    }
  },
};

/** One of some words. `complaint` says what of any other value, given as it is written. */
export function oneOf<Word extends string>(
  words: Readonly<Record<string, Word>>,
  complaint: (raw: string) => string = (raw) => `can not unmarshal ${quoteLatin1(raw)}`,
  ignoreCase = false,
): GoType<Word> {
  return {
    name: '',
    read(node, _before, decoding) {
      // Compared as it is written: escapes and null fit no word.
      const word = words[(ignoreCase ? node.raw.toLowerCase() : node.raw).slice(1, -1)];
      return node.kind === 'string' && word !== undefined ? word : decoding.fault(complaint(node.raw));
    },
  };
}

/** One of some words in a string like any other. */
export function wordOf<Word extends string>(words: readonly Word[], complaint: string): GoType<Word> {
  return {
    name: 'string',
    read(node, _before, decoding) {
      if (node.kind !== 'string' && node.kind !== 'null') {
        return decoding.fault(`json: cannot unmarshal ${node.kind} into Go value of type string`);
      }
      const given = node.kind === 'string' ? unquoteJson(node.raw) : '';
      return words.find((word) => word === given) ?? decoding.fault(complaint);
    },
  };
}

/** `empty`: what an element is that says nothing. */
export function list<T>(element: GoType<T>, empty: T, name = `[]${element.name}`): GoType<T[]> {
  return {
    name,
    read(node, before, decoding) {
      if (node.kind === 'null') return undefined;
      if (node.kind !== 'array') return decoding.mismatch(node, name);
      return node.items.map((item, index) =>
        decoding.within(String(index), () => element.read(item, before?.[index], decoding) ?? empty),
      );
    },
  };
}

export const texts = list(text, '');

export const textMap: GoType<Record<string, string>> = {
  name: 'map[string]string',
  read(node, before, decoding) {
    if (node.kind === 'null') return undefined;
    if (node.kind !== 'object') return decoding.mismatch(node, 'map[string]string');
    const entries = new Map(Object.entries(before ?? {}));
    for (const [key, value] of node.members) {
      entries.set(
        key,
        decoding.within(key, () => text.read(value, '', decoding) ?? ''),
      );
    }
    return Object.fromEntries(entries);
  },
};

type Fields<T> = { readonly [Key in keyof T]-?: GoType<Exclude<T[Key], undefined>> };

/** A struct: its fields by name; capitals do not matter. `zero`: what those have that are always there. */
export function struct<T extends object>(
  name: string,
  fields: Fields<T>,
  zero: Required<T> | Partial<T> = {},
): GoType<T> {
  const byFoldedName = new Map(Object.keys(fields).map((key) => [key.toLowerCase(), key as keyof T & string]));
  return {
    name,
    read(node, before, decoding) {
      if (node.kind === 'null') return before;
      if (node.kind !== 'object') return decoding.mismatch(node, name);
      const value: Partial<T> = { ...zero, ...before };
      for (const [written, member] of node.members) {
        const key = byFoldedName.get(folded(written));
        if (key === undefined) {
          if (decoding.strict) decoding.fault(`json: unknown field ${quoteLatin1(written)}`);
          continue;
        }
        const type = fields[key] as GoType<T[typeof key]>;
        const read = decoding.within(written, () => type.read(member, value[key], decoding));
        if (read === undefined) delete value[key];
        else value[key] = read;
      }
      return value as T;
    },
  };
}

/** A pointer: null takes away what was there. */
export function pointer<T>(type: GoType<T>): GoType<T> {
  return {
    name: `*${type.name}`,
    read: (node, before, decoding) => (node.kind === 'null' ? undefined : type.read(node, before, decoding)),
  };
}

/** As Go compares names: two letters outside of ASCII are an s and a k to it. */
function folded(name: string): string {
  return name
    .replaceAll('\xc5\xbf', 's')
    .replaceAll('\xe2\x84\xaa', 'k')
    .replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
