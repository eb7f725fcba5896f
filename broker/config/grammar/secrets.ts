/** Messages are shown and logged, so nothing that lets anybody in may be in them, where nats-server would quote it. */

const REDACTED = '[REDACTED]';

/** Keys whose values nobody may see. */
const SECRET_KEYS = new Set([
  'pass',
  'password',
  'token',
  'seed',
  'key',
  'ek',
  'encryption_key',
  'prev_key',
  'prev_ek',
  'prev_encryption_key',
  'encryption_password',
  'srk_password',
  'default_sentinel',
]);

export function isSecretKey(key: string): boolean {
  return SECRET_KEYS.has(key.toLowerCase());
}

/** A value of that key as messages show it. */
export function shownValue(key: string, value: string): string {
  return isSecretKey(key) ? REDACTED : value;
}

/** The name of a variable: what is no usual one, where a secret belongs, is the secret itself, begun with a dollar. */
export function shownVariable(key: string, name: string): string {
  return isSecretKey(key) && !/^[A-Z_][A-Z0-9_]*$/.test(name) ? REDACTED : name;
}

/** Seeds, JWTs, and what stands between `//` and `@` in an address, unless the password is taken out already. */
export function withoutSecrets(text: string): string {
  return text
    .replaceAll(/\bS[A-Z2-7]{57,}/g, REDACTED)
    .replaceAll(/\beyJ[\w-]{8,}(?:\.[\w-]*)*/g, REDACTED)
    .replaceAll(/:\/\/(?![^/@\s]*:xxxxx@)[^/@\s]*@/g, `://${REDACTED}@`);
}
