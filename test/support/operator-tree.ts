import { type ClaimsDraft, encodeJwt } from '../../broker/auth/jwt/encode.ts';
import { newKeyPair, type NkeyPair } from '../../broker/auth/nkey.ts';
import { UNLIMITED_ACCOUNT, UNLIMITED_USER } from '../../broker/auth/operator/tree.ts';

type More = Partial<Omit<ClaimsDraft, 'nats' | 'sub'>>;
type Nats = Readonly<Record<string, unknown>>;

/** An operator for tests: every token can be made, right ones and wrong ones. All keys are new. */
export class TestOperator {
  readonly keys = newKeyPair('operator');
  readonly system = new TestAccount(this, 'SYS');
  readonly signingKeys: NkeyPair;
  readonly #nats: Nats;

  /** `nats` stands over the usual claims; `signing_keys` gets one key beside. */
  constructor(nats: Nats = {}) {
    this.signingKeys = newKeyPair('operator');
    this.#nats = nats;
  }

  get key(): string {
    return this.keys.publicKey;
  }

  /** The operator's own token. */
  jwt(nats: Nats = {}, more: More = {}, signer: NkeyPair = this.keys): string {
    const usual = { system_account: this.system.key, signing_keys: [this.signingKeys.publicKey] };
    const draft = { name: 'OP', ...more, sub: this.key };
    return encodeJwt({ ...draft, nats: { ...usual, ...this.#nats, ...nats, type: 'operator' } }, signer);
  }

  account(name: string, nats: Nats = {}): TestAccount {
    return new TestAccount(this, name, nats);
  }

  /** A request to delete accounts, signed by itself. */
  deletion(accounts: unknown, signer: NkeyPair = this.keys, sub = signer.publicKey): string {
    return encodeJwt({ sub, nats: { type: 'generic', accounts } }, signer);
  }

  /** Lines of a configuration that trusts this operator, with these accounts beside the system account. */
  config(accounts: readonly (TestAccount | string)[], resolver = 'MEMORY', more = ''): string {
    const preload = [this.system, ...accounts].map((account) =>
      account instanceof TestAccount ? `  ${account.key}: ${account.jwt()}` : `  ${account}`,
    );
    return [
      `operator: ${this.jwt()}`,
      `system_account: ${this.system.key}`,
      `resolver: ${resolver}`,
      'resolver_preload: {',
      ...preload,
      '}',
      more,
      '',
    ].join('\n');
  }
}

export class TestAccount {
  readonly keys = newKeyPair('account');
  readonly name: string;
  readonly #operator: TestOperator;
  readonly #nats: Nats;

  constructor(operator: TestOperator, name: string, nats: Nats = {}) {
    this.#operator = operator;
    this.name = name;
    this.#nats = nats;
  }

  get key(): string {
    return this.keys.publicKey;
  }

  /** Its token; `nats` stands over what it was made with. */
  jwt(nats: Nats = {}, more: More = {}, signer: NkeyPair = this.#operator.keys): string {
    const { limits, ...rest } = { ...this.#nats, ...nats } as Nats & { limits?: object };
    const usual = { default_permissions: { pub: {}, sub: {} } };
    return encodeJwt(
      {
        name: this.name,
        ...more,
        sub: this.key,
        nats: { ...usual, ...rest, limits: { ...UNLIMITED_ACCOUNT, ...limits }, type: 'account' },
      },
      signer,
    );
  }

  user(name: string, nats: Nats = {}, more: More = {}, signer: NkeyPair = this.keys): TestUser {
    const byAccount = signer === this.keys;
    const issued = byAccount ? nats : { issuer_account: this.key, ...nats };
    return new TestUser(name, { ...UNLIMITED_USER, pub: {}, sub: {}, ...issued }, more, signer);
  }

  /** A user of a scoped key: his token says nothing of permissions. */
  scopedUser(name: string, signer: NkeyPair, nats: Nats = {}, more: More = {}): TestUser {
    return new TestUser(name, { issuer_account: this.key, ...nats }, more, signer);
  }

  /** A token that lets another account import. */
  activation(
    importer: string,
    kind: 'stream' | 'service',
    subject: string,
    more: More = {},
    signer: NkeyPair = this.keys,
  ): string {
    const issued = signer === this.keys ? {} : { issuer_account: this.key };
    return encodeJwt(
      { name: subject, ...more, sub: importer, nats: { type: 'activation', kind, subject, ...issued } },
      signer,
    );
  }
}

export class TestUser {
  readonly keys = newKeyPair('user');
  readonly jwt: string;

  constructor(name: string, nats: Nats, more: More, signer: NkeyPair) {
    this.jwt = encodeJwt({ name, ...more, sub: this.keys.publicKey, nats: { ...nats, type: 'user' } }, signer);
  }

  get key(): string {
    return this.keys.publicKey;
  }

  get seed(): string {
    return this.keys.seed;
  }
}

/** A scope as it stands among the signing keys of an account. */
export function scopeOf(key: string, template: Nats): Nats {
  return { kind: 'user_scope', key, role: 'role', template: { ...UNLIMITED_USER, ...template }, description: '' };
}

/** Seconds since the epoch. */
export function secondsFromNow(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}

/** A token as the first version had them: the type beside the standard claims, the body alone signed. */
export function tokenV1(claims: Readonly<Record<string, unknown>>, signer: NkeyPair): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = part({ jti: 'v1', iat: secondsFromNow(0), iss: signer.publicKey, ...claims });
  return `${part({ typ: 'jwt', alg: 'ed25519' })}.${body}.${signer.sign(Buffer.from(body)).toString('base64url')}`;
}
