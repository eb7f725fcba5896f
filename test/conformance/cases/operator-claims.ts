import { newKeyPair } from '../../../broker/auth/nkey.ts';
import { scopeOf, secondsFromNow, TestOperator } from '../../support/operator-tree.ts';
import { a, b, c, type Case, cases, lazily } from '../case.ts';
import { request } from '../monitoring-steps.ts';
import {
  allowed,
  delivered,
  deniedPublish,
  enter,
  refusedClaims,
  s,
  sentAway,
  turnedAway,
  undelivered,
  updated,
  updateSubject,
} from './operator-steps.ts';

const operator = new TestOperator();
const signer = newKeyPair('account');
const scoped = newKeyPair('account');

const defaults = operator.account('DEFAULTS');
const own = operator.account('OWN');
const crowd = operator.account('CROWD');
const heavy = operator.account('HEAVY');
const many = operator.account('MANY');
const revoking = operator.account('REVOKING');
const revokingAll = operator.account('REVOKING_ALL');
const bearers = operator.account('BEARERS');
const keyed = operator.account('KEYED', { signing_keys: [signer.publicKey] });
const scopes = operator.account('SCOPES', { signing_keys: [scopeOf(scoped.publicKey, { subs: 5 })] });
const ending = operator.account('ENDING');
const faulty = operator.account('FAULTY');
const older = operator.account('OLDER');
const exporter = operator.account('EXPORTER');
const importer = operator.account('IMPORTER', {
  imports: [{ account: exporter.key, subject: 'news', type: 'stream' }],
});
const mapping = operator.account('MAPPING');
const idle = operator.account('IDLE');
const resigned = operator.account('RESIGNED');

const config = operator.config([
  defaults,
  own,
  crowd,
  heavy,
  many,
  revoking,
  revokingAll,
  bearers,
  keyed,
  scopes,
  ending,
  faulty,
  older,
  exporter,
  importer,
  mapping,
  idle,
  resigned,
]);
const watcher = enter(s, operator.system.user('watcher'));

const revoked = revoking.user('revoked');
const bearer = bearers.user('bearer', { bearer_token: true });
const keyedUser = keyed.user('user', {}, {}, signer);
const scopedUser = scopes.scopedUser('user', scoped);
const failed = 'jwt update resulted in error';

