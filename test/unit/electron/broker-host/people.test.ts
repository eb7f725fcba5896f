import { describe, expect, it } from 'vitest';
import type { MonitoredConnection, MonitorHost } from '../../../../broker/index.ts';
import type { BrokerPerson, Requests } from '../../../../electron/bridge/contract.ts';
import { createPeople } from '../../../../electron/broker-host/people.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Params = Requests['broker.people']['params'];

class FakeMonitor {
  now = 1000;
  readonly list: {
    name: string;
    displayName?: string;
    system?: boolean;
    expired?: boolean;
    in: number;
    out: number;
  }[] = [];
  readonly clients: (Writable<Partial<MonitoredConnection>> & { clientId: number; account: string })[] = [];
  readonly #accounts = new Map<string, object>();

  #account(name: string): object {
    const known = this.#accounts.get(name) ?? {};
    this.#accounts.set(name, known);
    return known;
  }

  host(): MonitorHost {
    const connections = () =>
      this.clients.map((client) => ({
        kind: 'Client',
        type: 'nats',
        ip: '127.0.0.1',
        port: 1000 + client.clientId,
        startedAt: 5,
        lastActivityAt: 6,
        rttMicros: undefined,
        pendingBytes: 0,
        inMessages: 0,
        inBytes: 0,
        outMessages: 0,
        outBytes: 0,
        name: '',
        language: '',
        version: '',
        tls: undefined,
        user: '',
        jwt: '',
        issuerKey: '',
        nameTag: '',
        tags: [],
        permissions: undefined,
        expiresAt: undefined,
        subscriptionCount: 0,
        subscriptions: () => [],
        ...client,
      }));
    const fake = {
      systemAccount: this.#account(this.list.find(({ system }) => system === true)?.name ?? ''),
      accounts: () =>
        this.list.map((one) => ({
          account: this.#account(one.name),
          name: one.name,
          options: { name: one.name, displayName: one.displayName },
          expired: one.expired ?? false,
          incomplete: false,
          inMessages: one.in,
          outMessages: one.out,
          slowConsumers: 0,
        })),
      connections,
      connection: (id: number) => connections().find(({ clientId }) => clientId === id),
    };
    return fake as unknown as MonitorHost;
  }

  people() {
    return createPeople(this.host(), () => this.now);
  }
}

function three(): FakeMonitor {
  const monitor = new FakeMonitor();
  monitor.list.push(
    { name: '$SYS', system: true, in: 0, out: 0 },
    { name: 'SHOP', in: 10, out: 20 },
    { name: '$G', in: 0, out: 0 },
  );
  monitor.clients.push(
    { clientId: 1, account: 'SHOP', name: 'zeta', user: 'orders', subscriptionCount: 2, inMessages: 10 },
    { clientId: 2, account: '$G', name: 'alpha' },
    { clientId: 3, account: 'SHOP', name: 'beta', user: 'billing', subscriptionCount: 5, outMessages: 7 },
  );
  return monitor;
}

const all: Params = { open: null, filter: '', sort: 'since', first: 0, count: 100 };
const names = (rows: BrokerPerson[]) => rows.map((row) => (row.kind === 'account' ? `[${row.account}]` : row.name));

