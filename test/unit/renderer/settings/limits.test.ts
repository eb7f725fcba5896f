import { expect, it } from 'vitest';
import { captureMegabytes } from '../../../../renderer/settings/limits.ts';

it('reads the capture memory or says its bounds', () => {
  expect(['16', ' 256 ', '4096', '1\u202f024'].map(captureMegabytes)).toEqual([16, 256, 4096, 1024]);
  expect(['15', '4097', '', '1.5', '-20', '256 MB'].map(captureMegabytes)).toEqual(Array(6).fill('16 to 4096'));
});
