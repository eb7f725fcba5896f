import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import type { Claims } from '../../broker/auth/jwt/claims.ts';
import { JwtError } from '../../broker/auth/jwt/jwt-error.ts';
import { validateAccount, validateUser } from '../../broker/auth/jwt/validation.ts';
import { newKeyPair } from '../../broker/auth/nkey.ts';
import { accountOptions, permissionsOf } from '../../broker/auth/operator/account-options.ts';
import { fillTemplate, hasNoPermissions } from '../../broker/auth/operator/scope-template.ts';
import { admitsSource, admitsTime, connectionTypes } from '../../broker/auth/operator/user-limits.ts';

/** What is put to the test: reads a token, or throws a `JwtError`. */
export type Decode = (token: string) => Claims;

const operator = newKeyPair('operator');
const account = newKeyPair('account');
const user = newKeyPair('user');
const NOW = 1_700_000_000;
const PROPERTY_MS_MAX = 2_000;
/** Errors are for people: none is a copy of what came. */
const MESSAGE_LENGTH_MAX = 400;

const part = (text: string): string => Buffer.from(text).toString('base64url');

/** A token with a right signature, whatever it says. */
function sign(kind: string, claims: string): string {
  const signer = kind === 'user' || kind === 'activation' ? account : operator;
  const body = claims.replace(/^\{/, `{"iss":"${signer.publicKey}",`).replace(',}', '}');
  const signed = `${part('{"typ":"JWT","alg":"ed25519-nkey"}')}.${part(body)}`;
  return `${signed}.${signer.sign(Buffer.from(signed)).toString('base64url')}`;
}

const names =
  'type version tags pub sub resp allow deny max ttl subs data payload src times start end times_location bearer_token ' +
  'imports exports limits signing_keys revocations default_permissions mappings authorization trace subject account token ' +
  'to local_subject share token_req service_latency sampling results tiered_limits R1 mem_storage kind key template role ' +
  'dest auth_users xkey issuer_account iss exp nbf iat jti name aud conn leaf wildcards weight cluster __proto__ constructor';

const scalar = fc.oneof(
  fc.constantFrom<unknown>(null, true, false, 0, 1, -1, 1.5, 1e300, 2 ** 53, '', '*', '>', 'a.b', 'a.*', 'a..b', ' '),
  fc.constantFrom(
    'stream',
    'service',
    'user_scope',
    'headers',
    '08:00:00',
    '10.0.0.0/8',
    'UTC',
    '{{name()}}',
    '{{tag(a)}}',
  ),
  fc.constantFrom(account.publicKey, operator.publicKey, user.publicKey),
  fc.string({ maxLength: 20 }),
);

/** Anything that JSON can say, with names that mean something in claims. */
const anything = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc
      .array(fc.tuple(fc.constantFrom(...names.split(' ')), tie('value')), { maxLength: 8 })
      .map((entries) => Object.fromEntries(entries)),
  ),
})).value;

/** Claims of a kind with fields of any value. Names such as `__proto__` stay what they are: text. */
const claimsOfKind = fc
  .tuple(
    fc.constantFrom('operator', 'account', 'account', 'user', 'user', 'activation', 'authorization_response', 'mine'),
    fc.array(fc.tuple(fc.constantFrom(...names.split(' ')), anything), { maxLength: 8 }),
    fc.dictionary(fc.constantFrom('exp', 'nbf', 'iat', 'name', 'sub', 'aud', 'jti'), scalar, { maxKeys: 3 }),
    fc.constantFrom(1, 2, 2, 2, 2, 2, 3),
  )
  .map(([kind, entries, standard, version]) => {
    const nats = JSON.stringify({ ...Object.fromEntries(entries), type: kind, version });
    return { kind, claims: JSON.stringify(standard).replace(/\}$/, `,"nats":${nats}}`).replace('{,', '{') };
  });

const goodTokens = [
  sign('user', `{"sub":"${user.publicKey}","name":"ada","nats":{"type":"user","version":2,"pub":{"allow":["a"]}}}`),
  sign('account', `{"sub":"${account.publicKey}","nats":{"type":"account","version":2,"revocations":{"__proto__":5}}}`),
];

