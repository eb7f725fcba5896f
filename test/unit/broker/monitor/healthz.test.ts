import { describe, expect, it } from 'vitest';
import { health, type HealthOptions } from '../../../../broker/monitor/healthz.ts';
import type { MonitoredJetStream } from '../../../../broker/monitor/jsz.ts';

const streams = [
  { name: 'S', file: true, consumers: ['C'] },
  { name: 'M', file: false, consumers: ['C'] },
];
const jetStream = {
  accounts: [
    { name: 'A', streams },
    { name: 'B', streams: [] },
  ],
} as unknown as MonitoredJetStream;

function asked(options: Partial<HealthOptions>, of: MonitoredJetStream | 'off' = jetStream): unknown {
  const none = { account: '', stream: '', consumer: '', details: false, enabledOnly: false, serverOnly: false };
  return JSON.parse(JSON.stringify(health({ ...none, ...options }, of === 'off' ? undefined : of)));
}

describe('health', () => {
  it.each([
    {},
    { account: 'A' },
    { account: 'A', stream: 'S' },
    { account: 'A', stream: 'S', consumer: 'C' },
    { account: 'X', enabledOnly: true },
    { account: 'X', serverOnly: true },
  ])('is good for %o', (options) => {
    expect(asked(options)).toEqual({ status: 'ok', status_code: 200 });
  });

  it('is good without JetStream, whatever is asked for', () => {
    expect(asked({ account: 'X', stream: 'Y' }, 'off')).toEqual({ status: 'ok', status_code: 200 });
  });

  it.each([
    [{ stream: 'S' }, 400, 'error', '"account" must not be empty when checking stream health'],
    [{ account: 'A', consumer: 'C' }, 400, 'error', '"stream" must not be empty when checking consumer health'],
    [{ account: 'X' }, 404, 'unavailable', 'JetStream account "X" not found'],
    [{ account: 'B' }, 404, 'unavailable', 'JetStream account "B" not found'],
    [{ account: 'A', stream: 'X' }, 404, 'unavailable', 'JetStream stream "X" not found on account "A"'],
    [{ account: 'A', stream: 'M' }, 404, 'unavailable', 'JetStream stream "M" not found on account "A"'],
    [
      { account: 'A', stream: 'S', consumer: 'X' },
      404,
      'unavailable',
      'JetStream consumer "X" not found for stream "S" on account "A"',
    ],
  ])('is not good for %o', (options, code, status, error) => {
    expect(asked(options)).toEqual({ status, status_code: code, error });
  });

  it('has details, where they are asked for, that name what is missing', () => {
    expect(asked({ account: 'A', stream: 'S', consumer: 'X', details: true })).toEqual({
      status: 'error',
      status_code: 404,
      errors: [
        {
          type: 'CONSUMER',
          account: 'A',
          stream: 'S',
          consumer: 'X',
          error: 'JetStream consumer "X" not found for stream "S" on account "A"',
        },
      ],
    });
  });
});
