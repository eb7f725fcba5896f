import { createUser } from '@nats-io/nkeys';
import { newKeyPair } from '../../../broker/auth/nkey.ts';
import { secondsFromNow, TestOperator } from '../../support/operator-tree.ts';
import { a, b, type Case, connectLine, plain } from '../case.ts';
import { ABSENT, type JsonPattern, NUMBER, TEXT, TIME } from '../json-pattern.ts';
import { event, http, request } from '../monitoring-steps.ts';
import { OPEN } from './monitoring-config.ts';
import { enter, s, turnedAway } from './operator-steps.ts';

const operator = new TestOperator();
const signer = newKeyPair('account');
const shop = operator.account('Shop', {
  tags: ['eu', 'prod'],
  signing_keys: [signer.publicKey],
  revocations: { '*': 1000 },
  limits: { conn: 50 },
  mappings: { foo: [{ subject: 'bar', weight: 40 }] },
  exports: [
    { name: 'orders', subject: 'orders.>', type: 'stream', token_req: true },
    { name: 'prices', subject: 'prices', type: 'service', response_type: 'Stream' },
    { name: 'stock', subject: 'stock', type: 'service', service_latency: { sampling: 25, results: 'stock.latency' } },
  ],
});
const other = operator.account('Other', {
  imports: [
    { name: 'stock', subject: 'stock', account: shop.key, local_subject: 'shop.stock', type: 'service', share: true },
  ],
});
const alice = shop.user('alice', {
  tags: ['vip'],
  pub: { allow: ['orders.>', '_INBOX.>', '$SYS.>'] },
  sub: { deny: ['secret'] },
});
const bearer = shop.user('bearer', { bearer_token: true }, {}, signer);
const passing = shop.user('passing', {}, { exp: secondsFromNow(3_600) });
const past = shop.user('past', {}, { exp: secondsFromNow(-3_600) });
const otto = other.user('otto');
const admin = operator.system.user('admin');
const config = `${OPEN}\nserver_name: watched\n${operator.config([shop, other])}`;

const pair = createUser();
const key = pair.getPublicKey();
const seed = new TextDecoder().decode(pair.getSeed());

const asks = { headers: true, no_responders: true };

