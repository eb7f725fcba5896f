import { expect, it } from 'vitest';
import { captureMegabytes, portNumber } from '../../../../renderer/settings/limits.ts';

it('reads the capture memory or says its bounds', () => {
  expect(['16', ' 256 ', '4096', '1\u202f024'].map(captureMegabytes)).toEqual([16, 256, 4096, 1024]);
  expect(['15', '4097', '', '1.5', '-20', '256 MB'].map(captureMegabytes)).toEqual(Array(6).fill('16 to 4096'));
});

it('reads a port, or any', () => {
  expect(['1', '4222', '65535', 'any', ' Any '].map(portNumber)).toEqual([1, 4222, 65_535, -1, -1]);
  expect(['0', '65536', '-1', 'x', ''].map(portNumber)).toEqual(Array(5).fill('1 to 65535, or any'));
});
