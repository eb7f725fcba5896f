import { newKeyPair } from '../../../broker/auth/nkey.ts';
import { AccountServer } from '../../support/account-server.ts';
import { type TestAccount, TestOperator } from '../../support/operator-tree.ts';
import { a, b, type Case, cases, logged, type Step } from '../case.ts';
import { request } from '../monitoring-steps.ts';
import {
  enter,
  refusedClaims,
  s,
  sentAway,
  turnedAway,
  undelivered,
  delivered,
  updated,
  updateSubject,
} from './operator-steps.ts';

const LIST = '$SYS.REQ.CLAIMS.LIST';
const PACK = '$SYS.REQ.CLAIMS.PACK';
const UPDATE = '$SYS.REQ.CLAIMS.UPDATE';
const DELETE = '$SYS.REQ.CLAIMS.DELETE';
const lookup = (key: string): string => `$SYS.REQ.ACCOUNT.${key}.CLAIMS.LOOKUP`;

const operator = new TestOperator();
const watcher = enter(s, operator.system.user('watcher'));
const [first, second] = [operator.account('FIRST'), operator.account('SECOND')];
const firstJwt = first.jwt();
const full = (more = ''): string =>
  operator.config([`${first.key}: ${firstJwt}`, second], `{ type: full, dir: "$FOLDER/jwt"${more} }`);
const keys = [operator.system.key, first.key, second.key].toSorted();

const failed = 'jwt update resulted in error';
const newcomer = operator.account('NEWCOMER');
const changing = operator.account('CHANGING');
const unsigned = operator.account('UNSIGNED');
const late = operator.account('LATE', { exports: [{ subject: 'news', type: 'stream' }] });
const waiting = operator.account('WAITING', { imports: [{ account: late.key, subject: 'news', type: 'stream' }] });

