/** Where a page comes from. */
export interface Origin {
  /** Lower case. */
  readonly scheme: string;
  /** Lower case, an IPv6 address without its brackets. */
  readonly host: string;
  /** That of the scheme when none is given. */
  readonly port: string;
}

export type ParsedOrigin = { readonly origin: Origin; readonly problem?: undefined } | { readonly problem: string };

/** Reads an origin as Go reads a request's URI. `problem` is in Go's words. */
export function parseOrigin(text: string): ParsedOrigin {
  const problem = (words: string): ParsedOrigin => ({ problem: `parse ${JSON.stringify(text)}: ${words}` });
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?]*))?([^]*)$/.exec(text);
  const [, scheme = '', authority = '', rest = ''] = match ?? [];
  if (scheme === '' ? !text.startsWith('/') : authority === '' && !text.includes('://') && !rest.startsWith('/')) {
    return problem('invalid URI for request');
  }
  const badEscape = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(text);
  if (badEscape !== null) return problem(`invalid URL escape ${JSON.stringify(badEscape[0])}`);
  const hostAndPort = authority.slice(authority.lastIndexOf('@') + 1);
  const split = splitHost(hostAndPort, scheme.toLowerCase() === 'https');
  if (typeof split === 'string') return problem(split);
  return { origin: { scheme: scheme.toLowerCase(), ...split } };
}

/** Host and port of a `Host` header, or what is wrong with it. */
export function splitHost(hostAndPort: string, secure: boolean): { host: string; port: string } | string {
  if (hostAndPort.startsWith('[') && !hostAndPort.includes(']')) return "missing ']' in host";
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(:.*)?$/.exec(hostAndPort);
  if (match === null) return `address ${hostAndPort}: too many colons in address`;
  const [, six, name = '', port = ''] = match;
  if (!/^(?::\d*)?$/.test(port)) return `invalid port ${JSON.stringify(port)} after host`;
  return { host: (six ?? name).toLowerCase(), port: port.slice(1) || (secure ? '443' : '80') };
}

/** Why a page of this origin may not connect; undefined when it may. `host` is the request's, `secure` whether it came through TLS. */
export function originProblem(
  text: string,
  rules: { readonly sameOrigin: boolean; readonly allowedOrigins: readonly Origin[] },
  host: string,
  secure: boolean,
): string | undefined {
  const { sameOrigin, allowedOrigins } = rules;
  // Only browsers say where they come from; whoever is none could say anything.
  if ((!sameOrigin && allowedOrigins.length === 0) || text === '') return undefined;
  const parsed = parseOrigin(text);
  if (parsed.problem !== undefined) return parsed.problem;
  const { origin } = parsed;
  if (sameOrigin) {
    const ours = splitHost(host, secure);
    if (typeof ours === 'string') return ours;
    const scheme = secure ? 'https' : 'http';
    if (origin.host !== ours.host || origin.port !== ours.port || origin.scheme !== scheme) return 'not same origin';
  }
  if (allowedOrigins.length === 0) return undefined;
  const allowed = allowedOrigins.some(
    (one) => one.host === origin.host && one.port === origin.port && one.scheme === origin.scheme,
  );
  return allowed ? undefined : 'not in the allowed list';
}
