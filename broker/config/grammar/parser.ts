import { posix, win32 } from 'node:path';
import { latin1ToText, textToLatin1 } from '../../base/latin1.ts';
import { CONFIG_DEPTH_MAX, CONFIG_INCLUDES_MAX } from '../../limits.ts';
import { ConfigError, type ConfigSources } from '../config.ts';
import type { Item } from './cursor.ts';
import { Lexer } from './lexer.ts';
import { OUT_OF_RANGE, parseDateTime, parseFloating, parseInteger } from './literals.ts';
import { shownValue, shownVariable, withoutSecrets } from './secrets.ts';
import { type MapValue, Source, Token, type Value } from './token.ts';

const { dirname, join, sep } = process.platform === 'win32' ? win32 : posix;

/** What one reading of a configuration shares over all files and values of the environment. */
interface Reading {
  readonly sources: ConfigSources;
  /** Files that are being read, each included by the one before. */
  readonly files: string[];
  includes: number;
  /** Variables of the environment that are being read. */
  readonly variables: Set<string>;
}

/** Reads a file with everything that it includes. Throws what `readFile` throws, or a `ConfigError`. */
export function parseFile(file: string, sources: ConfigSources): MapValue {
  const reading = newReading(sources);
  return readText(file, sources.readFile(file), reading);
}

/** The same for a text; what it includes is looked for beside `file`. */
export function parseText(text: string, file: string, sources: ConfigSources): MapValue {
  return readText(file, text, newReading(sources));
}

function newReading(sources: ConfigSources): Reading {
  return { sources, files: [], includes: 0, variables: new Set() };
}

function readText(file: string, text: string, reading: Reading): MapValue {
  reading.files.push(file);
  const map = new Parser(new Source(file, textToLatin1(text)), reading).parse();
  reading.files.pop();
  return map;
}

/** Where a variable of the environment stands. */
interface Reference {
  readonly source: Source;
  readonly item: Item;
  /** What is set to it; '' in an array. */
  readonly key: string;
}

type Context = Map<string, Token> | Token[];

/** Puts the items of one text together. */
class Parser {
  readonly #source: Source;
  readonly #reading: Reading;
  /** The text is a value of the environment. */
  readonly #reference: Reference | undefined;
  readonly #lexer: Lexer;
  readonly #top = new Map<string, Token>();
  readonly #contexts: Context[] = [this.#top];
  readonly #keys: Item[] = [];

  constructor(source: Source, reading: Reading, reference?: Reference) {
    this.#source = source;
    this.#reading = reading;
    this.#reference = reference;
    this.#lexer = new Lexer(source.bytes);
  }

  parse(): MapValue {
    let before: Item | undefined;
    for (;;) {
      const item = this.#lexer.next();
      if (item.kind === 'end') {
        // One brace too many at the end is let pass, as nats-server does for the sake of JSON.
        if (before?.kind === 'key' && before.value !== '}') {
          this.#fail(before, `config is invalid (${this.#source.file}:${item.line}:${item.column})`);
        }
        return this.#top;
      }
      before = item;
      this.#take(item);
    }
  }

