/** Numbers that a person types, read or answered with what is wrong. */

const captureMegabytesMin = 16;
const captureMegabytesMax = 4096;

/** Megabytes for all captures. */
export function captureMegabytes(text: string): number | string {
  const value = whole(text);
  return value !== null && value >= captureMegabytesMin && value <= captureMegabytesMax
    ? value
    : `${String(captureMegabytesMin)} to ${String(captureMegabytesMax)}`;
}

function whole(text: string): number | null {
  const digits = text.replaceAll(/[\s\u202f]/g, '');
  return /^\d{1,9}$/.test(digits) ? Number(digits) : null;
}