const folder: Case[] = [
  { name: 'preloaded accounts are kept', steps: [...enter(a, first.user('user')), ...enter(b, second.user('user'))] },
  { name: 'an account is looked up', steps: [...watcher, request('s', lookup(first.key), '', { text: firstJwt })] },
  {
    name: 'an account that there is not is answered with nothing',
    steps: [...watcher, request('s', lookup(operator.account('X').key), '', { text: '' })],
  },
  {
    name: 'a key that is none is not answered',
    steps: [
      ...watcher,
      request('s', lookup('nobody'), '', { silent: true }),
      logged(/DirResolver - Error looking up account "nobody": invalid public key/),
    ],
  },
  {
    name: 'the log says where accounts are kept',
    steps: [logged(/\[INF\] Managing all jwt in exclusive directory \/\S+\/jwt/)],
  },
  {
    name: 'an account comes in when it is brought',
    steps: [
      ...watcher,
      ...turnedAway(a, newcomer.user('early')),
      logged(/\[WRN\] Account fetch failed: fetching jwt timed out/),
      updated(newcomer.key, newcomer.jwt()),
      ...enter(b, newcomer.user('user')),
    ],
  },
  {
    name: 'an account may be brought without its key in the subject',
    steps: [
      ...watcher,
      request('s', UPDATE, first.jwt(), { part: { data: { account: first.key, code: 200, message: 'jwt updated' } } }),
    ],
  },
  {
    name: 'claims that change count for those who are there',
    steps: [
      ...watcher,
      updated(changing.key, changing.jwt()),
      ...enter(a, changing.user('user')),
      updated(changing.key, changing.jwt({ limits: { payload: 3 } })),
      a.send('PUB x 4\r\nabcd\r\n'),
      ...sentAway(a, 'Maximum Payload Violation'),
    ],
  },
  {
    name: 'claims that nobody trusted signed are kept, and do not count',
    steps: [
      ...watcher,
      updated(unsigned.key, unsigned.jwt({}, {}, unsigned.keys)),
      ...turnedAway(a, unsigned.user('user')),
      updated(unsigned.key, unsigned.jwt()),
      ...enter(b, unsigned.user('user')),
      updated(unsigned.key, unsigned.jwt({}, {}, unsigned.keys)),
      logged(
        new RegExp(`DirResolver - Update for account "${unsigned.key}" resulted in error account validation failed`),
      ),
      ...b.sync(),
    ],
  },
  {
    name: 'who imports from an account that comes later gets what it has to give',
    steps: [
      ...watcher,
      updated(waiting.key, waiting.jwt()),
      ...enter(a, waiting.user('user')),
      logged(
        new RegExp(
          `Can't locate account \\[${late.key}\\] for import of \\[news\\] stream \\(err=fetching jwt timed out\\)`,
        ),
      ),
      updated(late.key, late.jwt()),
      ...enter(b, late.user('user')),
      updated(late.key, late.jwt({ description: 'once more' })),
      ...delivered(b, 'news', a),
    ],
  },
  ...cases<[string, Step]>(
    [
      ['garbage', refusedClaims(updateSubject(first.key), 'x', 'n/a', `${failed} - expected 3 chunks`)],
      ['garbage without key', refusedClaims(UPDATE, 'x', 'n/a', `${failed} - expected 3 chunks`)],
      ['a user', refusedClaims(UPDATE, first.user('u').jwt, 'n/a', `${failed} - not account claim`)],
      [
        'another account',
        refusedClaims(
          updateSubject(first.key),
          second.jwt(),
          first.key,
          `${failed} - subject does not match jwt content`,
        ),
      ],
      [
        'an account that says wrong things',
        refusedClaims(
          updateSubject(first.key),
          first.jwt({ mappings: { 'a.': [] }, signing_keys: ['x'] }),
          first.key,
          'jwt validation failed - validation errors: [subject "a." cannot start or end with a `.` "x" is not a valid account signing key]',
        ),
      ],
    ],
    ([what, step]) => ({ name: `a folder takes no ${what}`, steps: [...watcher, step] }),
  ),
  {
    name: 'deleting has to be allowed',
    steps: [
      ...watcher,
      request('s', DELETE, operator.deletion([first.key]), {
        part: {
          error: {
            code: 500,
            description: `delete accounts request by ${operator.key} failed - delete must be enabled in server config`,
          },
        },
      }),
    ],
  },
].map((one): Case => ({ ...one, config: full() }));

const untouched: Case[] = [
  {
    name: 'accounts are listed',
    steps: [
      ...watcher,
      request('s', LIST, '', {
        text: new RegExp(
          `^\\{"data":\\["${keys.join('","')}"\\],"server":\\{"name":.*"seq":\\d+,"time":"[^"]+"\\}\\}$`,
        ),
      }),
    ],
  },
  {
    name: 'accounts are packed, and an empty message is the end',
    steps: [
      ...watcher,
      s.send(`SUB pack 1\r\nPUB ${PACK} pack 0\r\n\r\n`),
      ...keys.map((key) => s.expect(new RegExp(`^MSG pack 1 {1,2}\\d+\\r\\n${key}\\|eyJ[\\w.-]+\\r\\n`))),
      s.expect(/^MSG pack 1 {1,2}0\r\n\r\n/),
      ...s.sync(),
    ],
  },
].map((one): Case => ({ ...one, config: full(', interval: "9m"') }));

const refusal = (by: string, why: string): { part: object } => ({
  part: { error: { code: 500, description: `delete accounts request by ${by} failed - ${why}` } },
});
const stranger = newKeyPair('operator');
const [leaving, returning] = [operator.account('LEAVING'), operator.account('RETURNING')];
const deleted = (count: number): { part: object } => ({
  part: { data: { code: 200, message: `deleted ${count} accounts` } },
});

