import manifest from '../package.json' with { type: 'json' };

/** Natscope's own version. A bundle has it as a constant. */
export const version: string = manifest.version;
