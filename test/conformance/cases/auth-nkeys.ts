import { createUser } from '@nats-io/nkeys';
import { a, b, cases, connectLine, logged, plain, type Case, type ConnectFields, type Step } from '../case.ts';

function newUser(): { key: string; seed: string } {
  const pair = createUser();
  return { key: pair.getPublicKey(), seed: new TextDecoder().decode(pair.getSeed()) };
}

const ada = newUser();
const ben = newUser();
const stranger = newUser();
const proxy = newUser();

const config = `authorization {
  users: [
    { nkey: ${ada.key} }
    { nkey: ${ben.key}, permissions: { publish: ok }, allowed_connection_types: [STANDARD] }
    { user: cyd, password: secret }
  ]
}`;
const anonymous = `no_auth_user: ${ada.key}
authorization { users: [ { nkey: ${ada.key}, permissions: { publish: ok } }, { user: cyd, password: secret } ] }`;
const proxied = `proxies { trusted: [ { key: ${proxy.key} } ] }
authorization { users: [ { user: ada, password: a, proxy_required: true }, { user: ben, password: b } ] }`;

const refusal: Step[] = [a.expect("-ERR 'Authorization Violation'\r\n"), a.closed()];
const denied = '-ERR \'Permissions Violation for Publish to "no"\'\r\n';

/** Users known by a key: they sign the nonce of INFO. */
export const authNkeys: Case[] = [
  {
    name: 'INFO has a nonce and asks for authentication where there are keys',
    config,
    alsoOn: ['2.9', '2.10'],
    steps: [a.open(), a.info({ auth_required: true, nonce: /^[A-Za-z0-9_-]{15}$/ })],
  },
  {
    name: 'who signs the nonce is let in',
    config,
    alsoOn: ['2.9', '2.10'],
    steps: [...a.connectAs(ada.seed), a.send('SUB foo 1\r\nPUB foo 1\r\nx\r\n'), a.expect('MSG foo 1 1\r\nx\r\n')],
  },
  {
    name: 'the signature may be in the other alphabet of base64',
    config,
    steps: [a.open(), a.sign(ada.seed, {}, 'base64'), ...a.sync()],
  },
  {
    name: 'a key has permissions of its own',
    config,
    steps: [...a.connectAs(ben.seed), a.send('PUB no 0\r\n\r\n'), a.expect(denied), ...a.sync()],
  },
  {
    name: 'the key counts, and not user and password that are shown too',
    config,
    steps: [...a.connectAs(ada.seed, { user: 'cyd', pass: 'wrong' })],
  },
  {
    name: 'a user with a password comes in beside the keys',
    config,
    steps: [...a.connect({ user: 'cyd', pass: 'secret' })],
  },
  {
    name: 'who signs as somebody unknown is not let in',
    config,
    steps: [a.open(), a.sign(stranger.seed), ...refusal],
  },
  {
    name: 'who signs as somebody unknown is not let in with user and password either',
    config,
    steps: [a.open(), a.sign(stranger.seed, { user: 'cyd', pass: 'secret' }), ...refusal],
  },
  {
    name: 'who signs with the key of another is not let in',
    config,
    steps: [a.open(), a.sign(stranger.seed, { nkey: ada.key }), ...refusal],
  },
  ...cases<ConnectFields>(
    [{}, { sig: '' }, { sig: '#' }, { sig: 'AAAA' }, { sig: `${'A'.repeat(85)}g` }, { sig: 'A'.repeat(400) }],
    (fields) => ({
      name: `who shows a key with ${JSON.stringify(fields).slice(0, 40)} is not let in`,
      config,
      steps: [a.open(), a.send(connectLine({ ...plain, nkey: ada.key, ...fields })), ...refusal],
    }),
  ),
  ...cases(['UABC', ada.key.toLowerCase(), ada.seed.slice(0, 20)], (nkey) => ({
    name: `who shows ${nkey.slice(0, 6)}… of ${nkey.length} letters as a key is not let in`,
    config,
    steps: [a.open(), a.send(connectLine({ ...plain, nkey, sig: 'AAAA' })), ...refusal],
  })),
  {
    name: 'the same signature holds for another CONNECT of the connection, since the nonce is the same',
    config,
    steps: [...a.connectAs(ada.seed), a.send(connectLine(plain)), ...a.sync()],
  },
  {
    name: 'another CONNECT makes the owner of a key a user',
    config,
    steps: [
      ...a.connectAs(ben.seed),
      a.send(connectLine({ ...plain, nkey: '', user: 'cyd', pass: 'secret' })),
      a.send('PUB no 0\r\n\r\n'),
      ...a.sync(),
    ],
  },
  {
    name: 'the log names the key that is not let in',
    config,
    steps: [
      a.open(),
      a.sign(stranger.seed),
      ...refusal,
      logged(new RegExp(`\\[ERR\\] 127\\.0\\.0\\.1:\\d+ - cid:\\d+ - authentication error - Nkey "${stranger.key}"\n`)),
    ],
  },
  {
    name: 'the log names account and key of who is in',
    config,
    steps: [
      ...a.connectAs(ben.seed),
      a.send('PUB no 0\r\n\r\n'),
      a.expect(denied),
      logged(new RegExp(`"\\$G/nkey:${ben.key}" - Publish Violation - Subject "no"\n`)),
    ],
  },
  {
    name: 'the owner of a key may be who shows nothing; there is a nonce all the same',
    config: anonymous,
    steps: [
      a.open(),
      a.info({ nonce: /./ }, ['auth_required']),
      ...b.connect(),
      b.send('PUB no 0\r\n\r\n'),
      b.expect(denied),
    ],
  },
  {
    name: 'who shows that key need not sign',
    config: anonymous,
    steps: [...a.connect({ nkey: ada.key })],
  },
  {
    name: 'but who begins without CONNECT is nobody then',
    config: anonymous,
    steps: [a.open(), a.send('PING\r\n'), ...refusal],
  },
  {
    name: 'where proxies are trusted there is a nonce',
    config: proxied,
    steps: [a.open(), a.info({ auth_required: true, nonce: /^[A-Za-z0-9_-]{15}$/ })],
  },
  {
    name: 'who has to come through a proxy is not let in without',
    config: proxied,
    steps: [a.open(), a.send(connectLine({ ...plain, user: 'ada', pass: 'a' })), ...refusal],
  },
  {
    name: 'who need not come through a proxy is let in without',
    config: proxied,
    steps: [...a.connect({ user: 'ben', pass: 'b' })],
  },
  {
    name: 'nobody is let in with the signature of a proxy that is not trusted',
    config: proxied,
    steps: [a.open(), a.send(connectLine({ ...plain, user: 'ben', pass: 'b', proxy_sig: 'AAAA' })), ...refusal],
  },
];
