import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkConfiguration } from '../../../../electron/broker-host/checks.ts';
import { openAddress, readConfiguration } from '../../../../electron/broker-host/configuration.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'natscope-checks-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const at = (text: string) => ({ file: join(folder, 'nats-server.conf'), text });
const check = (text: string, running: string | null = null) =>
  checkConfiguration(at(text), running === null ? null : at(running));

const base = 'server_name: a\nlisten: 127.0.0.1:4222\nmax_payload: 1MB\n';

describe('what is wrong', () => {
  it('is said with its place, all at once', () => {
    const { problems, plan } = check('port: 4222\nno_such_field: 1\nwrite_deadline: "soon"\n', base);
    expect(plan).toBeNull();
    expect(problems.map(({ grade, line, text }) => [grade, line, text])).toEqual([
      ['error', 2, 'unknown field "no_such_field"'],
      ['error', 3, expect.stringContaining('invalid duration')],
    ]);
    expect(problems.every(({ file }) => file === undefined)).toBe(true);
  });

  it('names the file that it stands in', () => {
    writeFileSync(join(folder, 'users.conf'), 'authorization {\n  users: [ { nobody: x } ]\n}\n');
    const { problems } = check('include users.conf\n');
    expect(problems[0]).toMatchObject({ grade: 'error', line: 2 });
    expect(problems[0]?.file).toMatch(/users\.conf$/);
  });

  it('includes options that do not go together, and a monitor that could not start', () => {
    expect(check('no_auth_user: nobody\n').problems[0]).toMatchObject({ grade: 'error' });
    expect(check('https: 8443\n').problems).toEqual([
      { grade: 'error', line: 1, column: 1, text: 'TLS cert and key required for HTTPS' },
    ]);
    expect(check('https: 8443\n').plan).toBeNull();
  });

  it('keeps warnings apart', () => {
    const { problems, plan } = check('ping_interval: 30\n', base);
    expect(problems).toMatchObject([{ grade: 'warning', line: 1 }]);
    expect(plan).not.toBeNull();
  });

  it('says no secret', () => {
    const { problems } = check(
      'authorization { user: ann, password: "s3cret", users: [ { user: bob, password: "s3cret" } ] }',
    );
    expect(problems.length).toBeGreaterThan(0);
    expect(JSON.stringify(problems)).not.toContain('s3cret');
  });

  it('looks for files in the folder of the configuration', () => {
    expect(check('tls { cert_file: "missing.pem", key_file: "missing.key" }\n').problems[0]?.text).toMatch(
      /missing\.pem/,
    );
    const { options } = readConfiguration(at('websocket { port: 9222, no_tls: true }\n'));
    expect(options.webSocket?.host).toBe('127.0.0.1');
  });
});

describe('what applying does', () => {
  const plan = (text: string, running: string) => check(text, running).plan;

  it('is a reload where it can be, and a restart where it cannot', () => {
    expect(plan(base.replace('1MB', '2MB'), base)).toEqual({ reload: ['max_payload'], restart: [] });
    const both = plan(base.replace('4222', '4333').replace('1MB', '2MB'), base);
    expect(both?.reload).toEqual(['max_payload']);
    expect(both?.restart).toEqual(['config reload not supported for Port: old=4222, new=4333']);
  });

  it('is nothing for comments, order and blanks', () => {
    expect(plan(`# mine\nmax_payload : 1MB\n\n${base.replace('max_payload: 1MB\n', '')}`, base)).toEqual({
      reload: [],
      restart: [],
    });
  });

  it('leaves out users and accounts that did not change', () => {
    const users = `${base}accounts { A { users: [ { user: u, password: p } ] } }\n`;
    expect(plan(users.replace('1MB', '2MB'), users)).toEqual({ reload: ['max_payload'], restart: [] });
    expect(plan(users.replace('user: u', 'user: v'), users)?.reload).toContain('users');
  });

  it('is nothing that counts while no broker runs', () => {
    expect(check(base).plan).toEqual({ reload: [], restart: [] });
  });

  it('is a restart where what runs cannot be told any more', () => {
    writeFileSync(join(folder, 'gone.conf'), 'debug: true\n');
    const running = 'include gone.conf\n';
    rmSync(join(folder, 'gone.conf'));
    expect(plan(base, running)?.restart).toHaveLength(1);
  });
});

describe('an open broker', () => {
  it('is warned of, at the line that opens it', () => {
    expect(check('server_name: a\nlisten: 0.0.0.0:4222\n').problems).toMatchObject([
      { grade: 'warning', line: 2, column: 1, text: expect.stringContaining('0.0.0.0:4222') as string },
    ]);
  });

  it.each([
    ['port: 4222', undefined],
    ['listen: 4222', undefined],
    ['host: 192.168.1.5', '192.168.1.5:4222'],
    ['host: 192.168.1.5\nauthorization { user: a, password: b }', undefined],
    ['host: 192.168.1.5\nauthorization { token: t }', undefined],
    ['host: 192.168.1.5\nauthorization { users: [ { user: a, password: b } ] }\nno_auth_user: a', '192.168.1.5:4222'],
    ['host: 192.168.1.5\naccounts { $SYS { users: [ { user: a, password: b } ] } }', '192.168.1.5:4222'],
    ['websocket { host: 0.0.0.0, port: 9222, no_tls: true }', '0.0.0.0:9222'],
    ['websocket { port: 9222, no_tls: true }', undefined],
  ])('%s', (text, open) => {
    const { options } = readConfiguration(at(text));
    expect(openAddress(options, { port: 4222 })).toBe(open);
  });
});
