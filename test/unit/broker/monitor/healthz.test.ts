import { describe, expect, it } from 'vitest';
import { health, type HealthOptions } from '../../../../broker/monitor/healthz.ts';
import type { MonitoredJetStream } from '../../../../broker/monitor/jsz.ts';

const streams = [
  { name: 'S', file: true, consumers: ['C'] },
  { name: 'M', file: false, consumers: ['C'] },
];
const accounts = [
  { name: 'A', streams, expired: false },
  { name: 'B', streams: [], expired: false },
  { name: 'E', streams: [{ name: 'S', file: true, consumers: [] }], expired: true },
];
const jetStream = { accounts, lost: () => [] } as unknown as MonitoredJetStream;
const damaged = {
  accounts,
  lost: () => [{ account: 'A', stream: 'L' }, { account: 'Z' }, { account: 'E', stream: 'L' }],
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

  it.each([
    [{}, "JetStream stream 'A > L' could not be recovered"],
    [{ account: 'A' }, "JetStream stream 'A > L' could not be recovered"],
    [{ account: 'A', stream: 'L' }, "JetStream stream 'A > L' could not be recovered"],
    [{ account: 'Z' }, "JetStream account 'Z' could not be resolved"],
    [{ account: 'E' }, "JetStream account 'E' is expired"],
  ])('is not good where something on the disk cannot be served: %o', (options, error) => {
    expect(asked(options, damaged)).toEqual({ status: 'unavailable', status_code: 503, error });
  });

  it('is good for what is not damaged, though something else is', () => {
    expect(asked({ account: 'A', stream: 'S' }, damaged)).toEqual({ status: 'ok', status_code: 200 });
  });

  it('names everything that cannot be served where details are asked for', () => {
    expect(asked({ details: true }, damaged)).toEqual({
      status: 'error',
      status_code: 503,
      errors: [
        {
          type: 'STREAM',
          account: 'A',
          stream: 'L',
          error: "JetStream stream 'A > L' could not be recovered",
        },
        { type: 'ACCOUNT', account: 'Z', error: "JetStream account 'Z' could not be resolved" },
      ],
    });
  });
});
