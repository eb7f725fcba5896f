import { quote } from './text.ts';

/** An address as Go's `net/url` takes it apart. */
export interface GoUrl {
  readonly scheme: string;
  /** With the port; what is escaped stays so. */
  readonly host: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Everything behind the host, or behind the scheme when there is none. */
  readonly rest: string;
}

/** Takes an address apart; a text says, in Go's words, why it is none. */
export function parseGoUrl(address: string): GoUrl | string {
  const fault = (reason: string): string => `parse ${quote(address)}: ${reason}`;
  for (const char of address) {
    const code = char.codePointAt(0) as number;
    if (code < 32 || code === 127) return fault('net/url: invalid control character in URL');
  }
  const hash = address.indexOf('#');
  const withoutFragment = hash === -1 ? address : address.slice(0, hash);
  if (withoutFragment.startsWith(':')) return fault('missing protocol scheme');
  const schemeMatch = /^([a-zA-Z][a-zA-Z\d+.-]*):/.exec(withoutFragment);
  const scheme = schemeMatch?.[1]?.toLowerCase() ?? '';
  let rest = withoutFragment.slice(schemeMatch?.[0].length ?? 0);
  const query = rest.indexOf('?');
  const path = query === -1 ? rest : rest.slice(0, query);
  if (!path.startsWith('/')) {
    if (scheme !== '') return { scheme, host: '', rest };
    if ((path.split('/')[0] as string).includes(':')) return fault('first path segment in URL cannot contain colon');
  }
  let authority: ReturnType<typeof parseAuthority> = { host: '' };
  if (path.startsWith('//')) {
    const end = path.indexOf('/', 2);
    authority = parseAuthority(path.slice(2, end === -1 ? undefined : end));
    if (typeof authority === 'string') return fault(authority);
    rest = end === -1 ? rest.slice(path.length) : rest.slice(end);
  }
  const escape = badEscape(query === -1 ? rest : (rest.split('?')[0] ?? ''));
  return escape === undefined ? { scheme, ...authority, rest } : fault(escape);
}

/** The address as `String()` of Go writes it, as far as scheme, user and host go. */
export function formatGoUrl({ scheme, host, user, password, rest }: GoUrl): string {
  const who =
    user === undefined ? '' : `${escapeUser(user)}${password === undefined ? '' : `:${escapeUser(password)}`}@`;
  const authority = host === '' && who === '' ? '' : `//${who}${host}`;
  return `${scheme === '' ? '' : `${scheme}:`}${authority}${rest}`;
}

function parseAuthority(authority: string): { host: string; user?: string; password?: string } | string {
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  const reason = hostFault(host);
  if (reason !== undefined) return reason;
  if (at === -1) return { host };
  const info = authority.slice(0, at);
  if (!/^[\w.:~!$&'()*+,;=%@-]*$/.test(info)) return 'net/url: invalid userinfo';
  const escape = badEscape(info);
  if (escape !== undefined) return escape;
  const colon = info.indexOf(':');
  if (colon === -1) return { host, user: decoded(info) };
  return { host, user: decoded(info.slice(0, colon)), password: decoded(info.slice(colon + 1)) };
}

function hostFault(host: string): string | undefined {
  const bracket = host.indexOf('[');
  if (bracket > 0) return 'invalid IP-literal';
  if (bracket === 0) {
    const end = host.lastIndexOf(']');
    if (end === -1) return "missing ']' in host";
    const port = host.slice(end + 1);
    return isOptionalPort(port) ? undefined : `invalid port ${quote(port)} after host`;
  }
  const colon = host.lastIndexOf(':');
  if (colon !== -1 && !isOptionalPort(host.slice(colon))) {
    return `invalid port ${quote(host.slice(colon))} after host`;
  }
  const wrong = /[\0- \\^`{|}\x7f]/.exec(host)?.[0];
  if (wrong !== undefined) return `invalid character ${quote(wrong)} in host name`;
  // In a host nothing but bytes beyond ASCII may be escaped.
  const escape = badEscape(host) ?? /%(?!25)[0-7][\da-fA-F]/.exec(host)?.[0];
  if (escape === undefined) return undefined;
  return escape.startsWith('%') ? `invalid URL escape ${quote(escape)}` : escape;
}

function isOptionalPort(port: string): boolean {
  return /^(?::\d*)?$/.test(port);
}

function badEscape(text: string): string | undefined {
  const bad = /%(?![\da-fA-F]{2}).{0,2}/su.exec(text)?.[0];
  return bad === undefined ? undefined : `invalid URL escape ${quote(bad)}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function escapeUser(text: string): string {
  return encodeURIComponent(text)
    .replaceAll(/%(?:24|26|2B|2C|3B|3D)/g, (escape) => decodeURIComponent(escape))
    .replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
