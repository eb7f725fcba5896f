import { describe, expect, it, test } from 'vitest';
import type { BrokerOptions } from '../../../../broker/options.ts';
import { planReload } from '../../../../broker/config/reload.ts';
import { load } from './reading.ts';

function plan(before: string, after: string): { changes: string[]; refused: readonly string[] } {
  const { changes, refused } = planReload(load(`${before}\n`), load(`${after}\n`));
  return { changes: changes.map(({ text }) => text), refused };
}

const ALWAYS = ['Reloaded: authorization users', 'Reloaded: accounts'];

// One change at a time is held against the real server by the conformance cases.
describe('a reload', () => {
  it('tells everything that it refuses', () => {
    expect(plan('', 'max_pending: 1MB\nserver_name: a\nlame_duck_duration: "1m"\ndebug: true').refused).toEqual([
      'config reload not supported for ServerName: old=, new=a',
      'config reload not supported for MaxPending: old=67108864, new=1048576',
      'config reload not supported for LameDuckDuration: old=2m0s, new=1m0s',
    ]);
  });

  it('leaves what may be any port where it is', () => {
    expect(plan('port: 4333', 'port: -1')).toEqual({ changes: ALWAYS, refused: [] });
    expect(plan('port: 4222', '').refused).toEqual([]);
    expect(plan('port: -1', 'port: 4333').refused).toEqual(['config reload not supported for Port: old=-1, new=4333']);
    expect(plan('websocket { port: 8080, no_tls: true }', 'websocket { port: -1, no_tls: true }').refused).toEqual([]);
  });

  it('does not care for the order of lists where order means nothing', () => {
    const key = (name: string): string => `{ nkey: ${name} }`;
    const [one, two] = [
      'UDOUTTJB2Z3FBHZURZO4P4C2NMVRIUHUNHIZIXR2H37JWLMNKXQ2B4YY',
      'UCHTC6QHIBOWNPW45RMVJM7F4NOMN5JDLKCJ5BGD4K6YVTDJEME7JF2V',
    ].map(key);
    expect(
      plan(`authorization { users: [ ${one}, ${two} ] }`, `authorization { users: [ ${two}, ${one} ] }`).changes,
    ).toEqual(ALWAYS);
  });

  test('of certificates is one when there is something else in the files', () => {
    const at = (filesDigest: string): { broker: BrokerOptions; program: object } => ({
      broker: { tls: { certFile: 'a', keyFile: 'b', filesDigest } },
      program: {},
    });
    expect(planReload(at('1'), at('1')).changes.map(({ name }) => name)).not.toContain('tls');
    expect(planReload(at('1'), at('2')).changes).toContainEqual({ name: 'tls', text: 'Reloaded: tls = enabled' });
  });

  it.each([
    [
      'websocket { port: 8080, no_tls: true }',
      'websocket { port: 8081, no_tls: true, compression: true }',
      'config reload not supported for Websocket: old={port: 8080, compression: none}, new={port: 8081, compression: true}',
    ],
    [
      'websocket { port: 8080, no_tls: true }',
      'websocket { port: 8080, no_tls: true, authorization { user: a, password: s3cr3t } }',
      'config reload not supported for Websocket: old={user: none, password: none}, new={user: "a", password: [REDACTED]}',
    ],
    [
      'mqtt { port: 1883 }',
      'mqtt { port: 1884 }',
      'config reload not supported for MQTT: old={port: 1883}, new={port: 1884}',
    ],
    [
      'gateway { name: a, port: 1 }',
      'gateway { name: a, port: 2 }',
      'config reload not supported for Gateway: old={port: 1}, new={port: 2}',
    ],
    [
      'leafnodes { port: 1, authorization { user: a, password: x } }',
      'leafnodes { port: 1, authorization { user: a, password: y } }',
      'config reload not supported for LeafNode: field "Password": old=[REDACTED], new=[REDACTED]',
    ],
    [
      'jetstream { key: a }',
      'jetstream { key: b }',
      'config reload not supported for JetStreamKey: old=[REDACTED], new=[REDACTED]',
    ],
  ])('refuses %s to %s, without showing a secret', (before, after, reason) => {
    expect(plan(before, after).refused).toEqual([reason]);
  });

  it.each([
    [
      '',
      'proxies { trusted: [ { key: UDOUTTJB2Z3FBHZURZO4P4C2NMVRIUHUNHIZIXR2H37JWLMNKXQ2B4YY } ] }',
      'Reloaded: proxies trusted keys ["UDOUTTJB2Z3FBHZURZO4P4C2NMVRIUHUNHIZIXR2H37JWLMNKXQ2B4YY"] were added',
    ],
    ['', 'default_sentinel: eyJzZWNyZXQ', 'Reloaded: default_sentinel = [REDACTED]'],
    ['', 'log_file: "a.log"', 'Reloaded: log_file = a.log'],
    ['', 'syslog: true', 'Reloaded: syslog = true'],
    ['', 'logtime: false', 'Reloaded: logtime = false'],
  ])('from %s to %s says so', (before, after, line) => {
    const { changes, refused } = plan(before, after);
    expect(refused).toEqual([]);
    expect(changes.toSorted()).toEqual([...ALWAYS, line].toSorted());
  });
});