const deletions: Case[] = [
  {
    name: 'an account that is deleted sends its users away, and lets nobody in',
    steps: [
      ...watcher,
      updated(leaving.key, leaving.jwt()),
      ...enter(a, leaving.user('user')),
      request('s', DELETE, operator.deletion([leaving.key]), deleted(1) as never),
      ...sentAway(a, 'Account Authentication Expired'),
      ...turnedAway(b, leaving.user('late')),
      request('s', lookup(leaving.key), '', { text: '' }),
    ],
  },
  {
    name: 'an account that is deleted comes back when it is brought anew',
    steps: [
      ...watcher,
      updated(returning.key, returning.jwt()),
      ...enter(a, returning.user('user')),
      request('s', DELETE, operator.deletion([returning.key], operator.signingKeys), deleted(1) as never),
      ...sentAway(a, 'Account Authentication Expired'),
      updated(returning.key, returning.jwt({ description: 'anew' })),
      ...enter(b, returning.user('user')),
    ],
  },
  {
    name: 'accounts that there are not are deleted, too',
    steps: [...watcher, request('s', DELETE, operator.deletion([operator.account('X').key]), deleted(1) as never)],
  },
  ...cases<[string, string, { part: object }]>(
    [
      ['garbage', 'x', refusal('', 'expected 3 chunks')],
      ['a stranger', operator.deletion([first.key], stranger), refusal(stranger.publicKey, 'not trusted')],
      [
        'somebody for another',
        operator.deletion([first.key], operator.keys, 'somebody'),
        refusal('somebody', 'not self signed'),
      ],
      ['who names no accounts', operator.deletion(undefined), refusal(operator.key, 'malformed request')],
      ['who names something else', operator.deletion(['x']), refusal(operator.key, 'malformed request')],
      [
        'who means the system account',
        operator.deletion([operator.system.key]),
        refusal(operator.key, 'not allowed to delete system account'),
      ],
    ],
    ([who, payload, expected]): Case => ({
      name: `nothing is deleted by ${who}`,
      steps: [...watcher, request('s', DELETE, payload, expected as never)],
    }),
  ),
].map((one): Case => ({ ...one, config: full(', allow_delete: true, hard_delete: true') }));

const few: Case[] = [
  {
    name: 'a folder that is full takes no more accounts, but newer claims',
    config: full(', limit: 3'),
    steps: [
      ...watcher,
      refusedClaims(updateSubject(newcomer.key), newcomer.jwt(), newcomer.key, `${failed} - jwt store is full`),
      updated(first.key, first.jwt({ description: 'x' })),
    ],
  },
  {
    name: 'the users of a system account may bring its JWT',
    config: [`operator: ${operator.jwt()}`, 'resolver: { type: full, dir: "$FOLDER/jwt" }', ''].join('\n'),
    alone: true,
    steps: [
      ...watcher,
      updated(operator.system.key, operator.system.jwt()),
      ...enter(b, operator.system.user('other')),
      ...s.sync(),
    ],
  },
];

const used = operator.account('USED');
const unused = operator.account('UNUSED');
const cacheConfig = operator.config([first, used], '{ type: cache, dir: "$FOLDER/jwt" }');
const cache: Case[] = [
  {
    name: 'the log says where accounts are kept that are in use',
    steps: [logged(/\[INF\] Managing some jwt in exclusive directory/)],
  },
  {
    name: 'claims of an account in use are kept',
    steps: [...watcher, ...enter(a, used.user('user')), updated(used.key, used.jwt(), 'jwt updated cache')],
  },
  {
    name: 'claims of an account that is not in use are passed over',
    steps: [...watcher, updated(unused.key, unused.jwt(), 'jwt update cache skipped')],
  },
  {
    name: 'claims that are wrong are refused in other words',
    steps: [
      ...watcher,
      ...enter(a, used.user('user')),
      refusedClaims(updateSubject(used.key), 'x', used.key, 'jwt update cache resulted in error - expected 3 chunks'),
      refusedClaims(
        updateSubject(used.key),
        used.jwt({ mappings: { 'a.': [] } }),
        used.key,
        'jwt update cache validation failed - validation errors: [subject "a." cannot start or end with a `.`]',
      ),
    ],
  },
  {
    name: 'who keeps some accounts does not answer for them',
    steps: [...watcher, request('s', lookup(first.key), '', { silent: true })],
  },
  {
    name: 'an account is asked for on the bus',
    steps: [
      ...watcher,
      s.send(`SUB ${lookup(unused.key)} 1\r\n`),
      ...s.sync(),
      a.open(),
      ...[unused.user('user')].flatMap((user) => [
        a.sign(user.seed, { jwt: user.jwt }),
        a.send('PING\r\n'),
        s.answer(lookup(unused.key), () => unused.jwt()),
        a.expect('PONG\r\n'),
      ]),
    ],
  },
].map((one): Case => ({ ...one, config: cacheConfig }));

