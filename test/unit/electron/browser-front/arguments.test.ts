import { describe, expect, it } from 'vitest';
import { parseServeArguments } from '../../../../electron/browser-front/arguments.ts';

describe('the command line of the browser front', () => {
  it('has defaults for everything', () => {
    expect(parseServeArguments([])).toEqual({ open: true });
  });

  it('takes every flag, also with a number below zero', () => {
    expect(
      parseServeArguments(['--serve', '--port', '0', '--no-open', '--data', '/tmp/x', '--broker-port', '-1']),
    ).toEqual({ open: false, port: 0, dataFolder: '/tmp/x', brokerPort: -1 });
    expect(parseServeArguments(['--port=8080', '--broker-port=4333'])).toEqual({
      open: true,
      port: 8080,
      brokerPort: 4333,
    });
    expect(parseServeArguments(['-h'])).toBe('help');
  });

  it.each([
    [['--port', 'x'], /--port is a port from 1 to 65535/],
    [['--port', '65536'], /"65536" is none/],
    [['--port', '-1'], /--port is a port/],
    [['--broker-port', '0'], /--broker-port is a port/],
    [['--broker-port', '4222.5'], /--broker-port is a port/],
    [['--port', ''], /--port is a port/],
    [['--data', ''], /--data needs a folder/],
    [['--unknown'], /--unknown/],
    [['file'], /file/],
  ])('refuses %j with a sentence', (args, message) => {
    expect(() => parseServeArguments(args)).toThrow(message);
  });
});
