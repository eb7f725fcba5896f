/** The settings of the window. A field that is wrong falls back to its default, so that one typo does not cost the rest. */

import * as v from 'valibot';
import type { Settings } from '../bridge/contract.ts';
import type { Migration } from './document.ts';

const mebibyte = 1024 * 1024;

export const captureBytesMin = 16 * mebibyte;
export const captureBytesLimit = 4096 * mebibyte;

export function defaultSettings(): Settings {
  return { theme: 'system', panes: {}, captureBytesMax: 256 * mebibyte, brokerConfigFile: null };
}

const { theme, captureBytesMax, brokerConfigFile } = defaultSettings();

export const settingsSchema: v.GenericSchema<unknown, Settings> = v.object({
  theme: v.fallback(v.picklist(['system', 'dark', 'light']), theme),
  panes: v.fallback(v.record(v.string(), v.pipe(v.number(), v.finite())), {}),
  captureBytesMax: v.fallback(
    v.pipe(v.number(), v.integer(), v.minValue(captureBytesMin), v.maxValue(captureBytesLimit)),
    captureBytesMax,
  ),
  brokerConfigFile: v.fallback(v.nullable(v.pipe(v.string(), v.minLength(1), v.maxLength(4096))), brokerConfigFile),
});

export const settingsMigrations: readonly Migration[] = [];
