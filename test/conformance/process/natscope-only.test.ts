import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { RawClient } from '../../support/raw-client.ts';
import { natscopeServer, ServerProcess, startServer } from '../../support/server-process.ts';

describe.concurrent('natscope-server', () => {
  test.each([
    [
      ['--cluster', 'nats://u:hunter2@127.0.0.1:-1', '--routes', 'nats://u:hunter2@127.0.0.1:1'],
      'Clusters are not available in this build: routes are neither opened nor accepted',
    ],
  ])('%j is taken and said to be without effect', async (words, warning) => {
    await using server = await startServer(natscopeServer, words);
    expect(server.stderr).toContain(`[WRN] ${warning}\n`);
    expect(server.stderr).not.toContain('hunter2');
  });

  test('its own version stands beside that of the protocol', async () => {
    await using server = await startServer(natscopeServer);
    expect(server.stderr).toMatch(/Starting natscope-server\n.* Version: {2}2\.15\.1\n.* Natscope: \d+\.\d+\.\d+\n/);
  });

  test('a password without a user is warned of', async () => {
    await using server = await startServer(natscopeServer, ['--pass', 'x']);
    expect(server.stderr).toContain('[WRN] --pass without --user has no effect');
  });

  test.runIf(process.platform === 'linux')('secrets are not to be seen by others on the machine', async () => {
    const words = ['--user', 'ada', '--pass', 'hunter2', '--auth=hunter3', '-n', 'harbour'];
    await using server = await startServer(natscopeServer, words);
    const commandLine = await readFile(`/proc/${server.pid}/cmdline`, 'latin1');
    expect(commandLine).toMatch(/^natscope-server .*--pass \[REDACTED\]/);
    expect(commandLine).not.toMatch(/hunter/);
    expect((await readFile(`/proc/${server.pid}/comm`, 'latin1')).trim()).toBe('natscope-server');
  });

  test('a debugger is not opened by SIGUSR1, however early it comes', async () => {
    await using server = new ServerProcess(natscopeServer, ['-a', '127.0.0.1', '-p', '-1', '-n', 'harbour']);
    await server.logged(/Starting/);
    server.signal('SIGUSR1');
    await server.ready();
    await server.logged(/Trapped "user defined signal 1" signal/);
    expect(server.stderr).not.toContain('Debugger');
  });

  test('it goes on while nobody reads its log, and counts what was lost', async () => {
    await using server = await startServer(natscopeServer, ['-DV']);
    using client = await unread(server);
    // Some MB of trace, far beyond what a pipe holds and what the server keeps for it.
    for (let round = 0; round < 20; round++) {
      client.send(`${LONG_LINE.repeat(200)}PING\r\n`);
      await client.expectText('PONG\r\n');
    }
    server.child.stderr?.resume();
    const lost = server.logged(/\d+ log lines were dropped because nobody read them/);
    let told = '';
    void lost.then(([line]) => (told = line));
    // The loss is told with the next line that has room.
    while (told === '') {
      client.send('PING\r\n');
      await client.expectText('PONG\r\n');
      await Promise.race([lost, new Promise((resolve) => setTimeout(resolve, 20))]);
    }
    expect(Number.parseInt(told, 10)).toBeGreaterThan(100);
  });

  test('it ends on a signal while nobody reads its log', async () => {
    await using server = await startServer(natscopeServer, ['-DV']);
    using client = await unread(server);
    client.send(`${LONG_LINE.repeat(1500)}PING\r\n`);
    await client.expectText('PONG\r\n');
    const exited = once(server.child, 'exit');
    server.signal('SIGTERM');
    expect(await exited).toEqual([0, null]);
    server.child.stderr?.resume();
  });
});

const LONG_LINE = `PUB ${'s'.repeat(1000)} 0\r\n\r\n`;

/** A client of a server whose log is not read any more. */
async function unread(server: ServerProcess): Promise<RawClient> {
  server.child.stderr?.pause();
  const client = await RawClient.open(server.port);
  client.answersPings = true;
  await client.expectMatch(/^INFO [^\n]*\n/);
  client.send('CONNECT {"verbose":false}\r\n');
  return client;
}
