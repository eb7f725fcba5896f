import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InternalSink } from '../../../../broker/account/sink.ts';
import { createMonitor, type Monitor } from '../../../../broker/monitor/monitor.ts';
import type { BrokerOptions } from '../../../../broker/options.ts';
import { account, BusDouble, connection, type HostDouble, type HostFacts, hostDouble, NOW } from './doubles.ts';

const monitors: Monitor[] = [];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: NOW });
});

afterEach(async () => {
  await Promise.all(monitors.splice(0).map((monitor) => monitor.stop()));
  vi.useRealTimers();
});

interface Setup {
  host: HostDouble;
  bus: BusDouble;
  monitor: Monitor;
  system: NonNullable<HostDouble['systemAccount']>;
}

async function start(facts: HostFacts = {}): Promise<Setup> {
  const host = hostDouble(facts);
  const bus = new BusDouble();
  const monitor = createMonitor(host, bus);
  monitors.push(monitor);
  await monitor.start();
  return { host, bus, monitor, system: host.systemAccount as Setup['system'] };
}

/** Requests are answered behind the read they came with. */
/** What was answered to a few requests. A turn answers one at least, and what it has no time for the next one does. */
async function answers({ bus }: Setup): Promise<{ subject: string; value: unknown }[]> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
  return bus.published.map(({ subject, payload }) => ({ subject, value: JSON.parse(payload) as unknown }));
}

describe('requests', () => {
  it('are answered after the delivery, in order', async () => {
    const setup = await start();
    setup.bus.ask(setup.system, '$SYS.REQ.SERVER.PING.IDZ', '', { reply: 'one' });
    setup.bus.ask(setup.system, '$SYS.REQ.SERVER.NSERVER.HEALTHZ', '', { reply: 'two' });
    expect(setup.bus.published).toEqual([]);
    expect(await answers(setup)).toMatchObject([
      { subject: 'one', value: { name: 'double', host: '0.0.0.0', id: 'NSERVER' } },
      { subject: 'two', value: { server: { seq: 1, time: '2026-03-04T05:06:07.89Z' }, data: { status: 'ok' } } },
    ]);
  });

  it('that flood the system account wait, and what is too much is dropped with one line in the log', async () => {
    const setup = await start();
    for (let i = 0; i < 9_000; i++) setup.bus.ask(setup.system, '$SYS.REQ.SERVER.PING.IDZ');
    expect(setup.host.logged).toEqual(['warn Too many requests in the system account: some are not answered']);
    await vi.waitFor(() => expect(setup.bus.published).toHaveLength(8_192), { interval: 1 });
  });

  it('are answered no more after the end', async () => {
    const setup = await start();
    setup.bus.ask(setup.system, '$SYS.REQ.SERVER.PING.IDZ');
    await setup.monitor.stop();
    expect(await answers(setup)).toEqual([]);
    expect(setup.bus.subjects(setup.system)).toEqual([]);
  });

  it('follow the system account to another', async () => {
    const accounts = [account('$SYS'), account('OPS')];
    const setup = await start({ accounts });
    const subjects = setup.bus.subjects(setup.system);
    expect(subjects.length).toBeGreaterThan(40);
    setup.host.facts = { accounts, system: 'OPS' };
    setup.monitor.onReload();
    expect(setup.bus.subjects(setup.system)).toEqual([]);
    expect(setup.bus.subjects(setup.host.systemAccount as Setup['system'])).toEqual(subjects);
    setup.host.facts = { accounts, system: '' };
    setup.monitor.onReload();
    expect(accounts.flatMap(({ account }) => setup.bus.subjects(account))).toEqual([]);
  });

  it('tell who somebody is only to whom an import names', async () => {
    const sink = new InternalSink();
    const permissions = { subscribe: { deny: ['x'] } };
    const setup = await start({
      sinks: new Map([[sink, 7]]),
      connections: [connection(7, { user: 'U', account: '$G', nameTag: 'name', expiresAt: NOW + 90_500, permissions })],
    });
    const headers = Buffer.from('NATS/1.0\r\nNats-Request-Info: {}\r\n\r\n');
    setup.bus.ask(setup.system, '$SYS.REQ.USER.$G.INFO', '', { source: sink, headers, reply: 'imported' });
    setup.bus.ask(setup.system, '$SYS.REQ.USER.$G.INFO', '', { source: sink, reply: 'direct' });
    setup.bus.ask(setup.system, '$SYS.REQ.USER.$G.INFO', '', { source: undefined, headers, reply: 'server' });
    expect(await answers(setup)).toMatchObject([
      {
        subject: 'imported',
        value: {
          data: {
            user: 'U',
            account: '$G',
            account_name: '$G',
            user_name: 'name',
            permissions: { publish: {}, subscribe: { deny: ['x'] } },
            expires: 90_000_000_000,
          },
        },
      },
      { subject: 'direct', value: { data: { user: '', account: '' } } },
      { subject: 'server', value: { data: { user: '', account: '' } } },
    ]);
  });

  it('act on connections', async () => {
    const setup = await start({ connections: [connection(3)] });
    setup.bus.ask(setup.system, '$SYS.REQ.SERVER.NSERVER.KICK', '{"cid":3}');
    setup.bus.ask(setup.system, '$SYS.REQ.SERVER.NSERVER.KICK', '{"cid":3}', { reply: '' });
    setup.bus.ask(setup.system, '$SYS.REQ.SERVER.NSERVER.KICK', '', { reply: 'x' });
    setup.bus.ask(setup.system, '$SYS.REQ.SERVER.NSERVER.LDM', '{"cid":4}');
    const answered = await answers(setup);
    expect(setup.host.kicked).toEqual([3]);
    expect(setup.host.logged).toEqual([
      'error SYSTEM - Error unmarshalling kick client request: unexpected end of JSON input',
    ]);
    expect(answered.map(({ value }) => Object.keys(value as object))).toEqual([['server'], ['server', 'error']]);
  });
});

describe('reload', () => {
  const reload = async (options: BrokerOptions): Promise<unknown> => {
    const setup = await start({ options });
    setup.bus.ask(setup.system, '$SYS.REQ.SERVER.NSERVER.RELOAD');
    await vi.waitFor(() => expect(setup.bus.published).toHaveLength(1), { interval: 1 });
    return (await answers(setup))[0]?.value;
  };

  it('needs something to read', async () => {
    expect(await reload({})).toMatchObject({
      error: { code: 500, description: 'can only reload config when a file is provided using -c or --config' },
    });
  });

  it('is answered when it is done', async () => {
    expect(Object.keys((await reload({ requestReload: () => Promise.resolve() })) as object)).toEqual(['server']);
  });

  it('says what is wrong', async () => {
    const requestReload = (): Promise<void> => Promise.reject(new Error('config reload not supported for Port'));
    expect(await reload({ requestReload })).toMatchObject({
      error: { code: 500, description: 'config reload not supported for Port' },
    });
  });
});
