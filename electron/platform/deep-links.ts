/** `nats://…` given to Natscope by the system: an address somebody may want to connect to. */

/** Longer than any address a person means. */
const linkLengthMax = 2048;
const schemes = new Set(['nats:', 'tls:', 'ws:', 'wss:']);

/** The address in an argument, null when it is none. It only fills a form: nothing is connected to by a link. */
export function parseDeepLink(argument: string): string | null {
  if (argument.length > linkLengthMax || /[\s\p{Cc}]/u.test(argument) || !URL.canParse(argument)) return null;
  const url = new URL(argument);
  return schemes.has(url.protocol) && url.hostname !== '' ? argument : null;
}

/** The first address among the arguments of a start; Electron's own flags are between them. */
export function findDeepLink(argv: readonly string[]): string | null {
  for (const argument of argv.slice(1)) {
    const link = parseDeepLink(argument);
    if (link !== null) return link;
  }
  return null;
}