const live: Case[] = [
  {
    name: 'permissions of the account change for those who have none of their own',
    steps: [
      ...watcher,
      ...enter(a, defaults.user('user')),
      a.send('SUB open 1\r\nSUB shut 2\r\n'),
      ...a.sync(),
      updated(defaults.key, defaults.jwt({ default_permissions: { pub: { deny: ['no'] }, sub: { deny: ['shut'] } } })),
      a.expect('-ERR \'Permissions Violation for Subscription to "shut" (sid "2")\'\r\n'),
      ...deniedPublish(a, 'no'),
      a.send('PUB open 1\r\nx\r\n'),
      a.expect('MSG open 1 1\r\nx\r\n'),
    ],
  },
  {
    name: 'permissions of the account change nothing for those who have their own',
    steps: [
      ...watcher,
      ...enter(a, own.user('user', { pub: { allow: ['no', 'other'] } })),
      updated(own.key, own.jwt({ default_permissions: { pub: { deny: ['no'] }, sub: {} } })),
      ...allowed(a, { publish: 'no' }),
    ],
  },
  {
    name: 'those who came last have to go when fewer may be there',
    steps: [
      ...watcher,
      ...enter(a, crowd.user('first')),
      ...enter(b, crowd.user('second')),
      ...enter(c, crowd.user('third')),
      updated(crowd.key, crowd.jwt({ limits: { conn: 1 } })),
      ...sentAway(b, 'maximum account active connections exceeded'),
      ...sentAway(c, 'maximum account active connections exceeded'),
      ...a.sync(),
    ],
  },
  {
    name: 'a smaller payload counts for those who are there',
    steps: [
      ...watcher,
      ...enter(a, heavy.user('user')),
      updated(heavy.key, heavy.jwt({ limits: { payload: 3 } })),
      a.send('PUB x 4\r\nabcd\r\n'),
      ...sentAway(a, 'Maximum Payload Violation'),
    ],
  },
  {
    name: 'who has as many subscriptions as are allowed has to go, who has fewer may stay',
    steps: [
      ...watcher,
      ...enter(a, many.user('user')),
      a.send('SUB a 1\r\nSUB b 2\r\n'),
      ...a.sync(),
      ...enter(b, many.user('other')),
      b.send('SUB a 1\r\n'),
      ...b.sync(),
      updated(many.key, many.jwt({ limits: { subs: 2 } })),
      ...sentAway(a, 'maximum subscriptions exceeded'),
      ...b.sync(),
    ],
  },
  {
    name: 'who is revoked has to go, and does not come back',
    steps: [
      ...watcher,
      ...enter(a, revoked),
      ...enter(b, revoking.user('other')),
      updated(revoking.key, revoking.jwt({ revocations: { [revoked.key]: secondsFromNow(0) } })),
      ...sentAway(a, 'User Authentication Revoked'),
      ...b.sync(),
      ...turnedAway(c, revoked),
    ],
  },
  {
    name: 'everybody has to go when all are revoked',
    steps: [
      ...watcher,
      ...enter(a, revokingAll.user('first')),
      ...enter(b, revokingAll.user('second')),
      updated(revokingAll.key, revokingAll.jwt({ revocations: { '*': secondsFromNow(0) } })),
      ...sentAway(a, 'User Authentication Revoked'),
      ...sentAway(b, 'User Authentication Revoked'),
    ],
  },
  {
    name: 'bearers have to go when they are not wanted any more',
    steps: [
      ...watcher,
      ...enter(a, bearer),
      ...enter(b, bearers.user('other')),
      updated(bearers.key, bearers.jwt({ limits: { disallow_bearer: true } })),
      ...sentAway(a, 'Authorization Violation'),
      ...b.sync(),
    ],
  },
  {
    name: 'users of a signing key that is gone are cut off without a word',
    steps: [
      ...watcher,
      ...enter(a, keyedUser),
      ...enter(b, keyed.user('other')),
      updated(keyed.key, keyed.jwt({ signing_keys: [] })),
      a.closed(),
      ...b.sync(),
      ...turnedAway(c, keyedUser),
    ],
  },
  {
    name: 'users of a scope that is another one now are cut off without a word',
    steps: [
      ...watcher,
      ...enter(a, scopedUser),
      updated(scopes.key, scopes.jwt({ signing_keys: [scopeOf(scoped.publicKey, { subs: 6 })] })),
      a.closed(),
      ...enter(b, scopedUser),
    ],
  },
  {
    name: 'everybody has to go when the account has come to its end',
    steps: [
      ...watcher,
      ...enter(a, ending.user('user')),
      lazily(() => [updated(ending.key, ending.jwt({}, { exp: secondsFromNow(2) }))]),
      ...sentAway(a, 'Account Authentication Expired'),
      // The configuration has it without an end still.
      ...enter(b, ending.user('late')),
    ],
  },
  {
    name: 'what an account exports is there as soon as it says so, and gone as soon as it does not',
    steps: [
      ...watcher,
      ...enter(a, exporter.user('user')),
      ...enter(b, importer.user('user')),
      ...undelivered(a, 'news', b),
      updated(exporter.key, exporter.jwt({ exports: [{ subject: 'news', type: 'stream' }] })),
      updated(importer.key, importer.jwt({ description: 'once more' })),
      ...delivered(a, 'news', b),
      updated(exporter.key, exporter.jwt()),
      ...undelivered(a, 'news', b),
    ],
  },
  {
    name: 'mappings come and go',
    steps: [
      ...watcher,
      ...enter(a, mapping.user('user')),
      ...enter(b, mapping.user('other')),
      updated(mapping.key, mapping.jwt({ mappings: { in: [{ subject: 'out' }] } })),
      ...delivered(a, 'in', b, 'out'),
      updated(mapping.key, mapping.jwt()),
      ...undelivered(a, 'in', b, 'out'),
    ],
  },
  {
    name: 'another signing key of the operator may sign the next claims',
    steps: [
      ...watcher,
      ...enter(a, resigned.user('user')),
      updated(resigned.key, resigned.jwt({}, {}, operator.signingKeys)),
      ...a.sync(),
    ],
  },
];

