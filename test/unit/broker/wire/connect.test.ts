import { describe, expect, it } from 'vitest';
import { defaultConnectOptions, readConnect, redactConnect } from '../../../../broker/wire/connect.ts';
import { infoLine } from '../../../../broker/wire/info.ts';

describe('CONNECT', () => {
  it('has verbose, pedantic and echo on when they are left out', () => {
    expect(readConnect('{}', defaultConnectOptions())).toMatchObject({
      verbose: true,
      pedantic: true,
      echo: true,
      headers: false,
    });
  });

  it('keeps what an earlier one said', () => {
    const first = readConnect('{"name":"a","echo":false}', defaultConnectOptions());
    expect(readConnect('{"VERBOSE":false,"unknown":[1],"name":null}', first ?? defaultConnectOptions())).toMatchObject({
      name: 'a',
      echo: false,
      verbose: false,
    });
  });

  it.each(['', '{', '[]', '1', '"x"', '{"verbose":"yes"}', '{"protocol":1.5}', '{"user":1}', '{"lang":{}}'])(
    'refuses %j',
    (json) => {
      expect(readConnect(json, defaultConnectOptions())).toBeUndefined();
    },
  );

  it('does not reach for names that every object has', () => {
    expect(
      readConnect('{"constructor":1,"__proto__":{"verbose":false},"toString":2}', defaultConnectOptions()),
    ).toEqual(defaultConnectOptions());
  });

  it('shows no secret in the trace', () => {
    const line = '{"user":"u","pass":"s3\\"cret","auth_token":"tok","jwt":"ey.x","sig":"abc","name":"pass"}';
    expect(redactConnect(line)).toBe(
      '{"user":"u","pass":"[REDACTED]","auth_token":"[REDACTED]","jwt":"[REDACTED]","sig":"[REDACTED]","name":"pass"}',
    );
  });
});

describe('INFO', () => {
  it('has a blank before its end and no character that means something in HTML', () => {
    const line = infoLine({
      server_id: 'N',
      server_name: '<b>&',
      version: '2.15.1',
      proto: 1,
      go: 'node',
      host: '::1',
      port: 4222,
      headers: true,
      max_payload: 1,
    });
    expect(line).toBe(
      'INFO {"server_id":"N","server_name":"\\u003cb\\u003e\\u0026","version":"2.15.1","proto":1,"go":"node","host":"::1","port":4222,"headers":true,"max_payload":1} \r\n',
    );
  });
});
