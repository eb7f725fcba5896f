/** Nothing that a POSIX shell reads as anything but itself. */
const plain = /^[\w@%+=:,./-]+$/;

/** A text as one word of a POSIX shell, whatever is in it. */
export function shellQuote(text: string): string {
  if (plain.test(text)) return text;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

export function shellCommand(words: readonly string[]): string {
  return words.map((word) => shellQuote(word)).join(' ');
}
