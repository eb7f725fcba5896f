import { afterEach, describe, expect, test } from 'vitest';
import type { Profile } from '../../../../electron/bridge/contract.ts';
import { createConnector } from '../../../../electron/connections/connector.ts';
import type { Connector } from '../../../../electron/connections/connector.ts';
import type { LinkState } from '../../../../electron/connections/link-state.ts';
import type { ConnectFailure } from '../../../../electron/connections/failure-catalogue.ts';
import { deadline } from '../../../support/deadline.ts';
import { FakeServer, infoLine, natsLines } from '../../../support/fake-server.ts';

const text = new TextEncoder();
const ok = (line: string): string | undefined => (line === 'PING' ? 'PONG\r\n' : undefined);

class Watched {
  readonly states: LinkState[] = [];
  readonly failures: { server: string; failure: ConnectFailure }[] = [];
  readonly log: string[] = [];
  readonly connector: Connector;
  #changed: () => void = () => {};

  constructor(servers: string[], fields: Partial<Profile> = {}, retryMs = 10, pingMs = 60_000) {
    this.connector = createConnector({
      profile: {
        id: 'p',
        name: 'p',
        colour: 'grey',
        servers,
        readOnly: false,
        authentication: { method: 'none' },
        tls: {},
        subscribe: [],
        exclude: [],
        ...fields,
      },
      onState: (state) => {
        this.states.push(state);
        this.#changed();
      },
      onFailure: (server, failure) => this.failures.push({ server, failure }),
      log: (level, line) => this.log.push(`${level} ${line}`),
      random: () => 0,
      retryMs: { min: retryMs, max: retryMs * 4, afterLoss: 1 },
      pingMs,
    });
  }

