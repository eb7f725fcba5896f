import { createHash } from 'node:crypto';

/** Names that Windows keeps for itself, whatever stands behind a dot. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/;

/** Longer names of folders are not welcome everywhere. */
const NAME_LENGTH_MAX = 120;

/**
 * The name of a folder or file for any name, the same for no two: in small letters, since some systems take `A` for `a`; where
 * there were capitals stands behind `~`, as hexadecimal digits of four characters each. What systems do not like is `%` and two
 * digits. A name that gets too long is cut, and ends in `~~` and a hash; who needs it back keeps it elsewhere.
 */
export function folderName(name: string): string {
  let encoded = '';
  let capitals = '';
  let digit = 0;
  let position = 0;
  for (const byte of Buffer.from(name, 'utf8')) {
    const char = String.fromCharCode(byte);
    if (char >= 'A' && char <= 'Z') digit |= 1 << (position & 3);
    if ((position & 3) === 3) {
      capitals += digit.toString(16);
      digit = 0;
    }
    position++;
    encoded += /[a-z0-9_-]/i.test(char) ? char.toLowerCase() : `%${byte.toString(16).padStart(2, '0')}`;
  }
  if (digit > 0) capitals += digit.toString(16);
  capitals = capitals.replace(/0+$/, '');
  if (encoded === '') return '%';
  if (RESERVED.test(encoded)) encoded = `%${encoded.charCodeAt(0).toString(16)}${encoded.slice(1)}`;
  const whole = capitals === '' ? encoded : `${encoded}~${capitals}`;
  if (whole.length <= NAME_LENGTH_MAX) return whole;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 32);
  return `${encoded.slice(0, NAME_LENGTH_MAX - 40)}~~${hash}`;
}

/** The name that a folder's name was made of; undefined: of none, or it was cut. */
export function nameOfFolder(folder: string): string | undefined {
  if (folder === '%') return '';
  const [encoded = '', capitals = '', ...rest] = folder.split('~');
  if (rest.length > 0) return undefined;
  const bytes: number[] = [];
  for (let i = 0; i < encoded.length; i++) {
    if (encoded[i] !== '%') {
      bytes.push(encoded.charCodeAt(i));
      continue;
    }
    bytes.push(parseInt(encoded.slice(i + 1, i + 3), 16));
    i += 2;
  }
  const capital = bytes.map((byte, i) => {
    const digit = parseInt(capitals[i >> 2] ?? '0', 16);
    return (digit & (1 << (i & 3))) === 0 ? byte : byte - 32;
  });
  const name = Buffer.from(capital).toString('utf8');
  return folderName(name) === folder ? name : undefined;
}
