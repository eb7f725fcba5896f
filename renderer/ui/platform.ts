/** Facts about the machine that the window runs on, for keys and the frame. */

const platform = typeof navigator === 'undefined' ? '' : navigator.platform;

export const isMac = /^(Mac|iP)/.test(platform);

export const reducedMotion = typeof matchMedia === 'undefined' ? null : matchMedia('(prefers-reduced-motion: reduce)');
