import { newKeyPair } from '../../../broker/auth/nkey.ts';
import { secondsFromNow, type TestAccount, TestOperator } from '../../support/operator-tree.ts';
import { a, b, type Case, lazily } from '../case.ts';
import { delivered, enter, s, turnedAway, undelivered, updated } from './operator-steps.ts';

const operator = new TestOperator();
const signer = newKeyPair('account');
const watcher = enter(s, operator.system.user('watcher'));

const exporter = operator.account('EXPORTER', {
  signing_keys: [signer.publicKey],
  exports: [
    { subject: 'open.>', type: 'stream' },
    { subject: 'secret.>', type: 'stream', token_req: true },
    { subject: 'ask.*', type: 'service' },
    { subject: 'quiet.ask', type: 'service', token_req: true },
    { subject: 'for.*', type: 'service', account_token_position: 2 },
  ],
});
const revoking = operator.account('REVOKING', {
  exports: [{ subject: 'secret', type: 'stream', token_req: true, revocations: { '*': 1000 } }],
});

type Import = Readonly<Record<string, unknown>>;
const all: TestAccount[] = [exporter, revoking];

function importer(name: string, make: (account: TestAccount) => readonly Import[]): TestAccount {
  const account = operator.account(name);
  const imports = make(account).map((one) => ({ account: exporter.key, type: 'stream', ...one }));
  const made = Object.assign(Object.create(account) as TestAccount, {
    jwt: (nats: Import = {}) => account.jwt({ imports, ...nats }),
  });
  all.push(made);
  return made;
}

const streams = importer('STREAMS', () => [
  { subject: 'open.plain' },
  { subject: 'open.there', local_subject: 'here' },
  { subject: 'open.pair.*.*', local_subject: 'pair.$2.$1' },
  { subject: 'open.old', to: 'prefix' },
]);
const services = importer('SERVICES', () => [
  { type: 'service', subject: 'ask.plain' },
  { type: 'service', subject: 'ask.there', local_subject: 'ask.here' },
  { type: 'service', subject: 'old.here', to: 'ask.old' },
]);
const withToken = importer('WITH_TOKEN', (account) => [
  { subject: 'secret.a', token: exporter.activation(account.key, 'stream', 'secret.>') },
  {
    type: 'service',
    subject: 'quiet.ask',
    token: exporter.activation(account.key, 'service', 'quiet.ask', {}, signer),
  },
]);
const withoutToken = importer('WITHOUT_TOKEN', () => [
  { subject: 'secret.a' },
  { type: 'service', subject: 'quiet.ask' },
]);
const over = importer('OVER', (account) => [
  { subject: 'secret.a', token: exporter.activation(account.key, 'stream', 'secret.a', { exp: 1000 }) },
]);
const strangers = importer('STRANGERS', (account) => [
  { subject: 'secret.a', token: exporter.activation(account.key, 'stream', 'secret.a', {}, newKeyPair('account')) },
]);
const others = importer('OTHERS', () => [
  { subject: 'secret.a', token: exporter.activation(exporter.key, 'stream', 'secret.a') },
]);
const revoked = importer('REVOKED', (account) => [
  {
    account: revoking.key,
    subject: 'secret',
    token: revoking.activation(account.key, 'stream', 'secret', { iat: 1000 }),
  },
]);
const renewed = importer('RENEWED', (account) => [
  {
    account: revoking.key,
    subject: 'secret',
    token: revoking.activation(account.key, 'stream', 'secret', { iat: 1001 }),
  },
]);
const named = importer('NAMED', (account) => [
  { type: 'service', subject: `for.${account.key}`, local_subject: 'mine' },
  { type: 'service', subject: `for.${exporter.key}`, local_subject: 'theirs' },
]);
const limited = importer('LIMITED', () => [{ subject: 'open.plain' }]);
const ending = operator.account('ENDING');
all.push(ending);

const config = operator.config(
  all.map((account) =>
    account === limited
      ? `${account.key}: ${account.jwt({ limits: { imports: 0 } })}`
      : `${account.key}: ${account.jwt()}`,
  ),
);
const source = enter(a, exporter.user('user'));

