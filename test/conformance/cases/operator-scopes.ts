import { newKeyPair } from '../../../broker/auth/nkey.ts';
import { scopeOf, TestOperator, type TestUser } from '../../support/operator-tree.ts';
import { a, type Case, cases, connectLine, plain, type Step } from '../case.ts';
import { allowed, deniedPublish, deniedSubscribe, enter, turnedAway, turnedAwayWith } from './operator-steps.ts';

const operator = new TestOperator();
const keys = {
  names: newKeyPair('account'),
  tags: newKeyPair('account'),
  denies: newKeyPair('account'),
  limits: newKeyPair('account'),
  bearers: newKeyPair('account'),
  many: newKeyPair('account'),
  unknown: newKeyPair('account'),
  plain: newKeyPair('account'),
};

const scoped = operator.account('CLINIC', {
  tags: ['region:eu', 'region:us'],
  signing_keys: [
    scopeOf(keys.names.publicKey, {
      pub: { allow: ['u.{{name()}}.>', 'k.{{subject()}}', 'n.{{account-name()}}', 'a.{{account-subject()}}'] },
      sub: { allow: ['{{ NAME() }}.*'] },
    }),
    scopeOf(keys.tags.publicKey, {
      pub: { allow: ['d.{{tag(dept)}}.{{tag(team)}}', 'r.{{account-tag(region)}}'] },
      sub: { allow: ['only.{{tag(nothing)}}'] },
    }),
    scopeOf(keys.denies.publicKey, { pub: { deny: ['no.{{tag(dept)}}'] } }),
    scopeOf(keys.limits.publicKey, {
      subs: 1,
      payload: 3,
      src: ['127.0.0.0/8'],
      allowed_connection_types: ['STANDARD'],
    }),
    scopeOf(keys.bearers.publicKey, { bearer_token: true }),
    scopeOf(keys.many.publicKey, { pub: { allow: ['{{tag(a)}}.{{tag(b)}}'] } }),
    scopeOf(keys.unknown.publicKey, { pub: { allow: ['{{nothing()}}'] } }),
    keys.plain.publicKey,
  ],
});

const guest = scoped.scopedUser('guest', keys.bearers);
const config = operator.config([scoped]);
const named = scoped.scopedUser('ada', keys.names);
const tagged = scoped.scopedUser('ben', keys.tags, { tags: ['dept:lab', 'dept:ward', 'team:red'] });

const granted: Case[] = [
  {
    name: 'names and keys are filled into the template of a scoped key',
    steps: [
      ...enter(a, named),
      ...['u.ada.x', `k.${named.key}`, 'n.CLINIC', `a.${scoped.key}`].flatMap((publish) => allowed(a, { publish })),
      ...allowed(a, { subscribe: 'ada.x' }),
      ...deniedPublish(a, 'u.ben.x'),
      ...deniedPublish(a, 'n.WARD'),
      ...deniedSubscribe(a, 'ben.x'),
    ],
  },
  {
    name: 'tags of user and account are filled in, in every combination',
    steps: [
      ...enter(a, tagged),
      ...['d.lab.red', 'd.ward.red', 'r.eu', 'r.us'].flatMap((publish) => allowed(a, { publish })),
      ...deniedPublish(a, 'd.lab.blue'),
      ...deniedPublish(a, 'r.asia'),
    ],
  },
  {
    name: 'where nothing is left of what was allowed, nothing is',
    steps: [...enter(a, tagged), ...deniedSubscribe(a, 'only'), ...deniedSubscribe(a, 'any')],
  },
  {
    name: 'what is denied by a tag is denied',
    steps: [
      ...enter(a, scoped.scopedUser('cyd', keys.denies, { tags: ['dept:lab'] })),
      ...deniedPublish(a, 'no.lab'),
      ...allowed(a, { publish: 'no.ward' }),
    ],
  },
  {
    name: 'a template has limits',
    steps: [
      ...enter(a, scoped.scopedUser('dee', keys.limits)),
      a.send('SUB a 1\r\n'),
      ...a.sync(),
      a.send('SUB b 2\r\n'),
      a.expect("-ERR 'maximum subscriptions exceeded'\r\n"),
      a.send('PUB a 4\r\nabcd\r\n'),
      a.expect("-ERR 'Maximum Payload Violation'\r\n"),
      a.closed(),
    ],
  },
  {
    name: 'a template makes bearers',
    steps: [a.open(), a.send(connectLine({ ...plain, jwt: guest.jwt })), ...a.sync()],
  },
  {
    name: 'a plain signing key beside has no template',
    steps: enter(a, scoped.user('eve', { subs: 4 }, {}, keys.plain)),
  },
];

const refused: Case[] = cases<[string, Step[]]>(
  [
    ['who brings permissions of his own', turnedAway(a, scoped.scopedUser('u', keys.names, { pub: { allow: ['x'] } }))],
    ['who brings limits of his own', turnedAway(a, scoped.scopedUser('u', keys.names, { subs: -1 }))],
    [
      'who says that he is a bearer',
      turnedAwayWith(a, { jwt: scoped.scopedUser('u', keys.names, { bearer_token: true }).jwt }),
    ],
    ['who lacks a tag that is to deny', turnedAway(a, scoped.scopedUser('u', keys.denies))],
    ['whose template asks for what there is not', turnedAway(a, scoped.scopedUser('u', keys.unknown))],
    ['who has more tags than there may be subjects', turnedAway(a, manyTags(65))],
    [
      'who does not name the account of a scoped key',
      turnedAway(a, scoped.scopedUser('u', keys.names, { issuer_account: '' })),
    ],
  ],
  ([what, steps]) => ({ name: `nobody comes in by a scoped key ${what}`, steps }),
);

const sentinel = operator.config([scoped], 'MEMORY', `default_sentinel: ${guest.jwt}`);
const plainBearer = scoped.user('anybody', { bearer_token: true, pub: { allow: ['lobby'] } });
const plainSentinel = operator.config([scoped], 'MEMORY', `default_sentinel: ${plainBearer.jwt}`);

const sentinels: Case[] = [
  ...cases<[string, Record<string, string>]>(
    [
      ['nothing', {}],
      ['user and password', { user: 'u', pass: 'p' }],
      ['a token', { auth_token: 't' }],
      ['something that is no JWT', { jwt: 'x' }],
    ],
    ([what, fields]) => ({
      name: `who shows ${what} is the sentinel`,
      config: plainSentinel,
      steps: [
        a.open(),
        a.send(connectLine({ ...plain, ...fields })),
        ...a.sync(),
        ...deniedPublish(a, 'hall'),
        ...allowed(a, { publish: 'lobby' }),
      ],
    }),
  ),
  {
    name: 'who shows his own JWT is himself beside a sentinel',
    config: plainSentinel,
    steps: [...enter(a, scoped.user('self')), ...allowed(a, { publish: 'hall' })],
  },
  {
    name: 'a sentinel may be of a scoped key that makes bearers',
    config: sentinel,
    steps: [a.open(), a.send(connectLine(plain)), ...a.sync()],
  },
  {
    name: 'a sentinel has to be announced by CONNECT',
    config: sentinel,
    steps: [a.open(), a.info({ auth_required: true })],
  },
];

/** Signing keys with templates, and sentinels. */
export const operatorScopes: Case[] = [...[...granted, ...refused].map((one) => ({ ...one, config })), ...sentinels];

function manyTags(count: number): TestUser {
  const tags = Array.from({ length: count }, (_, i) => [`a:${i}`, `b:${i}`]).flat();
  return scoped.scopedUser('many', keys.many, { tags });
}
