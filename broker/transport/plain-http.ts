/** Who speaks plain HTTP where TLS is spoken is told so, in the words of Go. */
export const PLAIN_HTTP_ANSWER = 'HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n';
export const PLAIN_HTTP_PROBLEM = 'client sent an HTTP request to an HTTPS server';

const BEGINNINGS = ['GET /', 'HEAD ', 'POST ', 'PUT /', 'OPTIO'];
/** Bytes that tell. */
export const HTTP_BEGINNING_BYTES = 5;

export function looksLikeHttp(first: Buffer): boolean {
  return BEGINNINGS.includes(first.toString('latin1', 0, HTTP_BEGINNING_BYTES));
}