const strictOperator = new TestOperator({ strict_signing_key_usage: true });
const signer = newKeyPair('account');
const strict = strictOperator.account('STRICT', { signing_keys: [signer.publicKey] });
const loose = strictOperator.account('LOOSE');
const strictConfig = [
  `operator: ${strictOperator.jwt()}`,
  'resolver: { type: full, dir: "$FOLDER/jwt" }',
  'resolver_preload: {',
  `  ${strictOperator.system.key}: ${strictOperator.system.jwt({ signing_keys: [signer.publicKey] }, {}, strictOperator.signingKeys)}`,
  `  ${strict.key}: ${strict.jwt({}, {}, strictOperator.signingKeys)}`,
  `  ${loose.key}: ${loose.jwt()}`,
  '}',
  '',
].join('\n');
const strictCases: Case[] = [
  { name: 'a strict operator takes users of signing keys', steps: enter(a, strict.user('user', {}, {}, signer)) },
  { name: 'a strict operator takes no users of the account itself', steps: turnedAway(a, strict.user('user')) },
  { name: 'a strict operator takes no accounts of its own key', steps: turnedAway(a, loose.user('user')) },
  {
    name: 'a strict operator takes no claims of its own key',
    steps: [
      ...enter(s, strictOperator.system.user('watcher', {}, {}, signer)),
      refusedClaims(
        updateSubject(strict.key),
        strict.jwt(),
        strict.key,
        `${failed} - operator requires issuer to be a signing key`,
      ),
      refusedClaims(UPDATE, strict.jwt(), strict.key, `${failed} - operator requires issuer to be a signing key`),
      updated(strict.key, strict.jwt({}, {}, strictOperator.signingKeys)),
    ],
  },
].map((one): Case => ({ ...one, config: strictConfig }));

const accountServer = await AccountServer.open();
const served = operator.account('SERVED');
const troubles: [string, TestAccount][] = [
  ['that there are not', operator.account('NOWHERE')],
  ['that come as garbage', operator.account('GARBAGE')],
  ['that come broken', operator.account('BROKEN')],
  ['that come as another one', operator.account('SWAPPED')],
  ['that fail', operator.account('FAILING')],
];
for (const account of [operator.system, served]) accountServer.give(account, account.jwt());
const answers = [
  undefined,
  { status: 200, body: '<html>' },
  'breaks',
  { status: 200, body: served.jwt() },
  { status: 500, body: 'x' },
] as const;
for (const [index, [, account]] of troubles.entries()) {
  const answer = answers[index];
  if (answer !== undefined) accountServer.answer(`/accounts/${account.key}`, answer);
}
const slow = operator.account('SLOW');
accountServer.answer(`/accounts/${slow.key}`, 'hangs');
const url = [`operator: ${operator.jwt()}`, `resolver: URL(${accountServer.url})`, ''].join('\n');

