/** What the signs of the expression language mean. */

import { compareNumbers, ExactNumber, readNumber } from './exact-number.ts';
import type { Numeric } from './exact-number.ts';
import { lowerAscii } from './text.ts';

export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=' | '~';

/** Undefined is a field that is not there. */
export type Value = string | Numeric | boolean | null | undefined;

export function compare(operator: Operator, left: Value, right: Value): boolean {
  if (operator === '~') return contains(left, right);
  if (left === null || right === null) {
    if (operator !== '==' && operator !== '!=') return false;
    return ((left ?? null) === null && (right ?? null) === null) === (operator === '==');
  }
  if (left === undefined || right === undefined) return false;
  const order = orderOf(left, right);
  if (order === null) return operator === '!=';
  switch (operator) {
    case '==':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

/** Null when the two are of kinds that have no order and are never equal. */
function orderOf(left: string | Numeric | boolean, right: string | Numeric | boolean): number | null {
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : left > right ? 1 : 0;
  if (typeof left === 'boolean' || typeof right === 'boolean') return left === right ? 0 : null;
  const one = typeof left === 'string' ? readNumber(left) : left;
  const other = typeof right === 'string' ? readNumber(right) : right;
  return one === null || other === null ? null : compareNumbers(one, other);
}

function contains(left: Value, right: Value): boolean {
  if (left === undefined || left === null || right === undefined || right === null) return false;
  return lowerAscii(textOf(left)).includes(lowerAscii(textOf(right)));
}

export function textOf(value: string | Numeric | boolean): string {
  return value instanceof ExactNumber ? value.text : String(value);
}
