import { describe, expect, it } from 'vitest';
import { BrokerError } from '../../../../broker/base/broker-error.ts';
import { type HttpAnswer, HttpEndpoints } from '../../../../broker/monitor/http-endpoints.ts';
import { Resources } from '../../../../broker/monitor/resources.ts';
import { account, connection, type HostDouble, type HostFacts, hostDouble, NOW } from './doubles.ts';

function endpoints(host: HostDouble, basePath = ''): (target: string) => HttpAnswer {
  const made = new HttpEndpoints(host, new Resources(), () => NOW, basePath);
  return (target) => made.answer(target);
}

function get(target: string, facts: HostFacts = {}): Record<string, unknown> {
  return JSON.parse(endpoints(hostDouble(facts))(target).body) as Record<string, unknown>;
}

function connections(target: string, facts: HostFacts): Record<string, unknown>[] {
  return get(target, facts)['connections'] as Record<string, unknown>[];
}

describe('paths', () => {
  it.each(['/base', '/base/', 'base', 'base//'])('stand under the base path %s', (basePath) => {
    const ask = endpoints(hostDouble(), basePath);
    expect(ask('/base/varz').status).toBe(200);
    expect(ask('/base').headers['Content-Type']).toBe('text/html; charset=utf-8');
    expect([ask('/varz').status, ask('/').status, ask('/base/').status, ask('/base/x').status]).toEqual([
      404, 404, 404, 404,
    ]);
  });

  it('are taken apart from their query, with escapes', () => {
    const ask = endpoints(hostDouble());
    expect(ask('/%76arz?a=?b').status).toBe(200);
    expect(ask('/var%zz').status).toBe(404);
    expect(ask('').status).toBe(301);
  });

  it('never lead elsewhere', () => {
    const ask = endpoints(hostDouble());
    for (const target of ['//evil.example/x', '/../../etc/passwd', '/a//b/%2e%2e/..//c']) {
      const { status, headers } = ask(target);
      expect(status).toBe(301);
      expect(headers['Location']).toMatch(/^\/(?!\/)/);
    }
  });

  it('are not ready while clients cannot connect', () => {
    const host = Object.defineProperty(hostDouble(), 'clientAddress', {
      get: () => {
        throw new BrokerError('invalid-state', 'the broker is not listening');
      },
    });
    expect(endpoints(host)('/varz').status).toBe(503);
  });

  it('hide no mistake of ours', () => {
    const host = Object.defineProperty(hostDouble(), 'counters', {
      get: () => {
        throw new TypeError('a mistake');
      },
    });
    expect(() => endpoints(host)('/varz')).toThrow(TypeError);
  });
});

describe('varz', () => {
  it('names our version beside the one it gives the behaviour of', () => {
    const keys = Object.keys(get('/varz', { options: { natscopeVersion: '1.2.3' } }));
    expect(keys.slice(0, 5)).toEqual(['server_id', 'server_name', 'version', 'natscope', 'proto']);
    expect(Object.keys(get('/varz'))).not.toContain('natscope');
  });

  it('tells of HTTPS by its own port', () => {
    const varz = get('/varz', { options: { monitoring: { port: 8443, secure: true, host: '::1' } } });
    expect(varz).toMatchObject({ http_host: '::1', http_port: 0, https_port: 8443 });
  });

  it('tells when certificates end', () => {
    const host = Object.assign(hostDouble({ options: { webSocket: { port: 80 } } }), {
      certificateEnd: (listener: string) => (listener === 'client' ? NOW : NOW + 1000),
    });
    const varz = JSON.parse(endpoints(host)('/varz').body) as Record<string, unknown>;
    expect(varz['tls_cert_not_after']).toBe('2026-03-04T05:06:07.89Z');
    expect(varz['websocket']).toMatchObject({ port: 80, tls_cert_not_after: '2026-03-04T05:06:08.89Z' });
  });

  it('shows operators and what their tokens say', () => {
    const jwt = `x.${Buffer.from('{"name":"op","nats":{"type":"operator"}}').toString('base64url')}.y`;
    const varz = get('/varz', { options: { operator: { operators: [jwt] } } });
    expect(varz['trusted_operators_jwt']).toEqual([jwt]);
    expect(varz['trusted_operators_claim']).toEqual([{ name: 'op', nats: { type: 'operator' } }]);
  });

  it('sums the subscriptions of all accounts', () => {
    const accounts = [account('$G', { subscriptionCount: 2 }), account('$SYS', { subscriptionCount: 40 })];
    expect(get('/varz', { accounts })['subscriptions']).toBe(42);
  });

  it('writes tags once, in small letters', () => {
    expect(get('/varz', { options: { serverTags: [' A', 'a', 'B ', ''] } })['tags']).toEqual(['a', 'b']);
  });
});