/** Who came in by keys and tokens. */
export const monitoringOperator: Case[] = [
  {
    name: 'connz?auth shows the JWT of a user, who issued it, his tags, and his account by both names',
    config,
    alone: true,
    steps: [
      ...enter(a, alice, { name: 'app' }),
      http('/connz?auth=1', {
        part: {
          connections: [
            {
              name: 'app',
              authorized_user: alice.key,
              account: shop.key,
              jwt: alice.jwt,
              issuer_key: shop.key,
              name_tag: 'Shop',
              tags: ['vip'],
            },
          ],
        },
      }),
      http('/connz', {
        part: { connections: [{ jwt: ABSENT, issuer_key: ABSENT, tags: ABSENT, name_tag: ABSENT, account: ABSENT }] },
      }),
    ],
  },
  {
    name: 'connz shows a bearer token to nobody, and the key that signed it',
    config,
    alone: true,
    steps: [
      a.open(),
      a.send(connectLine({ ...plain, jwt: bearer.jwt })),
      ...a.sync(),
      http('/connz?auth=1', {
        part: { connections: [{ authorized_user: bearer.key, jwt: ABSENT, issuer_key: signer.publicKey }] },
      }),
      a.leave(),
      http('/connz?state=closed&auth=1', { part: { connections: [{ authorized_user: bearer.key, jwt: ABSENT }] } }),
    ],
  },
  {
    name: 'closed connections show their JWT, and the name of their user, without being asked',
    config,
    alone: true,
    steps: [
      ...enter(a, alice),
      a.leave(),
      http('/connz?state=closed', {
        part: {
          connections: [
            { authorized_user: ABSENT, jwt: alice.jwt, issuer_key: shop.key, name_tag: 'alice', tags: ['vip'] },
          ],
        },
      }),
      http('/connz?state=closed&auth=1', {
        part: { connections: [{ authorized_user: alice.key, account: shop.key, name_tag: 'Shop' }] },
      }),
    ],
  },
  {
    name: 'who is refused is remembered with the JWT that he showed',
    config,
    alone: true,
    steps: [
      ...turnedAway(a, past),
      http('/connz?state=closed&auth=1', {
        part: { connections: [{ jwt: past.jwt, issuer_key: ABSENT, account: ABSENT, reason: TEXT }] },
      }),
    ],
  },
  {
    name: 'varz shows the operator',
    config,
    steps: [
      http('/varz', {
        part: {
          system_account: operator.system.key,
          trusted_operators_jwt: [TEXT],
          trusted_operators_claim: [
            { name: 'OP', sub: operator.key, nats: { system_account: operator.system.key, type: 'operator' } },
          ],
        },
      }),
    ],
  },
  {
    name: 'accounts come up when somebody comes into them',
    config,
    alone: true,
    steps: [
      http(`/accountz?acc=${other.key}`, { text: `Account ${other.key} does not exist` }, { status: 400 }),
      ...enter(a, otto),
      http(`/accountz?acc=${other.key}`, { part: { account_detail: { client_connections: 1 } } }),
    ],
  },
  {
    name: 'accountz shows what the JWT of an account says',
    config,
    steps: [
      ...enter(a, alice),
      http(`/accountz?acc=${shop.key}`, {
        whole: {
          server_id: TEXT,
          now: TIME,
          system_account: operator.system.key,
          account_detail: {
            account_name: shop.key,
            update_time: TIME,
            expired: false,
            complete: true,
            jetstream_enabled: false,
            leafnode_connections: 0,
            client_connections: NUMBER,
            subscriptions: NUMBER,
            mappings: {
              foo: [
                { subject: 'bar', weight: 40 },
                { subject: 'foo', weight: 100 },
              ],
            },
            exports: /"subject":"prices","type":"service","response_type":"Streamed"/,
            imports: /"to":"\$SYS\.REQ\.USER\.INFO"/,
            jwt: TEXT,
            issuer_key: operator.key,
            name_tag: 'Shop',
            tags: ['eu', 'prod'],
            decoded_jwt:
              /^\{("exp":\d+,)?"jti":"[^"]*","iat":\d+,"iss":"O[^"]*","name":"Shop","sub":"A[^"]*","nats":\{"exports":\[/,
            revoked_user: { '*': '1970-01-01T00:16:40Z' },
            sublist_stats: /^\{/,
          },
        },
      }),
      ...[
        /"subject":"orders\.>","type":"stream","token_req":true\}/,
        /"subject":"stock","type":"service","response_type":"Singleton","service_latency":\{"sampling":25,"results":"stock\.latency"\}\}/,
      ].map((exports) => http(`/accountz?acc=${shop.key}`, { part: { account_detail: { exports } } })),
      ...[
        /"exports":\[.*\],"limits":\{.*\},"signing_keys":\[.*\],"revocations":\{"\*":1000\},"default_permissions":\{.*\},"mappings":\{.*\},"authorization":\{\},"tags":\["eu","prod"\],"type":"account","version":2\}/,
      ].map((decoded_jwt) => http(`/accountz?acc=${shop.key}`, { part: { account_detail: { decoded_jwt } } })),
    ],
  },
  {
    name: 'accountz shows a shared import with the latency that its exporter measures',
    config,
    steps: [
      ...enter(a, otto),
      http(`/accountz?acc=${other.key}`, {
        part: {
          account_detail: {
            imports: new RegExp(
              `"subject":"stock","account":"${shop.key}","to":"shop.stock","local_subject":"shop.stock","type":"service","invalid":false,"share":true,"tracking":false,"latency":\\{"sampling":25,"results":"stock.latency"\\}`,
            ),
          },
        },
      }),
    ],
  },
  {
    name: 'USER.INFO names user and account, and when he has to go',
    config,
    steps: [
      ...enter(a, alice, asks),
      request('a', '$SYS.REQ.USER.INFO', '', {
        part: {
          data: {
            user: alice.key,
            account: shop.key,
            account_name: 'Shop',
            user_name: 'alice',
            permissions: { publish: { allow: /orders/ }, subscribe: { deny: ['secret'] } },
            expires: ABSENT,
          },
        },
      }),
      ...enter(b, passing, asks),
      request('b', '$SYS.REQ.USER.INFO', '', {
        part: {
          data: { user: passing.key, user_name: 'passing', permissions: ABSENT, expires: /^3[0-5]\d\d000000000$/ },
        },
      }),
    ],
  },
  {
    name: 'events have the JWT of who came and went',
    config,
    alone: true,
    steps: [
      ...enter(s, admin),
      s.send(`SUB $SYS.ACCOUNT.${shop.key}.CONNECT 1\r\nSUB $SYS.ACCOUNT.${shop.key}.DISCONNECT 2\r\n`),
      ...s.sync(),
      ...enter(a, alice, { name: 'app' }),
      event('s', `$SYS.ACCOUNT.${shop.key}.CONNECT`, {
        part: {
          client: {
            start: TIME,
            host: '127.0.0.1',
            id: NUMBER,
            acc: shop.key,
            user: alice.key,
            name: 'app',
            jwt: alice.jwt,
            issuer_key: shop.key,
            name_tag: 'Shop',
            tags: ['vip'],
          } satisfies JsonPattern,
        },
      }),
      a.leave(),
      event('s', `$SYS.ACCOUNT.${shop.key}.DISCONNECT`, {
        part: { client: { jwt: alice.jwt, tags: ['vip'] }, reason: 'Client Closed' },
      }),
    ],
  },
  {
    name: 'statistics of an account have both of its names',
    config,
    alone: true,
    steps: [
      ...enter(a, alice),
      http('/accstatz', { part: { account_statz: [{ acc: shop.key, name: 'Shop', conns: 1 }] } }),
    ],
  },
  {
    name: 'of who came in by a key of the configuration the account stands for the issuer',
    config: `${OPEN}\naccounts { A { users [ { nkey: ${key} } ] } }`,
    alone: true,
    steps: [
      ...a.connectAs(seed),
      http('/connz?auth=1', {
        part: { connections: [{ authorized_user: key, account: 'A', issuer_key: 'A', jwt: ABSENT }] },
      }),
      http('/connz', { part: { connections: [{ issuer_key: ABSENT }] } }),
      a.leave(),
      http('/connz?state=closed', { part: { connections: [{ issuer_key: 'A', authorized_user: ABSENT }] } }),
    ],
  },
];
