/**
 * A regular expression over subject, headers and payload, each as one text. `/…/flags` gives flags of JavaScript, a bare
 * pattern ignores case. How long it runs is watched by the view, see guard.ts.
 */

import { FilterError } from './filter.ts';
import type { Filter } from './filter.ts';

const FLAGS = /^[imsuv]*$/;

/** @param column where the pattern starts in the filter */
export function makeRegex(source: string, column: number): RegExp {
  const delimited = /^\/(.*)\/([a-z]*)$/s.exec(source);
  const pattern = delimited?.[1] ?? source;
  const flags = delimited?.[2] ?? 'i';
  if (!FLAGS.test(flags))
    throw new FilterError(`The flags can be i, m, s, u and v, not "${flags}".`, column + source.length - flags.length);
  try {
    return new RegExp(pattern, flags);
  } catch (error) {
    const words = (error as Error).message.replace(/^Invalid regular expression: \/.*\/[a-z]*: /s, '');
    throw new FilterError(`The regular expression cannot be read: ${words}.`, column);
  }
}

export function compileRegex(text: string): Filter {
  const regex = makeRegex(text, 1);
  return {
    timed: true,
    test(probe) {
      if (regex.test(probe.subjectText) || regex.test(probe.payloadText)) return true;
      const { headers } = probe;
      return (
        headers.length !== 0 &&
        regex.test(Buffer.from(headers.buffer, headers.byteOffset, headers.length).toString('utf8'))
      );
    },
  };
}