describe('people', () => {
  it('stand below their accounts: $G, the others by name, the system account', () => {
    const { rows, total, accounts, connections } = three().people().look(all);
    expect(names(rows)).toEqual(['[$G]', 'alpha', '[SHOP]', 'zeta', 'beta', '[$SYS]']);
    expect({ total, accounts, connections }).toEqual({ total: 6, accounts: 3, connections: 3 });
    expect(rows[2]).toMatchObject({ connections: 2, subscriptions: 7, system: false, open: true });
    expect(rows[5]).toMatchObject({ connections: 0, system: true });
  });

  it('of closed accounts are counted, not shown', () => {
    const { rows, total } = three()
      .people()
      .look({ ...all, open: ['$G'] });
    expect(names(rows)).toEqual(['[$G]', 'alpha', '[SHOP]', '[$SYS]']);
    expect(rows[2]).toMatchObject({ open: false, connections: 2 });
    expect(total).toBe(4);
  });

  it('are answered for the rows that are drawn', () => {
    const part = three()
      .people()
      .look({ ...all, first: 3, count: 2 });
    expect(names(part.rows)).toEqual(['zeta', 'beta']);
    expect(part).toMatchObject({ first: 3, total: 6 });
  });

  it('are filtered by every word, and keep their account in sight', () => {
    const look = (filter: string) =>
      names(
        three()
          .people()
          .look({ ...all, filter }).rows,
      );
    expect(look('BILL')).toEqual(['[SHOP]', 'beta']);
    expect(look('shop orders')).toEqual(['[SHOP]', 'zeta']);
    expect(look('sys')).toEqual(['[$SYS]']);
    expect(look('127.0.0.1')).toEqual(['[$G]', 'alpha', '[SHOP]', 'zeta', 'beta']);
    expect(look('nobody')).toEqual([]);
  });

  it.each([
    ['name', ['beta', 'zeta']],
    ['since', ['zeta', 'beta']],
    ['subscriptions', ['beta', 'zeta']],
    ['in', ['zeta', 'beta']],
    ['out', ['beta', 'zeta']],
  ] as const)('are sorted by %s', (sort, order) => {
    const { rows } = three()
      .people()
      .look({ ...all, sort, filter: 'SHOP' });
    expect(names(rows)).toEqual(['[SHOP]', ...order]);
  });

  it('have rates between two looks, however often somebody looks', () => {
    const monitor = three();
    const people = monitor.people();
    const zeta = () => people.look(all).rows.find((row) => row.kind === 'client' && row.name === 'zeta');
    expect(zeta()).toMatchObject({ inRate: 0 });
    monitor.now += 2000;
    monitor.clients[0]!.inMessages = 110;
    monitor.list[1]!.in = 110;
    const { rows } = people.look(all);
    expect(rows.find((row) => row.kind === 'client' && row.name === 'zeta')).toMatchObject({ inRate: 50 });
    expect(rows.find((row) => row.kind === 'account' && row.account === 'SHOP')).toMatchObject({ inRate: 50 });
    // Another window a moment later sees the same.
    monitor.now += 100;
    expect(zeta()).toMatchObject({ inRate: 50 });
    // Somebody new has none yet.
    monitor.clients.push({ clientId: 9, account: '$G', name: 'new', inMessages: 1000 });
    monitor.now += 1000;
    expect(people.look(all).rows.find((row) => row.kind === 'client' && row.name === 'new')).toMatchObject({
      inRate: 0,
    });
  });

  it('say in words what they said in bytes', () => {
    const monitor = three();
    monitor.clients.push({ clientId: 4, account: '$G', name: Buffer.from('Gerät').toString('latin1'), user: '\xff' });
    const { rows } = monitor.people().look({ ...all, filter: 'gerät' });
    expect(rows[1]).toMatchObject({ name: 'Gerät', user: '\xff' });
  });

  it('name accounts of keys as people do', () => {
    const monitor = three();
    monitor.list.push({ name: 'AKEY', displayName: 'PLANT', expired: true, in: 0, out: 0 });
    const rows = monitor
      .people()
      .look(all)
      .rows.filter(({ kind }) => kind === 'account');
    expect(rows.map((row) => row.kind === 'account' && (row.title ?? row.account))).toEqual([
      '$G',
      'PLANT',
      'SHOP',
      '$SYS',
    ]);
    expect(rows[1]).toMatchObject({ trouble: 'expired' });
  });
});

describe('one of them', () => {
  it('is shown with what it may do and what it listens to', () => {
    const monitor = three();
    monitor.clients[0]!.permissions = {
      publish: { allow: ['orders.>'], deny: ['orders.secret'] },
      allowResponses: { messagesMax: 1, expiresMs: 120_000 },
    };
    monitor.clients[0]!.subscriptions = () => [
      { subject: 'b', queue: 'q', sid: '1', delivered: 3, max: 0, clientId: 1 },
      { subject: 'a', queue: undefined, sid: '2', delivered: 0, max: 5, clientId: 1 },
    ];
    const detail = monitor.people().detail(1);
    expect(detail).toMatchObject({
      person: { name: 'zeta', user: 'orders' },
      permissions: {
        publish: { allow: ['orders.>'], deny: ['orders.secret'] },
        subscribe: { allow: null, deny: [] },
        responses: { messages: 1, milliseconds: 120_000 },
      },
      subscriptions: [
        { subject: 'a', delivered: 0, max: 5 },
        { subject: 'b', queue: 'q', delivered: 3, max: 0 },
      ],
      more: 0,
    });
    expect(detail).not.toHaveProperty('jwt');
  });

  it('shows of a JWT what is no secret', () => {
    const monitor = three();
    Object.assign(monitor.clients[1]!, { jwt: 'eyJ.secret.sig', nameTag: 'ann', issuerKey: 'AISSUER', expiresAt: 9 });
    const detail = monitor.people().detail(2);
    expect(detail?.jwt).toEqual({ name: 'ann', tags: [], issuer: 'AISSUER', expiresAt: 9000 });
    expect(JSON.stringify(detail)).not.toContain('eyJ');
  });

  it('may have gone, or have more subscriptions than anybody reads', () => {
    const monitor = three();
    expect(monitor.people().detail(99)).toBeNull();
    monitor.clients[1]!.subscriptions = () =>
      Array.from({ length: 1200 }, (_, index) => ({
        subject: `s.${index}`,
        queue: undefined,
        sid: String(index),
        delivered: 0,
        max: 0,
        clientId: 2,
      }));
    const detail = monitor.people().detail(2);
    expect(detail?.subscriptions).toHaveLength(1000);
    expect(detail?.more).toBe(200);
  });
});
