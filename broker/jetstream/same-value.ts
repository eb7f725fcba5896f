/** Whether two values of JSON's kinds are the same; a key without a value is no key, a list without elements is a list. */
export function sameValue(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const left = new Map(Object.entries(one).filter(([, value]) => value !== undefined));
  const right = new Map(Object.entries(other).filter(([, value]) => value !== undefined));
  if (left.size !== right.size) return false;
  for (const [key, value] of left) if (!right.has(key) || !sameValue(value, right.get(key))) return false;
  return true;
}

/** Without what Go would call empty and not write: '', 0, false; `kept` stays whatever it is. */
export function withoutZeros<T extends object>(value: T, ...kept: (keyof T)[]): T {
  return Object.fromEntries(
    Object.entries(value).filter(
      ([key, field]) => (field !== '' && field !== 0 && field !== false) || kept.includes(key as keyof T),
    ),
  ) as T;
}