/** A good token with some of its text replaced. */
const spoiltToken = fc
  .tuple(fc.constantFrom(...goodTokens), fc.nat(), fc.string({ maxLength: 3 }), fc.nat(3))
  .map(([token, at, text, drop]) => {
    const place = at % token.length;
    return { good: token, token: token.slice(0, place) + text + token.slice(place + drop) };
  });

/** Parts of tokens of any bytes. */
const shapelessToken = fc.oneof(
  fc.string(),
  fc.array(fc.string({ unit: 'binary' }), { minLength: 2, maxLength: 4 }).map((parts) => parts.map(part).join('.')),
  fc.json().map((json) => `${part(json)}.${part(json)}.${part('x')}`),
);

/**
 * What is wrong with a reader of tokens, found by many tokens: it throws something else than a `JwtError`, tells a part of
 * the token, takes a token for good that was changed, or makes claims that do harm further on. Undefined: nothing.
 */
export function faultOf(decode: Decode, runs: number, seed?: number): string | undefined {
  // What is meant to be found is looked for as long as it takes.
  const open = { interruptAfterTimeLimit: PROPERTY_MS_MAX, markInterruptAsFailure: false };
  const bounds = { numRuns: runs, ...(seed === undefined ? open : { seed }) };
  const properties = [
    fc.property(shapelessToken, (token) => void read(decode, token)),
    fc.property(claimsOfKind, ({ kind, claims }) => {
      const token = sign(kind, claims);
      const found = read(decode, token);
      if (found !== undefined) use(found, token);
    }),
    fc.property(spoiltToken, ({ good, token }) => {
      const found = read(decode, token);
      if (found !== undefined && !isDeepStrictEqual(found, decode(good)))
        throw new Error('took a token that was changed');
    }),
    fc.property(fc.constantFrom(...goodTokens), (token) => {
      const found = read(decode, token);
      if (found === undefined) throw new Error('refused a good token');
      if (found.nats.type === 'account' && found.nats.revocations.size !== 1) throw new Error('lost a revocation');
    }),
  ];
  for (const property of properties) {
    const result = fc.check(property as fc.IProperty<unknown>, bounds);
    if (result.failed) return fc.defaultReportMessage(result);
  }
  return undefined;
}

/** Undefined when it is refused as it should be. */
function read(decode: Decode, token: string): Claims | undefined {
  try {
    return decode(token);
  } catch (error) {
    if (!(error instanceof JwtError)) throw new Error(`threw ${String(error)}`, { cause: error });
    if (error.message.length > MESSAGE_LENGTH_MAX) throw new Error('made a long error', { cause: error });
    // Long enough to be no word of the message by chance.
    const secrets = token.split('.').filter((text) => text.length > 30);
    if (secrets.some((secret) => error.message.includes(secret.slice(0, 30)))) {
      throw new Error('told a part of the token', { cause: error });
    }
    return undefined;
  }
}

/** Everything that is done with claims: none of it may fail in another way than by a `JwtError`. */
function use(claims: Claims, token: string): void {
  checkShape(claims);
  const { nats } = claims;
  if (nats.type === 'account') {
    const account = claims as Claims & { nats: typeof nats };
    validateAccount(account, NOW);
    checkShape(accountOptions(account, token));
  }
  if (nats.type !== 'user') return;
  const shown = claims as Claims & { nats: typeof nats };
  validateUser(shown, NOW);
  permissionsOf(nats);
  hasNoPermissions(nats);
  admitsSource(nats, '127.0.0.1');
  admitsTime(nats, NOW * 1000);
  connectionTypes(nats.allowed_connection_types);
  try {
    fillTemplate(nats, shown, { name: 'a', tags: ['a:1', 'a:2'] });
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
  }
}

/** Numbers are whole, and nothing brought a prototype along. Kinds that are not known stay as they came. */
function checkShape(value: unknown): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error('a number without end');
  if (typeof value !== 'object' || value === null) return;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (![Object.prototype, Array.prototype, Map.prototype].includes(prototype as never)) {
    throw new Error('brought a prototype along');
  }
  const inner = value instanceof Map ? [...value.values()] : Object.values(value);
  if (!('type' in value && value.type === 'generic')) for (const one of inner) checkShape(one);
}