describe('connz', () => {
  const bearer = `x.${Buffer.from('{"nats":{"bearer_token":true}}').toString('base64url')}.y`;
  const plain = `x.${Buffer.from('{"nats":{"bearer_token":false}}').toString('base64url')}.y`;

  it('shows JWTs to who asks, bearer tokens to nobody', () => {
    const known = { jwt: plain, issuerKey: 'AISSUER', tags: ['one'], nameTag: 'user name', account: 'A', user: 'U' };
    const facts = {
      accounts: [account('A', { options: { name: 'A', displayName: 'Account A' } })],
      connections: [connection(1, known), connection(2, { ...known, jwt: bearer })],
    };
    const [first, second] = connections('/connz?auth=1', facts);
    expect(first).toMatchObject({
      authorized_user: 'U',
      account: 'A',
      jwt: plain,
      issuer_key: 'AISSUER',
      name_tag: 'Account A',
      tags: ['one'],
    });
    expect(second).toMatchObject({ authorized_user: 'U', issuer_key: 'AISSUER' });
    expect(second).not.toHaveProperty('jwt');
    const [unasked] = connections('/connz', facts);
    for (const key of ['authorized_user', 'account', 'jwt', 'issuer_key', 'name_tag', 'tags'])
      expect(unasked).not.toHaveProperty(key);
  });

  it('tells what closed connections showed without being asked', () => {
    const closed = [
      connection(1, {
        closedAt: NOW - 500,
        reason: 'Kicked',
        jwt: plain,
        nameTag: 'user name',
        account: 'A',
        user: 'U',
      }),
    ];
    const [shown] = connections('/connz?state=closed', { closed, accounts: [account('A')] });
    expect(shown).toMatchObject({
      stop: '2026-03-04T05:06:07.39Z',
      reason: 'Kicked',
      uptime: '1m0s',
      idle: '0s',
      jwt: plain,
      name_tag: 'user name',
    });
    expect(shown).not.toHaveProperty('authorized_user');
  });

  it('names an account that is gone by its only name', () => {
    const closed = [connection(1, { closedAt: NOW, account: 'gone' })];
    expect(connections('/connz?state=closed&auth=1', { closed })[0]).toMatchObject({
      account: 'gone',
      name_tag: 'gone',
    });
  });

  it('has the round trip measured where none is known, but not of who has said nothing', () => {
    const host = hostDouble({
      connections: [
        connection(1, { rttMicros: undefined, language: 'js' }),
        connection(2, { rttMicros: undefined }),
        connection(3, { language: 'js' }),
      ],
    });
    const { connections } = JSON.parse(endpoints(host)('/connz').body) as { connections: { rtt: string }[] };
    expect(connections.map(({ rtt }) => rtt)).toEqual(['0s', '0s', '397µs']);
    expect(host.measured).toEqual([1]);
  });

  it('cuts round trips of less than a millisecond to whole microseconds', () => {
    const facts = { connections: [connection(1, { rttMicros: 12.75 }), connection(2, { rttMicros: 1_200.5 })] };
    expect(connections('/connz', facts).map(({ rtt }) => rtt)).toEqual(['12µs', '1.2005ms']);
  });

  it('shows TLS, and certificates to who asks', () => {
    const tls = { version: '1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', verified: false, certificates: [] };
    const facts = { connections: [connection(1, { tls, tlsFirst: true, type: 'websocket' as const })] };
    expect(connections('/connz?auth=1', facts)[0]).toMatchObject({
      type: 'websocket',
      tls_version: '1.3',
      tls_cipher_suite: 'TLS_AES_128_GCM_SHA256',
      tls_first: true,
    });
  });

  it('shows waiting bytes and how often a publisher was held back', () => {
    const facts = { connections: [connection(1, { pendingBytes: 77, stalls: 3 }), connection(2)] };
    const [first, second] = connections('/connz?sort=pending', facts);
    expect(first).toMatchObject({ cid: 1, pending_bytes: 77, stalls: 3 });
    expect(second).not.toHaveProperty('stalls');
  });

  it('sorts equal connections by their ids', () => {
    const facts = { connections: [connection(3), connection(1), connection(2)] };
    for (const sort of ['subs', 'rtt', 'idle', 'uptime', 'last']) {
      expect(connections(`/connz?sort=${sort}`, facts).map(({ cid }) => cid)).toEqual([1, 2, 3]);
    }
  });

  it('takes no name of the prototype for a sort order', () => {
    expect(endpoints(hostDouble())('/connz?sort=constructor')).toMatchObject({
      status: 400,
      body: 'invalid sorting option: constructor',
    });
  });

  it('turns latin1 into what people read', () => {
    const name = Buffer.from('日本').toString('latin1');
    const subscription = { subject: name, queue: name, sid: '1', delivered: 0, max: 0, clientId: 1 };
    const facts = { connections: [connection(1, { name, subscriptionCount: 1, subscriptions: () => [subscription] })] };
    expect(connections('/connz?subs=detail', facts)[0]).toMatchObject({
      name: '日本',
      subscriptions_list_detail: [{ subject: '日本', qgroup: '日本' }],
    });
  });
});

