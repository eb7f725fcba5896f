import { bundle } from '../../build/bundle.ts';

/** The window and the preload script have to be built before they can be opened; `npm test` has done so already. */
export default async function setup(): Promise<void> {
  await bundle({ onPart: (part) => console.log(`Building the ${part} …`) });
}
