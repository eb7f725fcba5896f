import { createHash } from 'node:crypto';
import { createAccount, createOperator, createUser, type KeyPair } from '@nats-io/nkeys';

/** An operator with one account, enough for a nats-server with `resolver: MEMORY` and users with creds. */
export interface JwtWorld {
  /** Lines of a configuration file. */
  config: string;
  accountKey: string;
  /** Text of a creds file. */
  creds(name: string, fields?: { expiresAt?: number; subscribe?: string[] }): string;
}

export function createJwtWorld(): JwtWorld {
  const operator = createOperator();
  const account = createAccount();
  const accountKey = account.getPublicKey();
  const none = -1;
  const operatorJwt = signJwt(operator, operator.getPublicKey(), { name: 'op' }, { type: 'operator', version: 2 });
  const limits = { subs: none, data: none, payload: none, imports: none, exports: none, conn: none, leaf: none };
  const accountJwt = signJwt(
    operator,
    accountKey,
    { name: 'PLANT' },
    {
      type: 'account',
      version: 2,
      limits: { ...limits, wildcards: true },
      default_permissions: { pub: {}, sub: {} },
    },
  );
  return {
    accountKey,
    config: `operator: ${operatorJwt}\nresolver: MEMORY\nresolver_preload: { ${accountKey}: ${accountJwt} }\n`,
    creds(name, { expiresAt, subscribe } = {}) {
      const user = createUser();
      const claims = { name, ...(expiresAt === undefined ? {} : { exp: expiresAt }) };
      const sub = subscribe === undefined ? {} : { allow: subscribe };
      const nats = { type: 'user', version: 2, subs: none, data: none, payload: none, pub: {}, sub };
      const jwt = signJwt(account, user.getPublicKey(), claims, nats);
      const seed = new TextDecoder().decode(user.getSeed());
      const block = (title: string, body: string): string =>
        `-----BEGIN ${title}-----\n${body}\n------END ${title}------\n\n`;
      return block('NATS USER JWT', jwt) + block('USER NKEY SEED', seed);
    },
  };
}

/** A JWT with an identifier, a time of issue and an issuer; `nats` is what it says beyond the standard. */
export function signJwt(issuer: KeyPair, subject: string, claims: object, nats: object): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = { iat: Math.floor(Date.now() / 1000), iss: issuer.getPublicKey(), sub: subject, ...claims, nats };
  const jti = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  const head = `${encode({ typ: 'JWT', alg: 'ed25519-nkey' })}.${encode({ jti, ...body })}`;
  return `${head}.${Buffer.from(issuer.sign(Buffer.from(head))).toString('base64url')}`;
}
