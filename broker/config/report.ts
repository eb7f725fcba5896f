import type { ConfigProblem } from './config.ts';
import { ConfigError } from './config.ts';
import { withoutSecrets } from './grammar/secrets.ts';
import type { MapValue, Token, Value } from './grammar/token.ts';
import { isArray, quote, typeOf } from './go/text.ts';

/** Something is wrong with a value; it goes up to whoever reads on behind it, and from there into the report. */
export class Fault extends Error {
  override readonly name = 'Fault';
  /** Undefined: no place is known. */
  readonly token: Token | undefined;
  /** Whether nats-server says the place; sometimes it does not know it where we do. */
  readonly placed: boolean;

  constructor(token: Token | undefined, message: string, placed = true) {
    super(message);
    this.token = token;
    this.placed = placed;
  }

  /** With the place where it is said. */
  get text(): string {
    return `${(this.placed && this.token?.prefix) || ''}${this.message}`;
  }
}

/**
 * A value has another type than its key takes. In nats-server this is a panic: it ends the whole block, up to where panics are
 * caught, and is reported at the value that was looked at last there.
 */
export class Mistyped extends Error {
  override readonly name = 'Mistyped';
}

/** What nats-server says where it goes on with a block that such a panic has ended. */
export function missingBlock(): never {
  throw new Mistyped('runtime error: invalid memory address or nil pointer dereference');
}

/** Everything that is found wrong, in the order in which it is found. */
export class Report {
  readonly #errors: Fault[] = [];
  readonly #warnings: Fault[] = [];

  get hasErrors(): boolean {
    return this.#errors.length > 0;
  }

  error(token: Token | undefined, message: string): void {
    this.add(new Fault(token, message));
  }

  add(fault: Fault): void {
    this.#errors.push(fault);
  }

  warn(token: Token | undefined, message: string): void {
    this.#warnings.push(new Fault(token, message));
  }

  /** A warning with a field's name, as most have one. */
  warnOf(field: string, token: Token, reason: string): void {
    this.warn(token, `invalid use of field ${quote(field)}: ${reason}`);
  }

  get warnings(): ConfigProblem[] {
    return this.#warnings.map(problem);
  }

  /** Nothing when there are neither errors nor warnings. */
  get text(): string {
    return [...this.#warnings, ...this.#errors].map(({ text }) => `${withoutSecrets(text)}\n`).join('');
  }

  /** Throws a `ConfigError` when there are errors. */
  check(): void {
    if (this.hasErrors) throw new ConfigError(this.text, this.#errors.map(problem), this.warnings);
  }
}

function problem(fault: Fault): ConfigProblem {
  const message = withoutSecrets(fault.message);
  const { token } = fault;
  const found = token?.source.problem(token.offset, message) ?? { file: '', line: 0, column: 0, message };
  return { ...found, text: withoutSecrets(fault.text) };
}

/** The reading of a block: what is wrong goes to the report, and the value looked at last is known. */
export class Scope {
  readonly report: Report;
  last: Token | undefined;

  constructor(report: Report) {
    this.report = report;
  }

  /** Looks at a value. */
  open(token: Token): Value {
    this.last = token;
    return token.value;
  }

  /** Reads in a scope of its own, and reports where a wrong type has ended that. */
  guard<T>(read: (scope: Scope) => T): T | undefined {
    const scope = new Scope(this.report);
    try {
      return read(scope);
    } catch (error) {
      if (!(error instanceof Mistyped)) throw error;
      this.report.error(scope.last, error.message);
      return undefined;
    }
  }

  /** Reports a fault and goes on. */
  attempt<T>(read: () => T): T | undefined {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      this.report.add(error);
      return undefined;
    }
  }

  /** A key that nobody knows. One that is used as a variable may stand anywhere. */
  unknown(key: string, token: Token, message = `unknown field ${quote(key)}`): void {
    if (!token.usedVariable) this.report.error(token, message);
  }
}

export function asString(value: Value): string {
  return typeof value === 'string' ? value : mistyped(value, 'string');
}

export function asInteger(value: Value): number {
  return typeof value === 'bigint' ? Number(value) : mistyped(value, 'int64');
}

export function asBoolean(value: Value): boolean {
  return typeof value === 'boolean' ? value : mistyped(value, 'bool');
}

export function asArray(value: Value): readonly Token[] {
  return arrayOf(value) ?? mistyped(value, '[]interface {}');
}

export function asMap(value: Value): MapValue {
  return mapOf(value) ?? mistyped(value, 'map[string]interface {}');
}

/** Says that a value has another type than the wanted one, which is Go's name of it. */
export function mistyped(value: Value, wanted: string): never {
  throw new Mistyped(`interface conversion: interface {} is ${typeOf(value)}, not ${wanted}`);
}

/** Undefined for anything but a map. */
export function mapOf(value: Value): MapValue | undefined {
  return typeof value === 'object' && !(value instanceof Date) && !isArray(value) ? value : undefined;
}

/** Undefined for anything but an array. */
export function arrayOf(value: Value): readonly Token[] | undefined {
  return typeof value === 'object' && !(value instanceof Date) && isArray(value) ? value : undefined;
}
