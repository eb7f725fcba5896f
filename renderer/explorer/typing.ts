/** A key that types a character of a subject, so that typing anywhere in tree or list searches. */
export function isTypedText(event: Pick<KeyboardEvent, 'key'>): boolean {
  return /^[\p{L}\p{N}$_]$/u.test(event.key);
}
