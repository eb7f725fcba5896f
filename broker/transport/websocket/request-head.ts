/** The head of an HTTP request. Text is latin1. */
export interface RequestHead {
  readonly method: string;
  /** As it came: mostly path and query. */
  readonly target: string;
  /** Path as it came, of whatever form the target was. */
  readonly path: string;
  readonly minorVersion: number;
  readonly host: string;
  /** Values by lower-case name, in order. */
  readonly headers: ReadonlyMap<string, readonly string[]>;
  /** Bytes of the head with its end. */
  readonly bytes: number;
}

export type ParsedHead =
  /** More has to come. */
  | { readonly state: 'incomplete' }
  | { readonly state: 'read'; readonly head: RequestHead }
  /** `status` is what stands in the answer's first line behind the version, and is its body. */
  | { readonly state: 'wrong'; readonly status: string; readonly body?: string };

const BAD_REQUEST = '400 Bad Request';
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Reads a request's head as Go's HTTP server does, with its answers to what it does not take. */
export function parseHead(bytes: Buffer, bytesMax: number): ParsedHead {
  const end = endOfHead(bytes);
  if (end === -1 ? bytes.length > bytesMax : end > bytesMax) {
    return wrong('431 Request Header Fields Too Large');
  }
  if (end === -1) return { state: 'incomplete' };
  const lines = bytes
    .toString('latin1', 0, end)
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
  const [first = '', ...fields] = lines;
  const request = /^([^ ]+) ([^ ]+|[^ ].*[^ ]) HTTP\/(\d)\.(\d)$/.exec(first);
  if (request === null) return wrong(BAD_REQUEST);
  const [, method = '', target = '', major, minor] = request;
  const path = pathOf(method, target);
  if (!TOKEN.test(method) || path === undefined) return wrong(BAD_REQUEST);
  const headers = new Map<string, string[]>();
  for (const field of unfolded(fields)) {
    const problem = addField(headers, field);
    if (problem !== undefined) return wrong(problem);
  }
  const framing = framingProblem(headers);
  if (framing !== undefined) return framing;
  const hosts = headers.get('host') ?? [];
  if (hosts.length > 1) return wrong(BAD_REQUEST);
  if (major !== '1') return wrong('505 HTTP Version Not Supported: unsupported protocol version');
  if (minor !== '0' && hosts.length === 0 && method !== 'CONNECT') {
    return wrong(`${BAD_REQUEST}: missing required Host header`);
  }
  if (!/^[A-Za-z0-9!$%&'()*+,\-.:;=@[\]_~]*$/.test(hosts[0] ?? ''))
    return wrong(`${BAD_REQUEST}: malformed Host header`);
  const badName = [...headers.keys()].some((name) => !TOKEN.test(name));
  if (badName) return wrong(`${BAD_REQUEST}: invalid header name`);
  const host = /^[a-z]+:\/\/([^/?]*)/i.exec(target)?.[1] ?? hosts[0] ?? '';
  return { state: 'read', head: { method, target, path, minorVersion: Number(minor), host, headers, bytes: end } };
}

/** Whether a header has this value among those that commas separate, whatever its case. */
export function hasValue(head: RequestHead, name: string, value: string): boolean {
  return (head.headers.get(name) ?? []).some((line) =>
    line.split(',').some((part) => part.trim().toLowerCase() === value.toLowerCase()),
  );
}

export function firstValue(head: RequestHead, name: string): string {
  return head.headers.get(name)?.[0] ?? '';
}

/** Where the empty line ends; -1 while there is none. */
function endOfHead(bytes: Buffer): number {
  let lineStart = 0;
  for (;;) {
    const lineEnd = bytes.indexOf(0x0a, lineStart);
    if (lineEnd === -1) return -1;
    const length = lineEnd - lineStart;
    if (length === 0 || (length === 1 && bytes[lineStart] === 0x0d)) return lineEnd + 1;
    lineStart = lineEnd + 1;
  }
}

function pathOf(method: string, target: string): string | undefined {
  if (target === '*') return '*';
  if (method === 'CONNECT') return '';
  const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?]*/.exec(target)?.[0] ?? '';
  if (absolute === '' && !target.startsWith('/')) return undefined;
  const path = target.slice(absolute.length).split('?', 1)[0] ?? '';
  // eslint-disable-next-line no-control-regex -- these are what must not be there
  return /%(?![0-9A-Fa-f]{2})|[\x00-\x20\x7f]/.test(path) ? undefined : path;
}

/** A line that begins with white space goes on with the one before. */
function unfolded(lines: readonly string[]): string[] {
  const fields: string[] = [];
  for (const line of lines) {
    if (line === '') continue;
    const last = fields.length - 1;
    if (/^[ \t]/.test(line) && last >= 0) fields[last] = `${fields[last]} ${line.trim()}`;
    else fields.push(line);
  }
  return fields;
}

/** What is wrong with it, if anything. */
function addField(headers: Map<string, string[]>, field: string): string | undefined {
  const colon = field.indexOf(':');
  if (colon <= 0 || /^[ \t]/.test(field)) return BAD_REQUEST;
  const name = field.slice(0, colon).toLowerCase();
  const value = field.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '');
  // eslint-disable-next-line no-control-regex -- these are what must not be there
  if (/[\x00-\x08\x0a-\x1f\x7f]/.test(value)) return BAD_REQUEST;
  const values = headers.get(name);
  if (values === undefined) headers.set(name, [value]);
  else values.push(value);
  return undefined;
}

function framingProblem(headers: ReadonlyMap<string, readonly string[]>): ParsedHead | undefined {
  const encodings = headers.get('transfer-encoding');
  if (encodings !== undefined && (encodings.length > 1 || encodings[0]?.toLowerCase() !== 'chunked')) {
    return wrong('501 Not Implemented', 'Unsupported transfer encoding');
  }
  const lengths = new Set(headers.get('content-length'));
  if (lengths.size > 1 || [...lengths].some((length) => !/^\d+$/.test(length))) return wrong(BAD_REQUEST);
  return undefined;
}

function wrong(status: string, body?: string): ParsedHead {
  return { state: 'wrong', status, ...(body === undefined ? {} : { body }) };
}