  async until(condition: (state: LinkState) => boolean): Promise<LinkState> {
    const search = async (): Promise<LinkState> => {
      while (!condition(this.connector.state)) await new Promise<void>((resolve) => (this.#changed = resolve));
      return this.connector.state;
    };
    return deadline(search(), 4000, () => `not reached; states: ${JSON.stringify(this.states.slice(-5))}`);
  }
}

const open: Watched[] = [];
function watch(...args: ConstructorParameters<typeof Watched>): Watched {
  const watched = new Watched(...args);
  open.push(watched);
  return watched;
}
afterEach(async () => {
  for (const watched of open.splice(0)) await watched.connector.close();
});

const connected = (state: LinkState): boolean => state.phase === 'connected';

describe('attempts', () => {
  test('count up, wait longer each time, say when the next one is, and never end', async () => {
    const dead = await FakeServer.listen(() => {});
    const { port } = dead;
    await dead[Symbol.asyncDispose]();
    const watched = watch([`nats://127.0.0.1:${port}`]);
    watched.connector.open();
    await watched.until((state) => state.phase === 'failed' && state.attempt === 5);
    const waits = watched.states.filter((state) => state.phase === 'failed');
    expect(waits.map((state) => state.attempt)).toEqual([1, 2, 3, 4, 5]);
    expect(waits.every((state) => state.problem === 'nothing listens on this port')).toBe(true);
    for (const state of waits) expect(state.nextAttemptAt).toBeGreaterThan(0);
    expect(watched.failures).toHaveLength(5);
    expect(watched.failures[0]?.failure.code).toBe('refused');
  });

  test('open while waiting makes the attempt now', async () => {
    const dead = await FakeServer.listen(() => {});
    const { port } = dead;
    await dead[Symbol.asyncDispose]();
    const watched = watch([`nats://127.0.0.1:${port}`], {}, 60_000);
    watched.connector.open();
    await watched.until((state) => state.phase === 'failed');
    watched.connector.open();
    const second = await watched.until((state) => state.phase === 'failed' && state.attempt === 2);
    expect(second.problem).toBe('nothing listens on this port');
  });

  test('close ends the wait and an attempt that hangs', async () => {
    await using silent = await FakeServer.listen(() => {});
    const watched = watch([`nats://127.0.0.1:${silent.port}`], {}, 60_000);
    watched.connector.open();
    await watched.until((state) => state.phase === 'connecting');
    const before = performance.now();
    await watched.connector.close();
    expect(performance.now() - before).toBeLessThan(1000);
    expect(watched.connector.state).toEqual({ phase: 'closed', rate: 0 });
    expect(watched.failures).toEqual([]);
  });

  test('all servers are tried in turn; the failure that got furthest is told', async () => {
    const dead = await FakeServer.listen(() => {});
    const deadUrl = `nats://127.0.0.1:${dead.port}`;
    await dead[Symbol.asyncDispose]();
    await using refusing = await FakeServer.listen(
      natsLines({ auth_required: true }, (line, socket) => {
        if (line.startsWith('CONNECT')) socket.end("-ERR 'Authorization Violation'\r\n");
        return undefined;
      }),
    );
    const refusingUrl = `nats://127.0.0.1:${refusing.port}`;
    const watched = watch([refusingUrl, deadUrl], {}, 60_000);
    watched.connector.open();
    await watched.until((state) => state.phase === 'failed');
    expect(watched.failures).toMatchObject([{ server: refusingUrl, failure: { code: 'authorization-violation' } }]);
    await using good = await FakeServer.listen(natsLines({}, ok));
    watched.connector.setProfile({ ...profileOf(watched), servers: [deadUrl, `nats://127.0.0.1:${good.port}`] });
    watched.connector.open();
    expect((await watched.until(connected)).server).toBe(`nats://127.0.0.1:${good.port}`);
  });

  test('a server that the cluster named is used when that of the profile is gone', async () => {
    await using second = await FakeServer.listen(natsLines({ server_name: 'second' }, ok));
    const first = await FakeServer.listen(natsLines({ connect_urls: [`127.0.0.1:${second.port}`] }, ok));
    const watched = watch([`nats://127.0.0.1:${first.port}`]);
    watched.connector.open();
    await watched.until(connected);
    await first[Symbol.asyncDispose]();
    expect((await watched.until((state) => state.serverName === 'second')).server).toBe(
      `nats://127.0.0.1:${second.port}`,
    );
  });
});

function profileOf({ connector: _connector }: Watched): Profile {
  return {
    id: 'p',
    name: 'p',
    colour: 'grey',
    servers: [],
    readOnly: false,
    authentication: { method: 'none' },
    tls: {},
    subscribe: [],
    exclude: [],
  };
}

describe('the link', () => {
  test('keeps its subscriptions over a lost connection and over close and open', async () => {
    let sends = 0;
    await using server = await FakeServer.listen(
      natsLines({}, (line) => {
        if (!line.startsWith('SUB a')) return ok(line);
        const sid = line.split(' ').at(-1) ?? '';
        sends++;
        return `MSG a ${sid} 2\r\n#${sends}\r\n`;
      }),
    );
    const watched = watch([`nats://127.0.0.1:${server.port}`]);
    const { link } = watched.connector;
    const got: string[] = [];
    const errors: string[] = [];
    const subscription = link.subscribe(
      'a',
      'workers',
      (message) => got.push(Buffer.from(message.payload).toString()),
      (error) => errors.push(error),
    );
    watched.connector.open();
    await watched.until(connected);
    await link.flush();
    server.cut();
    const lost = await watched.until((state) => state.phase === 'reconnecting');
    expect(lost.problem).toBe('server closed the connection');
    await watched.until(connected);
    await link.flush();
    await watched.connector.close();
    expect(link.connected).toBe(false);
    watched.connector.open();
    await watched.until(connected);
    await link.flush();
    expect(got).toEqual(['#1', '#2', '#3']);
    expect(server.received).toContain('SUB a workers ');
    subscription.unsubscribe();
    await link.flush();
    expect(server.received).toMatch(/UNSUB \d+\r\nPING/);
    await watched.connector.close();
    watched.connector.open();
    await watched.until(connected);
    expect(sends).toBe(3);
    expect(errors).toEqual([]);
  });

  test('gives a refusal to the subscription it is about, and tries it again after a reconnect', async () => {
    await using server = await FakeServer.listen(
      natsLines({}, (line) => {
        if (line.startsWith('SUB secret')) return `-ERR 'Permissions Violation for Subscription to "secret"'\r\n`;
        if (line.startsWith('SUB q')) return `-ERR 'Permissions Violation for Subscription to "q" using queue "g"'\r\n`;
        if (line.startsWith('SUB late')) return `-ERR 'maximum subscriptions exceeded'\r\n`;
        return ok(line);
      }),
    );
    const watched = watch([`nats://127.0.0.1:${server.port}`]);
    const { link } = watched.connector;
    const errors: string[] = [];
    const add = (subject: string, queue?: string) =>
      link.subscribe(
        subject,
        queue,
        () => {},
        (error) => errors.push(`${subject}: ${error}`),
      );
    add('fine');
    add('secret');
    watched.connector.open();
    await watched.until(connected);
    await link.flush();
    add('q', 'g');
    await link.flush();
    add('late');
    await link.flush();
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(errors).toEqual([
      'secret: Permissions Violation for Subscription to "secret"',
      'q: Permissions Violation for Subscription to "q" using queue "g"',
      'late: maximum subscriptions exceeded',
    ]);
    expect(watched.connector.state.phase).toBe('connected');
    server.cut();
    await watched.until((state) => state.phase === 'reconnecting');
    await watched.until(connected);
    await link.flush();
    expect(errors.slice(3)).toContain('secret: Permissions Violation for Subscription to "secret"');
  });

  test('refuses what a server would refuse, before it is sent', async () => {
    await using server = await FakeServer.listen(natsLines({ max_payload: 10, headers: false }, ok));
    const watched = watch([`nats://127.0.0.1:${server.port}`]);
    const { link } = watched.connector;
    expect(() => link.publish('a', text.encode('x'))).toThrow(expect.objectContaining({ code: 'not-connected' }));
    await expect(link.flush()).rejects.toMatchObject({ code: 'not-connected' });
    watched.connector.open();
    await watched.until(connected);
    const refused = (code: string, ...args: Parameters<typeof link.publish>): void => {
      expect(() => link.publish(...args)).toThrow(expect.objectContaining({ code }));
    };
    refused('too-large', 'a', new Uint8Array(11));
    refused('too-large', 'a'.repeat(5000), new Uint8Array(1));
    refused('invalid-subject', '', new Uint8Array(1));
    refused('invalid-subject', 'a b', new Uint8Array(1));
    refused('invalid-subject', 'a', new Uint8Array(1), { reply: 'x\r\nPUB b 0' });
    refused('no-headers', 'a', new Uint8Array(1), { headers: [{ name: 'A', value: '1' }] });
    expect(() =>
      link.subscribe(
        'a..b',
        undefined,
        () => {},
        () => {},
      ),
    ).toThrow(expect.objectContaining({ code: 'invalid-subject' }));
    link.publish('a', new Uint8Array(10));
    await link.flush();
    expect(server.received).toMatch(/PUB a 10\r\n/);
    expect(server.received).not.toContain('PUB b');
  });

  test('refuses headers that would end early', async () => {
    await using server = await FakeServer.listen(natsLines({}, ok));
    const watched = watch([`nats://127.0.0.1:${server.port}`]);
    watched.connector.open();
    await watched.until(connected);
    const { link } = watched.connector;
    for (const header of [
      { name: 'A', value: 'x\r\nB: y' },
      { name: 'A: B', value: 'x' },
      { name: '', value: 'x' },
    ]) {
      expect(() => link.publish('a', new Uint8Array(0), { headers: [header] })).toThrow(
        expect.objectContaining({ code: 'invalid-header' }),
      );
    }
  });

  test('read-only: nothing is published, all is received', async () => {
    await using server = await FakeServer.listen(natsLines({}, ok));
    const watched = watch([`nats://127.0.0.1:${server.port}`], { readOnly: true });
    watched.connector.open();
    await watched.until(connected);
    expect(() => watched.connector.link.publish('a', new Uint8Array(1))).toThrow(
      expect.objectContaining({ code: 'read-only' }),
    );
    await watched.connector.link.flush();
    expect(server.received).not.toContain('PUB');
  });

  test('has inboxes under the prefix of the profile', () => {
    const inbox = watch(['nats://h'], { inboxPrefix: '_INBOX.me' }).connector.link.createInbox();
    expect(inbox).toMatch(/^_INBOX\.me\.\w{22}$/);
  });

  test('a callback that throws costs its message, not the connection', async () => {
    await using server = await FakeServer.listen(
      natsLines({}, (line) => (line.startsWith('SUB') ? 'MSG a 1 0\r\n\r\nMSG a 1 0\r\n\r\n' : ok(line))),
    );
    const watched = watch([`nats://127.0.0.1:${server.port}`]);
    let calls = 0;
    watched.connector.link.subscribe(
      'a',
      undefined,
      () => {
        calls++;
        throw new Error('mistake');
      },
      () => {},
    );
    watched.connector.open();
    await watched.until(connected);
    await watched.connector.link.flush();
    expect(calls).toBe(2);
    expect(watched.connector.state.phase).toBe('connected');
    expect(watched.log.filter((line) => line.includes('mistake'))).toHaveLength(1);
  });

  test('a flush under way fails when the connection goes', async () => {
    let pings = 0;
    await using server = await FakeServer.listen(
      natsLines({}, (line) => (line === 'PING' && ++pings <= 2 ? 'PONG\r\n' : undefined)),
    );
    const watched = watch([`nats://127.0.0.1:${server.port}`], {}, 60_000);
    watched.connector.open();
    await watched.until((state) => connected(state) && state.roundTrip !== undefined);
    const flush = watched.connector.link.flush();
    server.cut();
    await expect(flush).rejects.toMatchObject({ code: 'not-connected' });
  });
});

test('a server that answers no pings any more is left', async () => {
  let deaf = false;
  await using server = await FakeServer.listen(natsLines({}, (line) => (deaf ? undefined : ok(line))));
  const watched = watch([`nats://127.0.0.1:${server.port}`], {}, 60_000, 20);
  watched.connector.open();
  await watched.until((state) => connected(state) && state.roundTrip !== undefined);
  deaf = true;
  const lost = await watched.until((state) => state.phase === 'reconnecting');
  expect(lost.problem).toBe('no answer to pings');
});

test.each([[{ version: undefined }], [{ version: 5 }], [{ version: 'v3-beta', max_payload: 'much', server_name: {} }]])(
  'a server with %j in its INFO is connected to all the same',
  async (fields) => {
    await using server = await FakeServer.listen(natsLines(fields, ok));
    const watched = watch([`nats://127.0.0.1:${server.port}`]);
    watched.connector.open();
    const state = await watched.until(connected);
    expect(state.maxPayload).toBe(1_048_576);
    await watched.connector.link.flush();
  },
);

describe('the state', () => {
  test('has what the server said of itself, the round trip, and a shutdown when it announces one', async () => {
    await using server = await FakeServer.listen(
      natsLines({ client_id: 7, jetstream: true, server_name: 'n1' }, (line) =>
        line.startsWith('SUB') ? infoLine({ ldm: true, server_name: 'n1', client_id: 7 }) : ok(line),
      ),
    );
    const watched = watch([`nats://ann:pw@127.0.0.1:${server.port}`]);
    watched.connector.open();
    const state = await watched.until((seen) => connected(seen) && seen.roundTrip !== undefined);
    expect(state).toMatchObject({
      server: `nats://127.0.0.1:${server.port}`,
      serverName: 'n1',
      serverVersion: '2.15.1',
      clientIds: [7],
      headers: true,
      jetstream: true,
      maxPayload: 1_048_576,
      encrypted: false,
    });
    expect(state.roundTrip).toBeGreaterThan(0);
    watched.connector.link.subscribe(
      'x',
      undefined,
      () => {},
      () => {},
    );
    await watched.until((seen) => seen.problem === 'server is shutting down');
    expect(JSON.stringify([watched.states, watched.log])).not.toContain('pw@');
  });
});
