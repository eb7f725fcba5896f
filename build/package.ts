/** `npm run package`: the installers of this system, in dist/installers. */

import { dirname } from 'node:path';
import { build } from 'electron-builder';
import { bundle } from './bundle.ts';
import { electronVersion, fetchElectron, findElectron } from './electron-binary.ts';
import { installerConfiguration } from './installers.ts';

const problem = findElectron() === null ? await fetchElectron() : null;
const program = findElectron();
if (program === null) {
  console.error(`No installers: Electron ${electronVersion} could not be fetched (${problem ?? 'it is not there'}).`);
  process.exit(1);
}

await bundle({ onPart: (part) => console.log(`Building the ${part} …`) });
// On macOS the program lies inside the bundle Electron.app, whose folder is the distribution.
const electronFolder = process.platform === 'darwin' ? dirname(program).split('/Electron.app/')[0] : dirname(program);
try {
  const made = await build({ config: installerConfiguration(electronFolder === undefined ? {} : { electronFolder }) });
  for (const file of made) console.log(file);
} catch (error) {
  // electron-builder fetches its packaging tools, too.
  console.error(`No installers: ${(error as Error).message.split('\n')[0]}`);
  process.exit(1);
}
