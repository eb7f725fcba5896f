import { basename } from 'node:path';
import { ConfigError, type ConfigSources, type LoadedConfig } from '../../broker/config/config.ts';
import { parseText } from '../../broker/config/grammar/parser.ts';
import type { MapValue, Value } from '../../broker/config/grammar/token.ts';
import { parseConfigText } from '../../broker/config/load.ts';
import type { Plain } from './config-texts.ts';

const FILES: Readonly<Record<string, string>> = {
  'part.conf': 'a: 1\ninclude "deeper/part.conf"\n',
  'deeper/part.conf': 'b: [ 1, 2 ]\n',
  'self.conf': 'include self.conf\n',
};

const ENVIRONMENT: Readonly<Record<string, string>> = {
  LOOP: '$LOOP',
  DEEP: '{ a: { b: [ { c: $LIST } ] } }',
  LIST: '[ "x", 5, "y" ]',
};

/** Something that reads configurations like ours; canaries stand in for it with one mistake each. */
export interface ConfigReader {
  /** What the text says, before anybody asks whether it makes sense. Throws a `ConfigError`. */
  values(text: string): Plain;
  /** All of it. Throws a `ConfigError`. */
  load(text: string, sources: ConfigSources): LoadedConfig;
}

export class OurReader implements ConfigReader {
  values(text: string): Plain {
    return plainMap(parseText(text, '', { readFile: missing, environment: {} }));
  }

  load(text: string, sources: ConfigSources): LoadedConfig {
    return parseConfigText(text, { file: 'server.conf', sources });
  }
}

function missing(): never {
  throw Object.assign(new Error('no such file or directory'), { code: 'ENOENT' });
}

function plainMap(map: MapValue): Plain {
  return Object.fromEntries([...map].map(([key, token]) => [`.${key}`, plain(token.value)]));
}

function plain(value: Value): Plain {
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object') return value;
  return 'get' in value ? plainMap(value) : value.map((token) => plain(token.value));
}

/** Longer than any text of the fuzzer may take, by far. */
const MS_MAX = 5_000;

/** What the reader does wrong with a text; undefined: nothing. */
export function misbehaviour(reader: ConfigReader, text: string): string | undefined {
  const read: string[] = [];
  const sources: ConfigSources = {
    readFile: (path) => {
      read.push(path);
      return FILES[path] ?? missing();
    },
    environment: ENVIRONMENT,
  };
  const begun = performance.now();
  const fault = faultOf(() => reader.load(text, sources));
  if (fault !== undefined) return fault;
  if (performance.now() - begun > MS_MAX) return 'it took too long';
  // A path may be cleaned, but its last part is somewhere in a text: in one that can be written to a file.
  const texts = [text.toWellFormed(), ...Object.values(FILES)].join('\n');
  const unnamed = read.find(
    (path) => !/\\/.test(text) && !/^\.*$/.test(basename(path)) && !texts.includes(basename(path)),
  );
  return unnamed === undefined ? undefined : `it read ${unnamed}, which nothing names`;
}

/** Nothing but a whole configuration or a `ConfigError` that says where may come of it. */
function faultOf(load: () => LoadedConfig): string | undefined {
  try {
    const { digest, broker } = load();
    return /^sha256:[0-9a-f]{64}$/.test(digest) && broker.configDigest === digest ? undefined : 'the digest is none';
  } catch (error) {
    if (!(error instanceof ConfigError)) return `it threw ${String(error)}`;
    if (error.problems.length === 0) return 'it refused and did not say why';
    for (const { line, column, message } of error.problems) {
      if (message === '' || !(line >= 0 && column >= 0)) return 'a problem says nothing, or is nowhere';
    }
    return undefined;
  }
}

/** Readers with one mistake each. */
export const canaries: Readonly<Record<string, ConfigReader>> = {
  'takes a kilobyte for a thousand bytes': new (class extends OurReader {
    override values(text: string): Plain {
      return super.values(text.replaceAll(/(\d)(?:kb|KiB)/g, '$1k'));
    }
  })(),
  'takes comments for text': new (class extends OurReader {
    override values(text: string): Plain {
      return super.values(text.replaceAll('//', ''));
    }
  })(),
  'forgets what comes last': new (class extends OurReader {
    override values(text: string): Plain {
      const values = super.values(text) as Record<string, Plain>;
      return Object.fromEntries(Object.entries(values).slice(0, 4));
    }
  })(),
  'throws whatever comes': new (class extends OurReader {
    override load(text: string, sources: ConfigSources): LoadedConfig {
      if (text.includes('$LOOP')) throw new RangeError('Maximum call stack size exceeded');
      return super.load(text, sources);
    }
  })(),
  'looks for files beside': new (class extends OurReader {
    override load(text: string, sources: ConfigSources): LoadedConfig {
      if (/cert_file/.test(text)) {
        try {
          sources.readFile('/etc/ssl/default.pem');
        } catch {
          // It is only looked for.
        }
      }
      return super.load(text, sources);
    }
  })(),
  'refuses in silence': new (class extends OurReader {
    override load(text: string, sources: ConfigSources): LoadedConfig {
      if (text.includes('\0')) throw new ConfigError('', []);
      return super.load(text, sources);
    }
  })(),
};
