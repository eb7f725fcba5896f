import { quote, typeOf } from '../go/text.ts';
import type { Token } from '../grammar/token.ts';
import { durationOf, readOrFault } from '../fields.ts';
import { asArray, asString, Fault, mapOf, type Report } from '../report.ts';

/** How links between servers are compressed. */
export interface Compression {
  /** As it was written; `checkOptions` holds it against what there is. */
  mode?: string;
  /** Milliseconds. */
  rtt_thresholds?: readonly number[];
}

/** `compression`; `on` is the mode that `true` stands for. Throws a `Fault`. */
export function readCompression(token: Token, report: Report, key: string, on: string): Compression {
  const { value } = token;
  if (typeof value === 'string') return { mode: value };
  if (typeof value === 'boolean') return { mode: value ? on : 'off' };
  const map = mapOf(value);
  if (map === undefined) {
    throw new Fault(token, `field ${quote(key)} should be a boolean or a structure, got ${typeOf(value)}`);
  }
  return readOrFault(report, (scope) => {
    const compression: Compression = {};
    for (const [name, field] of map) {
      scope.open(field);
      switch (name.toLowerCase()) {
        case 'mode':
          compression.mode = asString(field.value);
          break;
        case 'rtt_thresholds':
        case 'thresholds':
        case 'rtts':
        case 'rtt':
          compression.rtt_thresholds = asArray(field.value).map((entry) =>
            durationOf(asString(scope.open(entry)), field),
          );
          break;
        default:
          if (!field.usedVariable) throw new Fault(field, `unknown field ${quote(name)}`);
      }
    }
    return compression;
  });
}
