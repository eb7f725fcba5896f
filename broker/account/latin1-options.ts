import { textToLatin1 } from '../base/latin1.ts';
import type { AccountOptions, ExportOptions, ImportOptions, MappingOptions } from '../options/accounts.ts';

/** What is said of an account, with its subjects as they are inside of the broker: a character per byte. */
export function withLatin1Subjects(options: AccountOptions): AccountOptions {
  const { exports, imports, mappings } = options;
  return {
    ...options,
    ...(exports === undefined ? {} : { exports: exports.map(latin1Export) }),
    ...(imports === undefined ? {} : { imports: imports.map(latin1Import) }),
    ...(mappings === undefined ? {} : { mappings: mappings.map(latin1Mapping) }),
  };
}

function latin1Export(options: ExportOptions): ExportOptions {
  const { subject, latency } = options;
  return {
    ...options,
    subject: textToLatin1(subject),
    ...(latency === undefined ? {} : { latency: { ...latency, subject: textToLatin1(latency.subject) } }),
  };
}

function latin1Import(options: ImportOptions): ImportOptions {
  const { subject, to, prefix } = options;
  return {
    ...options,
    subject: textToLatin1(subject),
    ...(to === undefined ? {} : { to: textToLatin1(to) }),
    ...(prefix === undefined ? {} : { prefix: textToLatin1(prefix) }),
  };
}

export function latin1Mapping({ source, destinations }: MappingOptions): MappingOptions {
  return {
    source: textToLatin1(source),
    destinations: destinations.map((destination) => ({ ...destination, subject: textToLatin1(destination.subject) })),
  };
}
