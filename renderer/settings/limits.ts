/** Numbers that a person types, read or answered with what is wrong. */

const captureMegabytesMin = 16;
const captureMegabytesMax = 4096;
const portMax = 65_535;

/** Megabytes for all captures. */
export function captureMegabytes(text: string): number | string {
  const value = whole(text);
  return value !== null && value >= captureMegabytesMin && value <= captureMegabytesMax
    ? value
    : `${String(captureMegabytesMin)} to ${String(captureMegabytesMax)}`;
}

/** A port; `any` is -1, a free one. */
export function portNumber(text: string): number | string {
  if (/^\s*any\s*$/i.test(text)) return -1;
  const value = whole(text);
  return value !== null && value >= 1 && value <= portMax ? value : `1 to ${String(portMax)}, or any`;
}

function whole(text: string): number | null {
  const digits = text.replaceAll(/[\s\u202f]/g, '');
  return /^\d{1,9}$/.test(digits) ? Number(digits) : null;
}
