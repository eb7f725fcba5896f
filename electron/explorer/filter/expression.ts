/**
 * The expression language of the display filter, read into functions over one message. Nothing is evaluated as code.
 *
 *   expression  = and { ("or" | "||") and }
 *   and         = not { ("and" | "&&") not }
 *   not         = ("not" | "!") not | comparison
 *   comparison  = operand [ ("==" | "!=" | "<" | "<=" | ">" | ">=" | "~" | "=~") operand ]
 *   operand     = "(" expression ")" | number | string | "true" | "false" | "null" | reference
 *   reference   = "subject" | "reply" | "account" | "kind" | "size" | "time" | "status" | "payload"
 *               | "header" "(" string ")" | "matches" "(" pattern ")" | path
 *   path        = ("$" | name) { "." name | "[" (number | string) "]" }
 *
 * A path names a field of a JSON payload; `$.size` is the field where `size` is the size of the message. `~` is
 * "contains", upper and lower case of ASCII letters alike; `=~` is a regular expression. A comparison with a field that
 * is not there is false, whatever the sign; `== null` and `!= null` ask whether it is there. Numbers compare by their
 * digits, however many; a text that reads as a number compares with a number as one.
 */

import { findPath, skipValue, stringAt, typeAt } from '../../payload/json-scan.ts';
import type { PathStep } from '../../payload/json-scan.ts';
import { headerValue } from '../../message-headers.ts';
import { KINDS } from '../kinds.ts';
import type { Probe } from '../probe.ts';
import { matches, subjectBytes, subjectProblem, subjectText } from '../subject-bytes.ts';
import { compare } from './comparison.ts';
import type { Operator, Value } from './comparison.ts';
import { readNumber } from './exact-number.ts';
import { FilterError } from './filter.ts';
import type { Filter } from './filter.ts';
import { tokenize } from './lexer.ts';
import type { Token } from './lexer.ts';
import { makeRegex } from './regex.ts';
import { readTime, timeOfDay } from './time-text.ts';

const NESTING_MAX = 100;
const OPERATORS = new Set(['==', '!=', '<', '<=', '>', '>=', '~', '=~']);

type Read = (probe: Probe) => Value;
type Test = (probe: Probe) => boolean;

interface Operand {
  read: Read;
  /** What it says when it stands alone. */
  test: Test;
  /** Set for what is written out. */
  literal?: Value;
  token: Token;
  /** What can be said of it without a message: whether it is the time, the kind, or a condition in itself. */
  role?: 'time' | 'kind' | 'condition';
}

const REFERENCES: Record<string, Read> = {
  subject: (probe) => probe.subjectText,
  reply: (probe) => (probe.reply.length === 0 ? undefined : subjectText(probe.reply)),
  account: (probe) => probe.account,
  kind: (probe) => KINDS[probe.kind],
  size: (probe) => probe.size,
  time: (probe) => probe.time,
  status: (probe) => (probe.status === 0 ? undefined : probe.status),
  payload: (probe) => probe.payloadText,
};

export function compileExpression(text: string): Filter {
  const parser = new Parser(tokenize(text));
  return { test: parser.whole(), timed: parser.timed };
}

class Parser {
  timed = false;
  readonly #tokens: Token[];
  #at = 0;
  #nesting = 0;

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  whole(): Test {
    const test = this.#or();
    const token = this.#peek();
    if (token.type !== 'end')
      throw new FilterError(`Before "${token.text}" an "and" or an "or" is missing.`, token.column);
    return test;
  }

