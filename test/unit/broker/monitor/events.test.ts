import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createMonitor, type Monitor } from '../../../../broker/monitor/monitor.ts';
import { account, BusDouble, connection, type HostDouble, hostDouble, NOW } from './doubles.ts';

let host: HostDouble;
let bus: BusDouble;
let monitor: Monitor;
const system = account('$SYS');

beforeEach(async () => {
  vi.useFakeTimers({ now: NOW });
  host = hostDouble({ accounts: [account('$G', { connections: 1 }), system, account('A', { connections: 1 })] });
  bus = new BusDouble();
  monitor = createMonitor(host, bus);
  await monitor.start();
});

afterEach(async () => {
  await monitor.stop();
  vi.useRealTimers();
});

function told(): string[] {
  return bus.published.map(({ subject }) => subject);
}

function connectionsNow(name: string, connections: number): void {
  const accounts = [...(host.facts.accounts ?? [])].filter((each) => each.name !== name);
  host.facts = { ...host.facts, accounts: [...accounts, account(name, { connections })] };
}

describe('events', () => {
  it('are not made where nobody hears them', () => {
    monitor.onConnect(connection(1, { account: 'A' }));
    monitor.onDisconnect(connection(1, { account: 'A', closedAt: NOW, reason: 'Client Closed' }));
    monitor.onAuthenticationError(connection(2), 'Authentication Failure');
    vi.advanceTimersByTime(60_000);
    expect(told()).toEqual([]);
  });

  it('come under the names that somebody listens to', () => {
    bus.listen(system.account, '$SYS.ACCOUNT.A.SERVER.CONNS');
    monitor.onConnect(connection(1, { account: 'A' }));
    expect(told()).toEqual(['$SYS.ACCOUNT.A.SERVER.CONNS']);
  });

  it('of one change have one id and one number', () => {
    bus.listen(system.account, '$SYS.>');
    monitor.onConnect(connection(1, { account: 'A' }));
    const [one, other, connect] = bus.published.map(
      ({ payload }) => JSON.parse(payload) as { id: string; server: { seq: number } },
    );
    expect(one).toEqual(other);
    expect(connect?.id).not.toBe(one?.id);
    expect(connect?.server.seq).toBe((one?.server.seq ?? 0) + 1);
  });

  it('of a refusal are told in the account that refused, too', () => {
    bus.listen(system.account, '$SYS.SERVER.*.CLIENT.AUTH.ERR');
    const refusing = host.account('A');
    bus.listen(refusing?.account ?? system.account, '$SYS.ACCOUNT.CLIENT.AUTH.ERR');
    monitor.onAuthenticationError(connection(2), 'Authentication Failure', { account: 'A', reason: 'go away' });
    expect(bus.published.map(({ account, subject }) => [account, subject])).toEqual([
      ['A', '$SYS.ACCOUNT.CLIENT.AUTH.ERR'],
      ['$SYS', '$SYS.SERVER.NSERVER.CLIENT.AUTH.ERR'],
    ]);
    expect(bus.published.map(({ payload }) => JSON.parse(payload) as unknown)).toMatchObject([
      { client: { acc: 'A', name_tag: '$G' }, reason: 'go away' },
      { client: { acc: '$G', name_tag: '$G' }, reason: 'Authentication Failure' },
    ]);
  });

  it('have the round trip in nanoseconds and the time of the end', () => {
    bus.listen(system.account, '$SYS.ACCOUNT.A.DISCONNECT');
    monitor.onDisconnect(connection(1, { account: 'A', closedAt: NOW - 10, reason: 'Kicked', rttMicros: 1_234.5 }));
    expect(JSON.parse(bus.published[0]?.payload ?? '')).toMatchObject({
      type: 'io.nats.server.advisory.v1.client_disconnect',
      client: { rtt: 1_234_500, stop: '2026-03-04T05:06:07.88Z' },
      reason: 'Kicked',
    });
  });
});

describe('connections of an account', () => {
  beforeEach(() => bus.listen(system.account, '$SYS.ACCOUNT.*.SERVER.CONNS'));

  it('are told again every half minute while there are any', () => {
    monitor.onConnect(connection(1, { account: 'A' }));
    vi.advanceTimersByTime(29_000);
    expect(told()).toHaveLength(1);
    vi.advanceTimersByTime(61_000);
    expect(told()).toHaveLength(4);
    connectionsNow('A', 0);
    monitor.onDisconnect(connection(1, { account: 'A', closedAt: NOW, reason: 'Client Closed' }));
    expect(told()).toHaveLength(5);
    vi.advanceTimersByTime(120_000);
    expect(told()).toHaveLength(5);
  });

  it('begin to count anew with every change', () => {
    monitor.onConnect(connection(1, { account: 'A' }));
    vi.advanceTimersByTime(20_000);
    monitor.onConnect(connection(2, { account: 'A' }));
    vi.advanceTimersByTime(20_000);
    expect(told()).toHaveLength(2);
  });

  it('are not told of $G, nor of an account that is gone', () => {
    monitor.onConnect(connection(1));
    monitor.onConnect(connection(2, { account: 'A' }));
    expect(told()).toEqual(['$SYS.ACCOUNT.A.SERVER.CONNS']);
    monitor.onAccountRemoved('A');
    vi.advanceTimersByTime(120_000);
    expect(told()).toHaveLength(1);
  });
});

describe('statistics', () => {
  const interest = (): void => bus.listen(system.account, '$SYS.SERVER.*.STATSZ');

  it('come often at first, then every ten seconds', () => {
    interest();
    const seconds = [0.25, 1.25, 3.25, 7.25, 15.25, 25.25, 35.25];
    const at: number[] = [];
    for (let ms = 50; ms <= 40_000; ms += 50) {
      const before = told().length;
      vi.advanceTimersByTime(50);
      if (told().length > before) at.push(ms / 1000);
    }
    expect(at).toEqual(seconds);
  });

  it('come at once where they are asked for without a reply', async () => {
    vi.advanceTimersByTime(20_000);
    interest();
    bus.ask(system.account, '$SYS.REQ.SERVER.PING', '', { reply: '' });
    bus.ask(system.account, '$SYS.REQ.SERVER.PING', '', { reply: '' });
    await Promise.resolve();
    expect(told()).toEqual(['$SYS.SERVER.NSERVER.STATSZ', '$SYS.SERVER.NSERVER.STATSZ']);
  });

  it('count accounts that have somebody in them', () => {
    interest();
    vi.advanceTimersByTime(250);
    expect(JSON.parse(bus.published[0]?.payload ?? '')).toMatchObject({
      statsz: { active_accounts: 2, active_servers: 1 },
    });
  });
});

describe('the end', () => {
  it('is told, and nothing after it', async () => {
    bus.listen(system.account, '$SYS.>');
    monitor.onLameDuck();
    monitor.onShutdown();
    await monitor.stop();
    expect(told()).toEqual(['$SYS.SERVER.NSERVER.LAMEDUCK', '$SYS.SERVER.NSERVER.SHUTDOWN']);
    vi.advanceTimersByTime(60_000);
    expect(told()).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });
});
