/** Where the files of the threads are: sources run as they are, a bundle has its threads beside it. */

const here = import.meta.url;

export const threadFiles: { broker: URL; connection: URL } = here.endsWith('.ts')
  ? { broker: new URL('./broker-host/thread.ts', here), connection: new URL('./thread.ts', here) }
  : { broker: new URL('./broker-thread.js', here), connection: new URL('./connection-thread.js', here) };

/** The built renderer. */
export const windowFolder: URL = new URL(here.endsWith('.ts') ? '../dist/renderer/' : '../renderer/', here);
