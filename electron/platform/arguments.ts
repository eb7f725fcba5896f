/** What the command line says to the Electron front. Chromium's own flags stand between ours and are left alone. */

import { parseArgs } from 'node:util';

export interface FrontArguments {
  dataFolder?: string;
  brokerPort?: number;
}

export function parseFrontArguments(argv: readonly string[]): FrontArguments {
  const { values } = parseArgs({
    args: argv.slice(1),
    options: { data: { type: 'string' }, 'broker-port': { type: 'string' } },
    strict: false,
  });
  const { data, 'broker-port': port } = values;
  const brokerPort = typeof port === 'string' ? Number(port) : undefined;
  const usable = brokerPort !== undefined && Number.isInteger(brokerPort) && brokerPort >= -1 && brokerPort <= 65_535;
  return {
    ...(typeof data === 'string' && data !== '' ? { dataFolder: data } : {}),
    ...(usable && brokerPort !== 0 ? { brokerPort } : {}),
  };
}
