/** The functions that a token of a mapping's destination may call (subject mapping, ADR-30): reading them, and their faults. */

export type TransformFault =
  | 'invalid-subject'
  | 'invalid-transform'
  | 'wildcards-unused'
  | 'unknown-function'
  | 'index-out-of-range'
  | 'too-few-arguments'
  | 'invalid-argument'
  | 'too-many-arguments'
  | 'not-for-imports';

const REASONS: Record<Exclude<TransformFault, 'invalid-subject'>, string> = {
  'invalid-transform': 'invalid transform',
  'wildcards-unused': 'not using all of the token wildcard(s)',
  'unknown-function': 'unknown function',
  'index-out-of-range': 'wildcard index out of range',
  'too-few-arguments': 'not enough arguments passed to the function',
  'invalid-argument': 'function argument is invalid or in the wrong format',
  'too-many-arguments': 'too many arguments passed to the function',
  'not-for-imports': 'the only mapping function allowed for import transforms is {{Wildcard()}}',
};

/** A mapping makes no sense. `message` is in nats-server's words. */
export class TransformError extends Error {
  override readonly name = 'TransformError';
  readonly code: TransformFault;

  /** `where`: the token, or what else of the destination is wrong. */
  constructor(code: TransformFault, where = '') {
    const reason = code === 'invalid-subject' ? 'invalid subject' : `invalid mapping destination: ${REASONS[code]}`;
    super(where === '' ? reason : `${reason} in ${where}`);
    this.code = code;
  }
}

type SizedFunction = 'splitfromleft' | 'splitfromright' | 'slicefromleft' | 'slicefromright' | 'left' | 'right';

/** What a token of a destination becomes. Indexes are those of wildcards of the source, from 1. */
export type TokenFunction =
  | { readonly type: 'text' }
  | { readonly type: 'wildcard'; readonly indexes: readonly number[] }
  /** Without indexes: of the whole subject. */
  | { readonly type: 'partition'; readonly indexes: readonly number[]; readonly count: number }
  | { readonly type: 'random'; readonly count: number }
  | { readonly type: 'split'; readonly indexes: readonly number[]; readonly delimiter: string }
  | {
      readonly type: SizedFunction;
      readonly indexes: readonly number[];
      /** Position or size, in bytes. */
      readonly count: number;
    };

/** White space as Go's regular expressions know it. */
const BLANK = '[\\t\\n\\f\\r ]*';

/** A call amid braces. nats-server looks for each in turn, in this order, and not from the first byte on. */
const pattern = (name: string): RegExp => new RegExp(`\\{\\{${BLANK}${name}${BLANK}\\((.*)\\)${BLANK}\\}\\}`);

const CALLS = {
  wildcard: pattern('[wW]ildcard'),
  partition: pattern('[pP]artition'),
  splitfromleft: pattern('[sS]plit[fF]rom[lL]eft'),
  splitfromright: pattern('[sS]plit[fF]rom[rR]ight'),
  slicefromleft: pattern('[sS]lice[fF]rom[lL]eft'),
  slicefromright: pattern('[sS]lice[fF]rom[rR]ight'),
  right: pattern('[rR]ight'),
  left: pattern('[lL]eft'),
  split: pattern('[sS]plit'),
  random: pattern('[rR]andom'),
} as const;

const SIZED: readonly SizedFunction[] = [
  'splitfromleft',
  'splitfromright',
  'slicefromleft',
  'slicefromright',
  'right',
  'left',
];

const INT32_MAX = 2_147_483_647;
const TEXT: TokenFunction = { type: 'text' };

/** Whether a token is meant to call a function. */
export function looksLikeCall(token: string): boolean {
  return token.length > 4 && token.startsWith('{{') && token.endsWith('}}');
}

/** Whether account mappings may use it. */
export function isMappingCall(token: string): boolean {
  return Object.values(CALLS).some((call) => call.test(token));
}

/** Reads a token of a destination. Throws a `TransformError`. */
export function parseToken(token: string): TokenFunction {
  if (token.length > 1 && token.startsWith('$')) {
    const index = integerOf(token.slice(1));
    // Subjects like `$JS.API` are full of such tokens, which are nothing but text.
    return index === undefined ? TEXT : { type: 'wildcard', indexes: [index] };
  }
  if (!looksLikeCall(token)) return TEXT;
  const argumentsOf = (name: keyof typeof CALLS): string[] | undefined =>
    CALLS[name].exec(token)?.[1]?.split(/,[\t\n\f\r ]*/);

  const wildcard = argumentsOf('wildcard');
  if (wildcard !== undefined) {
    if (wildcard.length > 1) throw new TransformError('too-many-arguments', token);
    if (wildcard[0] === '') throw new TransformError('too-few-arguments', token);
    return { type: 'wildcard', indexes: [integer(wildcard[0], token)] };
  }
  const partition = argumentsOf('partition');
  if (partition !== undefined) {
    const count = bucketCount(partition[0], token);
    return { type: 'partition', count, indexes: partition.slice(1).map((argument) => integer(argument, token)) };
  }
  for (const type of SIZED) {
    const sized = argumentsOf(type);
    if (sized === undefined) continue;
    checkPair(sized, token);
    const index = integer(sized[0], token);
    const count = integer(sized[1], token);
    if (count > INT32_MAX || count < -INT32_MAX - 1) throw new TransformError('invalid-argument', token);
    return { type, indexes: [index], count };
  }
  const split = argumentsOf('split');
  if (split !== undefined) {
    checkPair(split, token);
    const index = integer(split[0], token);
    const delimiter = split[1] as string;
    if (delimiter.includes(' ')) throw new TransformError('invalid-argument', token);
    return { type: 'split', indexes: [index], delimiter };
  }
  const random = argumentsOf('random');
  if (random !== undefined) {
    if (random.length !== 1) throw new TransformError('too-few-arguments', token);
    return { type: 'random', count: bucketCount(random[0], token) };
  }
  throw new TransformError('unknown-function', token);
}

/** Whether the token stands for one wildcard of the source: `$1`, `{{wildcard(1)}}`. */
export function isPlaceholder(token: string): boolean {
  return /^\$[1-9]/.test(token) || /^[^,]+$/.test(CALLS.wildcard.exec(token)?.[1] ?? '');
}

function checkPair(values: readonly string[], token: string): void {
  if (values.length < 2) throw new TransformError('too-few-arguments', token);
  if (values.length > 2) throw new TransformError('too-many-arguments', token);
}

function integer(text: string | undefined, token: string): number {
  const value = integerOf((text ?? '').replace(/^ +| +$/g, ''));
  if (value === undefined) throw new TransformError('invalid-argument', token);
  return value;
}

function bucketCount(text: string | undefined, token: string): number {
  const value = integer(text, token);
  if (value > INT32_MAX) throw new TransformError('invalid-argument', token);
  return Number(BigInt.asIntN(32, BigInt(value)));
}

/** A whole number as Go's `Atoi` takes it. */
function integerOf(text: string): number | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  return value === BigInt.asIntN(64, value) ? Number(value) : undefined;
}