describe('accounts', () => {
  it('tell what their JWT says', () => {
    const claims = {
      iss: 'OISSUER',
      name: 'Shop',
      nats: { tags: ['eu'], revocations: { UKEY: 1_700_000_000, '*': 1 } },
    };
    const jwt = `x.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.y`;
    const accounts = [
      account('AKEY', { options: { name: 'AKEY', displayName: 'Shop', jwt }, expired: true, incomplete: true }),
    ];
    expect(get('/accountz?acc=AKEY', { accounts, system: '' })['account_detail']).toMatchObject({
      account_name: 'AKEY',
      expired: true,
      complete: false,
      jwt,
      issuer_key: 'OISSUER',
      name_tag: 'Shop',
      tags: ['eu'],
      decoded_jwt: claims,
      revoked_user: { '*': '1970-01-01T00:00:01Z', UKEY: '2023-11-14T22:13:20Z' },
    });
  });

  it('bear a JWT that cannot be read', () => {
    const accounts = [account('A', { options: { name: 'A', jwt: 'x.!!.y' } })];
    expect(get('/accountz?acc=A', { accounts, system: '' })['account_detail']).not.toHaveProperty('decoded_jwt');
  });

  it('map to clusters, each with its weights', () => {
    const mappings = [
      {
        source: 'a',
        destinations: [
          { subject: 'b', weight: 70 },
          { subject: 'c', weight: 100, cluster: 'east' },
        ],
      },
    ];
    const accounts = [account('A', { options: { name: 'A', mappings } })];
    expect(get('/accountz?acc=A', { accounts, system: '' })['account_detail']).toMatchObject({
      mappings: {
        a: [
          { subject: 'a', weight: 30 },
          { subject: 'b', weight: 100 },
          { subject: 'c', weight: 100, cluster: 'east' },
        ],
      },
    });
  });

  it('sum how their subjects are looked up', () => {
    const interest = {
      cacheEntries: 2,
      inserts: 5,
      removes: 1,
      matches: 8,
      cacheHits: 6,
      fanoutMax: 3,
      fanoutTotal: 4,
    };
    const accounts = [
      account('A', { interest, subscriptionCount: 4 }),
      account('B', { interest: { ...interest, fanoutMax: 9 } }),
    ];
    expect(get('/subsz', { accounts })).toMatchObject({
      num_subscriptions: 4,
      num_cache: 4,
      num_inserts: 10,
      num_removes: 2,
      num_matches: 16,
      cache_hit_rate: 0.75,
      max_fanout: 9,
      avg_fanout: 2,
    });
  });
});

describe('health', () => {
  it('logs what is deprecated, and what failed', () => {
    const host = hostDouble();
    const ask = endpoints(host);
    ask('/healthz?js-enabled=1');
    ask('/healthz?stream=S');
    ask('/healthz?stream=S&details=1');
    expect(host.logged).toEqual([
      'warn Healthcheck: js-enabled deprecated, use js-enabled-only instead',
      'warn Healthcheck failed: "\\"account\\" must not be empty when checking stream health"',
      'warn Healthcheck failed: 1 errors',
    ]);
  });
});
