import { latin1ToText, quoteLatin1, textToLatin1 } from '../../base/latin1.ts';
import { JwtError } from './jwt-error.ts';

/** Base64 as JWTs use it: URL alphabet, no padding. Line ends are passed over, as Go does. */
export function decodeBase64Url(text: string): Buffer {
  let count = 0;
  let last = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || code === 13) continue;
    const valid =
      (code >= 65 && code <= 90) ||
      (code >= 97 && code <= 122) ||
      (code >= 48 && code <= 57) ||
      code === 45 ||
      code === 95;
    if (!valid) throw new JwtError(`illegal base64 data at input byte ${Buffer.byteLength(text.slice(0, i))}`);
    count++;
    last = i;
  }
  if (count % 4 === 1) throw new JwtError(`illegal base64 data at input byte ${last}`);
  return Buffer.from(text, 'base64url');
}

/** JSON as Go writes it: `<`, `>`, `&` and two line separators are escaped, so that identifiers come out the same. */
export function encodeJson(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** As Go's `%q` quotes it. */
export function quoteText(text: string): string {
  return latin1ToText(quoteLatin1(textToLatin1(text)));
}
