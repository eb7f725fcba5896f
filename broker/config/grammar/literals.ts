/** Values of the configuration's language from their text. */

/** A number that nats-server has no room for. */
export const OUT_OF_RANGE = Symbol('out of range');

const UNITS = new Map([
  ['k', 10n ** 3n],
  ['m', 10n ** 6n],
  ['g', 10n ** 9n],
  ['t', 10n ** 12n],
  ['p', 10n ** 15n],
  ['e', 10n ** 18n],
]);
const LETTERS = 'kmgtpe';
const INTEGER_MAX = 2n ** 63n - 1n;

/** Like `-5`, `1k` (1000) and `64KB` (65536); undefined when it is none. With a unit it may run over, as in nats-server. */
export function parseInteger(text: string): bigint | typeof OUT_OF_RANGE | undefined {
  const match = /^(-?[\p{Nd}-]*)(.*)$/su.exec(text);
  const [, digits = '', rest = ''] = match ?? [];
  if (!/^-?\d+$/.test(digits)) return undefined;
  const number = BigInt(digits);
  if (number > INTEGER_MAX || number < -INTEGER_MAX - 1n) return OUT_OF_RANGE;
  const factor = unitFactor(rest.trim().toLowerCase());
  return factor === undefined ? undefined : BigInt.asIntN(64, number * factor);
}

function unitFactor(unit: string): bigint | undefined {
  if (unit === '') return 1n;
  const decimal = UNITS.get(unit);
  if (decimal !== undefined) return decimal;
  const match = /^([kmgtpe])(?:b|i|ib)$/.exec(unit);
  return match === null ? undefined : 1024n ** BigInt(LETTERS.indexOf(match[1] as string) + 1);
}

export function parseFloating(text: string): number | typeof OUT_OF_RANGE | undefined {
  if (!/^-?\d+\.\d+$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isFinite(number) ? number : OUT_OF_RANGE;
}

/** `2006-01-02T15:04:05Z`; undefined also for days and hours that there are not. */
export function parseDateTime(text: string): Date | undefined {
  const date = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) || Number.isNaN(date.getTime())) return undefined;
  return date.toISOString().startsWith(text.slice(0, -1)) ? date : undefined;
}
