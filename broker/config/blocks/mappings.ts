import { checkMapping, MappingError } from '../../account/mappings.ts';
import type { MappingDestination, MappingOptions } from '../../options/accounts.ts';
import { TransformError } from '../../subject/transform.ts';
import { isValidSubject } from '../../subject/validity.ts';
import { parseDecimal } from '../go/host-port.ts';
import { quote, shown } from '../go/text.ts';
import type { Token } from '../grammar/token.ts';
import { arrayOf, asMap, asString, mapOf, type Scope } from '../report.ts';

/** `mappings` of an account or of `$G`: those that can be had; the others are reported. */
export function readMappings(token: Token, scope: Scope): MappingOptions[] {
  const mappings: MappingOptions[] = [];
  scope.guard((inner) => {
    for (const [source, entry] of asMap(inner.open(token))) {
      if (!isValidSubject(source)) {
        inner.report.error(token, `Subject ${quote(source)} is not a valid subject`);
        continue;
      }
      const value = inner.open(entry);
      let destinations: MappingDestination[] | undefined;
      if (typeof value === 'string') {
        destinations = [{ subject: value, weight: 100 }];
      } else destinations = readDestinations(entry, inner);
      if (destinations === undefined) continue;
      const mapping: MappingOptions = { source, destinations };
      try {
        checkMapping(mapping);
        mappings.push(mapping);
      } catch (error) {
        if (!(error instanceof MappingError || error instanceof TransformError)) throw error;
        const described = typeof value === 'string' ? ` to ${quote(value)}` : '';
        inner.report.error(entry, `Error adding mapping for ${quote(source)}${described} : ${error.message}`);
      }
    }
  });
  return mappings;
}

/** Undefined when there is just one, and that is wrong. */
function readDestinations(token: Token, scope: Scope): MappingDestination[] | undefined {
  const entries = arrayOf(token.value);
  if (entries === undefined) {
    const destination = readDestination(token, scope);
    return destination === undefined ? undefined : [destination];
  }
  return entries
    .map((entry) => {
      scope.open(entry);
      return readDestination(entry, scope);
    })
    .filter((destination) => destination !== undefined);
}

function readDestination(token: Token, scope: Scope): MappingDestination | undefined {
  const failed = (at: Token, message: string): undefined => {
    scope.report.error(at, message);
  };
  const map = mapOf(token.value);
  if (map === undefined) return failed(token, 'Expected an entry for the mapping destination');
  let subject = '';
  let weight: number | undefined;
  let cluster = '';
  for (const [key, field] of map) {
    // A wrong type is reported at the mapping, as nats-server does.
    const { value } = field;
    switch (key.toLowerCase()) {
      case 'dest':
      case 'destination':
        subject = asString(value);
        break;
      case 'cluster':
        cluster = asString(value);
        break;
      case 'weight': {
        if (typeof value !== 'string' && typeof value !== 'bigint') {
          return failed(field, `Unknown entry type for weight of ${shown(value)}\n`);
        }
        const digits = typeof value === 'string' && value.endsWith('%') ? value.slice(0, -1) : value;
        weight = typeof digits === 'string' ? parseDecimal(digits) : Number(digits);
        if (weight === undefined || weight < 0 || weight > 100) {
          const given = weight === undefined ? quote(String(digits)) : String(digits);
          return failed(field, `Invalid weight ${given} for mapping destination`);
        }
        break;
      }
      default:
        return failed(field, `Unknown field ${quote(key)} for mapping destination`);
    }
  }
  if (weight === undefined) return failed(token, `Missing weight for mapping destination ${quote(subject)}`);
  return { subject, weight, ...(cluster !== '' && { cluster }) };
}