const byUrl: Case[] = [
  { name: 'accounts come from an address', steps: [...watcher, ...enter(a, served.user('user'))] },
  ...cases(troubles, ([what, account]): Case => ({
    name: `accounts ${what} let nobody in`,
    steps: turnedAway(a, account.user('user')),
  })),
  {
    name: 'the log says why an account does not come from its address',
    steps: [
      ...turnedAway(a, (troubles[0] as [string, TestAccount])[1].user('user')),
      logged(
        /\[WRN\] Account fetch failed: could not fetch <"http:\/\/127\.0\.0\.1:\d+\/accounts\/A[A-Z2-7]{55}">: 404 Not Found/,
      ),
    ],
  },
  {
    name: 'an account that does not come in time lets nobody in',
    steps: [
      a.open(),
      ...[slow.user('user')].flatMap((user) => [
        a.sign(user.seed, { jwt: user.jwt }),
        a.expect(/^-ERR '(Authorization Violation|Authentication Timeout)'\r\n/),
        a.closed(),
      ]),
    ],
  },
  {
    name: 'others come in while an account is awaited',
    steps: [
      a.open(),
      ...[slow.user('user')].map((user) => a.sign(user.seed, { jwt: user.jwt })),
      ...enter(b, served.user('user')),
    ],
  },
  {
    name: 'claims count though they are kept elsewhere',
    steps: [
      ...watcher,
      ...enter(a, served.user('user')),
      updated(served.key, served.jwt({ default_permissions: { pub: { deny: ['no'] }, sub: {} } })),
      a.send('PUB no 0\r\n\r\n'),
      a.expect('-ERR \'Permissions Violation for Publish to "no"\'\r\n'),
      updated(served.key, served.jwt()),
      ...a.sync(),
    ],
  },
].map((one): Case => ({ ...one, config: url }));

const other = new TestOperator();
const ofOther = other.account('OTHER');
const pinned = operator.account('PINNED');
const various: Case[] = [
  {
    name: 'only users of pinned accounts, and of the system account, come in',
    config: operator.config([pinned, first], 'MEMORY', `resolver_pinned_accounts: [${pinned.key}]`),
    steps: [...enter(a, pinned.user('user')), ...watcher, ...turnedAway(b, first.user('user'))],
  },
  {
    name: 'several operators are trusted',
    config: [
      `operators: [ ${operator.jwt()}, ${other.jwt({ system_account: '' })} ]`,
      `system_account: ${operator.system.key}`,
      'resolver: MEMORY',
      `resolver_preload: { ${operator.system.key}: ${operator.system.jwt()}, ${first.key}: ${firstJwt}, ${ofOther.key}: ${ofOther.jwt()} }`,
      '',
    ].join('\n'),
    steps: [...enter(a, first.user('user')), ...enter(b, ofOther.user('user')), ...undelivered(a, 'x', b)],
  },
  {
    name: 'keys may be trusted without an operator',
    config: [
      `trusted: ${operator.key}`,
      'resolver: MEMORY',
      `resolver_preload: { ${first.key}: ${firstJwt} }`,
      '',
    ].join('\n'),
    steps: [
      a.open(),
      a.info({ auth_required: true }),
      ...enter(b, first.user('user')),
      ...turnedAway(a, ofOther.user('user')),
    ],
  },
  {
    name: 'the log names the operator',
    config: operator.config([first]),
    steps: [
      logged(/\[INF\] Trusted Operators\n/),
      logged(/\[INF\] {3}System {2}: ""\n/),
      logged(/\[INF\] {3}Operator: "OP"\n/),
      logged(/\[INF\] {3}Issued {2}: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4} \S+\n/),
      logged(/\[INF\] {3}Expires : Never\n/),
    ],
  },
];

/** Where accounts are kept and looked up, and who is trusted. */
export const operatorResolvers: Case[] = [
  ...folder,
  ...untouched,
  ...deletions,
  ...few,
  ...cache,
  ...strictCases,
  ...byUrl,
  ...various,
];