const answers: Case[] = [
  {
    name: 'claims are answered with server and data',
    steps: [
      ...watcher,
      ...enter(a, older.user('user')),
      request('s', updateSubject(older.key), older.jwt(), {
        text: new RegExp(
          '^\\{"server":\\{"name":"[^"]+","host":"[^"]+","id":"N[A-Z2-7]{55}","ver":"[^"]+","feature_flags":\\{[^}]*\\},' +
            '"jetstream":false,"flags":0,"seq":\\d+,"time":"[^"]+Z"\\},' +
            `"data":\\{"account":"${older.key}","code":200,"message":"jwt updated"\\}\\}$`,
        ),
      }),
    ],
  },
  {
    name: 'claims may come on the older subject',
    steps: [
      ...watcher,
      ...enter(a, older.user('user')),
      request('s', `$SYS.ACCOUNT.${older.key}.CLAIMS.UPDATE`, older.jwt({ description: 'old' }), {
        part: { data: { account: older.key, code: 200, message: 'jwt updated' } },
      }),
    ],
  },
  {
    name: 'claims of an account that nobody asked for are passed over',
    steps: [...watcher, updated(idle.key, idle.jwt(), 'jwt update skipped')],
  },
  ...cases<[string, string, string]>(
    [
      ['nothing', '', 'jwt update error - request body is empty'],
      ['garbage', 'garbage', `${failed} - expected 3 chunks`],
      ['a user', faulty.user('user').jwt, `${failed} - not account claim`],
      ['another account', idle.jwt(), `${failed} - subject does not match jwt content`],
      ['an account that signed itself', faulty.jwt({}, {}, faulty.keys), `${failed} - account validation failed`],
      [
        'an account that a stranger signed',
        faulty.jwt({}, {}, newKeyPair('operator')),
        `${failed} - account validation failed`,
      ],
      [
        'an account that says wrong things',
        faulty.jwt({ mappings: { 'a.': [] } }),
        `${failed} - account validation failed`,
      ],
      ['an account that is over', faulty.jwt({}, { exp: 1000 }), `${failed} - account validation failed`],
    ],
    ([what, jwt, description]): Case => ({
      name: `no claims are ${what}`,
      steps: [
        ...watcher,
        ...enter(a, faulty.user('user')),
        refusedClaims(updateSubject(faulty.key), jwt, faulty.key, description),
        ...a.sync(),
      ],
    }),
  ),
  {
    name: 'only the system account can bring claims',
    steps: [
      ...enter(a, faulty.user('user')),
      a.send(`SUB re 1\r\nPUB ${updateSubject(faulty.key)} re 1\r\nx\r\n`),
      ...a.sync(),
      a.quiet(),
    ],
  },
  ...cases<[string, string]>(
    [
      ['CLAIMS.LOOKUP', `$SYS.REQ.ACCOUNT.${older.key}.CLAIMS.LOOKUP`],
      ['CLAIMS.LIST', '$SYS.REQ.CLAIMS.LIST'],
      ['CLAIMS.PACK', '$SYS.REQ.CLAIMS.PACK'],
      ['CLAIMS.UPDATE', '$SYS.REQ.CLAIMS.UPDATE'],
      ['CLAIMS.DELETE', '$SYS.REQ.CLAIMS.DELETE'],
    ],
    ([what, subject]): Case => ({
      name: `a server that keeps no accounts does not answer ${what}`,
      steps: [...watcher, request('s', subject, '', { silent: true })],
    }),
  ),
];

/** Claims that change while people are there, on a server with its accounts in the configuration. */
export const operatorClaims: Case[] = [...live, ...answers].map((one): Case => ({ ...one, config }));
