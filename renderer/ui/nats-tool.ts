/** Where the `nats` command line tool goes without being told. */
const defaultServer = 'nats://127.0.0.1:4222';

/** The words that a command line of the tool begins with; the server is left out where it is the tool's default. */
export function natsTool(server: string | undefined): string[] {
  return server === undefined || server === defaultServer ? ['nats'] : ['nats', '--server', server];
}
