/** Where the files of the app are: sources run as they are, a bundle has everything beside it in dist/. */

import { fileURLToPath } from 'node:url';

const here = import.meta.url;
const bundled = !here.endsWith('.ts');
const dist = new URL(bundled ? '../' : '../dist/', here);

export const threadFiles: { broker: URL; workshop: URL; connection: URL } = bundled
  ? {
      broker: new URL('./broker-thread.js', here),
      workshop: new URL('./workshop-thread.js', here),
      connection: new URL('./connection-thread.js', here),
    }
  : {
      broker: new URL('./broker-host/thread.ts', here),
      workshop: new URL('./broker-host/workshop-thread.ts', here),
      connection: new URL('./thread.ts', here),
    };

/** The built renderer. */
export const windowFolder: string = fileURLToPath(new URL('renderer/', dist));
export const iconsFolder: string = fileURLToPath(new URL('icons/', dist));
/** A preload script is bundled always: the sandbox loads one CommonJS file and no more. */
export const preloadFile: string = fileURLToPath(new URL('electron/preload.cjs', dist));