  #take(item: Item): void {
    switch (item.kind) {
      case 'error':
        return this.#fail(item, `Parse error on line ${item.line}: '${latin1ToText(item.value)}'`);
      case 'key':
        this.#keys.push(item);
        return;
      case 'map-start':
        return this.#open(item, new Map());
      case 'array-start':
        return this.#open(item, []);
      case 'map-end':
      case 'array-end':
        return this.#set(item, this.#contexts.pop() as Context);
      case 'text':
        return this.#set(item, latin1ToText(item.value));
      case 'boolean':
        return this.#set(item, /^(?:true|yes|on)$/i.test(item.value));
      case 'integer':
        return this.#literal(item, parseInteger, 'integer');
      case 'float':
        return this.#literal(item, parseFloating, 'float');
      case 'datetime':
        return this.#literal(item, parseDateTime, 'Zulu formatted DateTime');
      case 'variable':
        return this.#variable(item);
      case 'include':
        return this.#include(item);
      case 'comment':
      case 'end':
    }
  }

  #open(item: Item, context: Context): void {
    if (this.#contexts.length > CONFIG_DEPTH_MAX) {
      this.#fail(
        item,
        `maps and arrays are nested too deeply on line ${item.line}, ${CONFIG_DEPTH_MAX} levels at most`,
      );
    }
    this.#contexts.push(context);
  }

  #literal(item: Item, parse: (text: string) => Value | undefined | typeof OUT_OF_RANGE, name: string): void {
    const text = latin1ToText(item.value);
    const value = parse(text);
    if (value !== undefined && value !== OUT_OF_RANGE) return this.#set(item, value);
    const shown = shownValue(this.#key, text);
    this.#fail(
      item,
      value === undefined ? `expected ${name}, but got '${shown}'` : `${name} '${shown}' is out of the range`,
    );
  }

  /** The key that is being set, which decides whether its value may be shown; '' in an array. */
  get #key(): string {
    if (this.#reference !== undefined) return this.#reference.key;
    return Array.isArray(this.#contexts.at(-1)) ? '' : (this.#keys.at(-1)?.value ?? '');
  }

  #set(item: Item, value: Value): void {
    // What stands inside of a value of the environment has the place of the variable, where people look.
    this.#place(new Token(value, this.#reference?.source ?? this.#source, this.#reference?.item ?? item));
  }

  #place(token: Token): void {
    const context = this.#contexts.at(-1) as Context;
    if (Array.isArray(context)) {
      context.push(token);
      return;
    }
    const key = this.#keys.pop();
    if (key === undefined) this.#fail(token, 'BUG in parser, keys stack empty');
    this.#put(context, latin1ToText(key.value), token);
    if (this.#reference !== undefined) return;
    // Messages speak of the key, where people look.
    token.line = key.line;
    token.column = key.column;
    token.offset = key.offset;
  }

  #put(map: Map<string, Token>, key: string, token: Token): void {
    // The last one counts, also for the order.
    map.delete(key);
    map.set(key, token);
  }

  #variable(item: Item): void {
    const name = latin1ToText(item.value);
    const found = this.#lookUp(name, item);
    if (found instanceof Token) {
      found.usedVariable = true;
      return this.#set(item, found.value);
    }
    if (found !== undefined) return this.#set(item, found);
    const shown = shownVariable(this.#key, name);
    this.#fail(item, `variable reference for '${shown}' on line ${item.line} can not be found`);
  }

  /** What a name stands for: a bcrypt hash for itself, else what was set before around it, else the environment. */
  #lookUp(name: string, item: Item): Token | Value | undefined {
    if (name.startsWith('2a$')) return `$${name}`;
    for (const context of this.#contexts.toReversed()) {
      const token = Array.isArray(context) ? undefined : context.get(name);
      if (token !== undefined) return token;
    }
    const { variables, sources } = this.#reading;
    const shown = shownVariable(this.#key, name);
    const unreadable = (reason: string): never =>
      this.#fail(item, `variable reference for '${shown}' on line ${item.line} could not be parsed: ${reason}`);
    if (variables.has(name)) return unreadable(`variable reference cycle for '${shown}'`);
    const text = Object.hasOwn(sources.environment, name) ? sources.environment[name] : undefined;
    if (text === undefined) return undefined;
    if (variables.size >= CONFIG_DEPTH_MAX) return unreadable('too many variables refer to each other');
    variables.add(name);
    const reference = this.#reference ?? { source: this.#source, item, key: this.#key };
    try {
      // The text of the environment is a value of this language; a whole entry makes it one that the parser takes.
      const map = new Parser(new Source('', textToLatin1(`pk=${text}`)), this.#reading, reference).parse();
      return map.get('pk')?.value;
    } catch (error) {
      if (error instanceof ConfigError) return unreadable(withoutSecrets(error.message));
      throw error;
    } finally {
      variables.delete(name);
    }
  }

  #include(item: Item): void {
    const { sources, files } = this.#reading;
    const name = latin1ToText(item.value);
    // Go's way to join paths leaves no separator at the end.
    const joined = join(dirname(this.#source.file), name);
    const file = joined.length > 1 && joined.endsWith(sep) ? joined.slice(0, -1) : joined;
    const failed = (reason: string): never => this.#fail(item, `error parsing include file '${name}', ${reason}`);
    if (files.some((other) => join(other) === file)) failed(`it includes itself: ${[...files, file].join(' -> ')}`);
    if (++this.#reading.includes > CONFIG_INCLUDES_MAX) failed(`more than ${CONFIG_INCLUDES_MAX} files are included`);
    let text: string;
    try {
      text = sources.readFile(file);
    } catch (error) {
      return failed(fileErrorText(error, file));
    }
    let map: MapValue;
    try {
      map = readText(file, text, this.#reading);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      // The place of the fault is in the included file; the message says how it came there.
      const message = `error parsing include file '${name}', ${error.message}`;
      throw new ConfigError(
        message,
        error.problems.map((problem) => ({ ...problem, message })),
      );
    }
    const context = this.#contexts.at(-1) as Context;
    for (const [key, token] of map) {
      if (!Array.isArray(context)) this.#put(context, key, token);
    }
  }

  #fail(place: { readonly offset: number }, message: string): never {
    throw new ConfigError(message, [this.#source.problem(place.offset, message)]);
  }
}

/** What the system says of a file, as Go does: `open nats.conf: no such file or directory`. */
export function fileErrorText(error: unknown, file: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const verb = code === 'EISDIR' ? 'read' : 'open';
  return `${verb} ${file}: ${(code && FILE_ERRORS[code]) ?? message ?? String(error)}`;
}

const FILE_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'file name too long',
  EMFILE: 'too many open files',
};