  #peek(): Token {
    return this.#tokens[this.#at]!;
  }

  #take(): Token {
    return this.#tokens[this.#at++]!;
  }

  #takes(...texts: string[]): boolean {
    const token = this.#peek();
    if ((token.type !== 'name' && token.type !== 'sign') || !texts.includes(token.text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    const token = this.#peek();
    if (!this.#takes(text)) {
      throw new FilterError(
        token.type === 'end' ? `A "${text}" is missing.` : `Here a "${text}" is missing, not "${token.text}".`,
        token.column,
      );
    }
  }

  #or(): Test {
    let test = this.#and();
    while (this.#takes('or', '||')) {
      const left = test;
      const right = this.#and();
      test = (probe) => left(probe) || right(probe);
    }
    return test;
  }

  #and(): Test {
    let test = this.#not();
    while (this.#takes('and', '&&')) {
      const left = test;
      const right = this.#not();
      test = (probe) => left(probe) && right(probe);
    }
    return test;
  }

  #not(): Test {
    const token = this.#peek();
    if (!this.#takes('not', '!')) return this.#comparison();
    return this.#nested(token, () => {
      const test = this.#not();
      return (probe) => !test(probe);
    });
  }

  #nested<T>(token: Token, work: () => T): T {
    if (++this.#nesting > NESTING_MAX)
      throw new FilterError(`This is nested more than ${NESTING_MAX} deep.`, token.column);
    const result = work();
    this.#nesting--;
    return result;
  }

  #comparison(): Test {
    const left = this.#operand();
    const sign = this.#peek();
    if (sign.type !== 'sign' || !OPERATORS.has(sign.text)) {
      if ('literal' in left && typeof left.literal !== 'boolean') {
        throw new FilterError(`"${left.token.text}" is compared with nothing.`, left.token.column);
      }
      return left.test;
    }
    this.#at++;
    if (left.role === 'condition') throw new FilterError('A condition cannot be compared.', sign.column);
    if (sign.text === '=~') return this.#regex(left);
    const right = this.#operand();
    if (right.role === 'condition') throw new FilterError('A condition cannot be compared.', right.token.column);
    return this.#compare(left, sign.text as Operator, right);
  }

  #regex(left: Operand): Test {
    const token = this.#take();
    if (token.type !== 'regex' && token.type !== 'string') {
      throw new FilterError('After =~ comes a regular expression between slashes or quotes.', token.column);
    }
    const regex = makeRegex(token.text, token.column);
    this.timed = true;
    return (probe) => {
      const value = left.read(probe);
      return (
        value !== undefined && value !== null && regex.test(typeof value === 'object' ? value.text : String(value))
      );
    };
  }

  #compare(left: Operand, operator: Operator, right: Operand): Test {
    for (const [one, other] of [
      [left, right],
      [right, left],
    ] as const) {
      if (
        one.role === 'kind' &&
        typeof other.literal === 'string' &&
        operator !== '~' &&
        !KINDS.some((kind) => kind === other.literal)
      ) {
        throw new FilterError(`A kind is one of ${KINDS.join(', ')}.`, other.token.column);
      }
    }
    if (left.role === 'time' && typeof right.literal === 'string' && operator !== '~') {
      return this.#compareTime(operator, right.literal, right.token);
    }
    const { read: one } = left;
    const { read: other } = right;
    return (probe) => compare(operator, one(probe), other(probe));
  }

  #compareTime(operator: Operator, text: string, token: Token): Test {
    const point = readTime(text);
    if (point === null) {
      throw new FilterError('A time is written "14:02", "14:02:11.412" or "2026-05-12T14:02:11".', token.column);
    }
    const whole = operator === '==' || operator === '!=';
    return (probe) => {
      const time = point.ofDay ? timeOfDay(probe.time) : probe.time;
      return compare(operator, whole ? Math.floor(time / point.unit) * point.unit : time, point.value);
    };
  }

  #operand(): Operand {
    const token = this.#take();
    if (token.type === 'sign' && token.text === '(') {
      const test = this.#nested(token, () => this.#or());
      this.#expect(')');
      return { read: () => undefined, test, token, role: 'condition' };
    }
    if (token.type === 'string') return literal(token, token.text);
    if (token.type === 'number') return literal(token, readNumber(token.text));
    if (token.type === 'name') return this.#name(token);
    throw new FilterError(
      token.type === 'end'
        ? 'Here the expression breaks off.'
        : `"${token.text}" stands where a field or a value is missing.`,
      token.column,
    );
  }

  #name(token: Token): Operand {
    const { text } = token;
    if (text === 'true' || text === 'false') return literal(token, text === 'true');
    if (text === 'null') return literal(token, null);
    if (text === 'and' || text === 'or')
      throw new FilterError(`Before "${text}" a condition is missing.`, token.column);
    const opens = this.#peek().type === 'sign' && this.#peek().text === '(';
    if (text === 'header' && opens) {
      const name = Buffer.from(this.#argument(), 'utf8');
      return field(token, (probe) => headerValue(probe.headers, name) ?? undefined);
    }
    if (text === 'matches' && opens) {
      const column = this.#peek().column + 1;
      const pattern = this.#argument();
      const problem = subjectProblem(pattern, true);
      if (problem !== null) throw new FilterError(problem, column);
      const bytes = subjectBytes(pattern);
      return { read: () => undefined, test: (probe) => matches(bytes, probe.subject), token, role: 'condition' };
    }
    const read = Object.hasOwn(REFERENCES, text) ? REFERENCES[text] : undefined;
    const next = this.#peek();
    const goesOn = next.type === 'sign' && (next.text === '.' || next.text === '[');
    if (read !== undefined && !goesOn) {
      return text === 'time' || text === 'kind' ? { ...field(token, read), role: text } : field(token, read);
    }
    const path: PathStep[] = text === '$' ? [] : [step(text)];
    for (;;) {
      if (this.#takes('.')) path.push(this.#member());
      else if (this.#takes('[')) path.push(this.#element());
      else break;
    }
    return field(token, (probe) => jsonValue(probe.payload, path));
  }

  #member(): PathStep {
    const token = this.#take();
    if (token.type !== 'name' && token.type !== 'string' && token.type !== 'number') {
      throw new FilterError('After a dot comes the name of a field.', token.column);
    }
    return step(token.text);
  }

  #element(): PathStep {
    const token = this.#take();
    if (token.type !== 'string' && !(token.type === 'number' && /^\d+$/.test(token.text))) {
      throw new FilterError(
        'Between brackets stands the number of an element, from 0, or a name between quotes.',
        token.column,
      );
    }
    this.#expect(']');
    return token.type === 'string' ? step(token.text) : { index: Number(token.text) };
  }

  #argument(): string {
    this.#expect('(');
    const token = this.#take();
    if (token.type !== 'string') throw new FilterError('Here a text between quotes is missing.', token.column);
    this.#expect(')');
    return token.text;
  }
}

function step(text: string): PathStep {
  return { key: Buffer.from(text, 'utf8'), text };
}

function literal(token: Token, value: Value): Operand {
  return { read: () => value, test: () => value === true, literal: value, token };
}

function field(token: Token, read: Read): Operand {
  return {
    read,
    token,
    test(probe) {
      const value = read(probe);
      return value !== undefined && value !== null && value !== false && value !== '';
    },
  };
}

/** A scalar of a JSON payload; undefined when it is not there, the text of an object or array. */
export function jsonValue(payload: Uint8Array, path: readonly PathStep[]): Value {
  const at = findPath(payload, 0, payload.length, path);
  if (at < 0) return undefined;
  const end = skipValue(payload, at, payload.length);
  if (end < 0) return undefined;
  switch (typeAt(payload, at, end)) {
    case 'string':
      return stringAt(payload, at, end);
    case 'number':
      return readNumber(Buffer.from(payload.buffer, payload.byteOffset + at, end - at).toString('latin1')) ?? undefined;
    case 'boolean':
      return payload[at] === 0x74;
    case 'null':
      return null;
    default:
      return Buffer.from(payload.buffer, payload.byteOffset + at, end - at).toString('utf8');
  }
}