/** A question goes from `b` to `a`, and the answer back. */
function answered(account: TestAccount, subject: string, there: string): Case['steps'] {
  return [
    ...source,
    ...enter(b, account.user('user'), { headers: true }),
    a.send(`SUB ${there} 1\r\n`),
    ...a.sync(),
    b.send(`SUB re 1\r\nPUB ${subject} re 1\r\nq\r\n`),
    ...b.sync(),
    a.answer(there, (request) => `${request.toString()}!`),
    b.expect('MSG re 1 2\r\nq!\r\n'),
  ];
}

function unanswered(account: TestAccount, subject: string, there: string): Case['steps'] {
  return [
    ...source,
    ...enter(b, account.user('user')),
    a.send(`SUB ${there} 1\r\n`),
    ...a.sync(),
    b.send(`PUB ${subject} re 1\r\nq\r\n`),
    ...b.sync(),
    ...a.sync(),
  ];
}

function streamed(account: TestAccount, there: string, here: string): Case['steps'] {
  return [...source, ...enter(b, account.user('user')), ...delivered(a, there, b, here)];
}

function withheld(account: TestAccount, there: string, here = there): Case['steps'] {
  return [...source, ...enter(b, account.user('user')), ...undelivered(a, there, b, here)];
}

/** What accounts give to each other, said by their JWTs. */
export const operatorImports: Case[] = [
  { name: 'a stream is imported', steps: streamed(streams, 'open.plain', 'open.plain') },
  { name: 'a stream is imported under another subject', steps: streamed(streams, 'open.there', 'here') },
  {
    name: 'a stream is imported with its tokens in another order',
    steps: streamed(streams, 'open.pair.a.b', 'pair.b.a'),
  },
  { name: 'a stream is imported under a prefix', steps: streamed(streams, 'open.old', 'prefix.open.old') },
  { name: 'what is not imported does not come', steps: withheld(streams, 'open.other') },
  { name: 'a service is imported', steps: answered(services, 'ask.plain', 'ask.plain') },
  { name: 'a service is imported under another subject', steps: answered(services, 'ask.here', 'ask.there') },
  { name: 'a service is imported in the old way', steps: answered(services, 'old.here', 'ask.old') },
  { name: 'an activation token lets a stream in', steps: streamed(withToken, 'secret.a', 'secret.a') },
  {
    name: 'an activation token of a signing key lets a service in',
    steps: answered(withToken, 'quiet.ask', 'quiet.ask'),
  },
  { name: 'nothing comes without a token that is needed', steps: withheld(withoutToken, 'secret.a') },
  { name: 'nobody is asked without a token that is needed', steps: unanswered(withoutToken, 'quiet.ask', 'quiet.ask') },
  { name: 'a token that is over lets nothing in', steps: withheld(over, 'secret.a') },
  {
    name: 'a token that was revoked lets nothing in',
    steps: [...enter(a, revoking.user('user')), ...enter(b, revoked.user('user')), ...undelivered(a, 'secret', b)],
  },
  {
    name: 'a token that is newer than the revocation lets in',
    steps: [...enter(a, revoking.user('user')), ...enter(b, renewed.user('user')), ...delivered(a, 'secret', b)],
  },
  { name: 'the token of a stranger lets nothing in', steps: withheld(strangers, 'secret.a') },
  { name: 'an account with the token of another does not count', steps: turnedAway(b, others.user('user')) },
  { name: 'an account with more imports than it may have does not count', steps: turnedAway(b, limited.user('user')) },
  { name: 'a service is for the account that its subject names', steps: answered(named, 'mine', `for.${named.key}`) },
  { name: 'a service is for nobody else', steps: unanswered(named, 'theirs', `for.${exporter.key}`) },
  {
    name: 'an import ends with its token',
    steps: [
      ...watcher,
      ...source,
      ...enter(b, ending.user('user')),
      lazily(() => [
        updated(
          ending.key,
          ending.jwt({
            imports: [
              {
                account: exporter.key,
                type: 'stream',
                subject: 'secret.end',
                token: exporter.activation(ending.key, 'stream', 'secret.end', { exp: secondsFromNow(3) }),
              },
            ],
          }),
        ),
      ]),
      ...delivered(a, 'secret.end', b),
      b.quiet(4_000),
      ...undelivered(a, 'secret.end', b),
    ],
  },
].map((one): Case => ({ ...one, config }));
