import { encodeJwt } from '../jwt/encode.ts';
import { newKeyPair, type NkeyPair } from '../nkey.ts';
import { formatCreds } from './creds.ts';

/** What is wanted: an operator with accounts and their users. All keys are new. */
export interface OperatorTreeDraft {
  /** Name of the operator. */
  readonly operator: string;
  readonly accounts: readonly AccountDraft[];
  /** Name of the account that watches the server; made when it is not among `accounts`. Absent: `SYS`. */
  readonly systemAccount?: string | undefined;
  /** Where the server keeps accounts. Absent: in its configuration only. */
  readonly resolver?: { readonly type: 'memory' } | { readonly type: 'full' | 'cache'; readonly folder: string };
}

export interface AccountDraft {
  readonly name: string;
  readonly users: readonly (string | UserDraft)[];
  /** Fields of the account's claims over the usual ones (everything allowed, no JetStream). */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
}

export interface UserDraft {
  readonly name: string;
  /** Seconds since the epoch; absent: never. */
  readonly expiresAt?: number | undefined;
  /** Fields of the user's claims over the usual ones (everything allowed). */
  readonly claims?: Readonly<Record<string, unknown>> | undefined;
}

/** A key with its secret and the JWT that speaks of it. */
export interface TreeNode {
  readonly name: string;
  readonly publicKey: string;
  /** A secret. */
  readonly seed: string;
  readonly jwt: string;
}

export interface TreeUser extends TreeNode {
  /** Text of a creds file: a secret. */
  readonly creds: string;
}

export interface TreeAccount extends TreeNode {
  readonly users: readonly TreeUser[];
}

export interface OperatorTree {
  readonly operator: TreeNode;
  readonly systemAccount: TreeAccount;
  /** With the system account, in the order of the draft. */
  readonly accounts: readonly TreeAccount[];
  /** Lines of a configuration file that a server trusts the operator with. */
  readonly configuration: string;
}

const NO_LIMIT = -1;

/** Limits of an account that may do everything but JetStream. */
export const UNLIMITED_ACCOUNT = {
  subs: NO_LIMIT,
  data: NO_LIMIT,
  payload: NO_LIMIT,
  imports: NO_LIMIT,
  exports: NO_LIMIT,
  wildcards: true,
  conn: NO_LIMIT,
  leaf: NO_LIMIT,
} as const;

/** Limits of a user that may do everything. */
export const UNLIMITED_USER = { subs: NO_LIMIT, data: NO_LIMIT, payload: NO_LIMIT } as const;

const SYSTEM_ACCOUNT = 'SYS';

/** Makes an operator, its accounts and users, to try operator mode out. Throws a `JwtError` for names that are empty. */
export function createOperatorTree(draft: OperatorTreeDraft): OperatorTree {
  const operatorKeys = newKeyPair('operator');
  const systemName = draft.systemAccount ?? SYSTEM_ACCOUNT;
  const named = draft.accounts.some(({ name }) => name === systemName);
  const drafts = named ? draft.accounts : [{ name: systemName, users: ['sys'] }, ...draft.accounts];
  const accounts = drafts.map((account) => createAccount(account, operatorKeys));
  const systemAccount = accounts.find(({ name }) => name === systemName) as TreeAccount;
  const operator = node(
    draft.operator,
    operatorKeys,
    encodeJwt(
      {
        sub: operatorKeys.publicKey,
        name: draft.operator,
        nats: { type: 'operator', system_account: systemAccount.publicKey },
      },
      operatorKeys,
    ),
  );
  return { operator, systemAccount, accounts, configuration: configuration(draft, operator, systemAccount, accounts) };
}

function createAccount({ name, users, claims }: AccountDraft, operator: NkeyPair): TreeAccount {
  const keys = newKeyPair('account');
  const jwt = encodeJwt(
    {
      sub: keys.publicKey,
      name,
      nats: { limits: UNLIMITED_ACCOUNT, default_permissions: { pub: {}, sub: {} }, ...claims, type: 'account' },
    },
    operator,
  );
  return { ...node(name, keys, jwt), users: users.map((user) => createUser(user, keys)) };
}

function createUser(draft: string | UserDraft, account: NkeyPair): TreeUser {
  const { name, expiresAt, claims }: UserDraft = typeof draft === 'string' ? { name: draft } : draft;
  const keys = newKeyPair('user');
  const nats = { pub: {}, sub: {}, ...UNLIMITED_USER, ...claims, type: 'user' } as const;
  const jwt = encodeJwt({ sub: keys.publicKey, name, exp: expiresAt, nats }, account);
  return { ...node(name, keys, jwt), creds: formatCreds(jwt, keys.seed) };
}

function node(name: string, { publicKey, seed }: NkeyPair, jwt: string): TreeNode {
  return { name, publicKey, seed, jwt };
}

function configuration(
  { resolver }: OperatorTreeDraft,
  operator: TreeNode,
  systemAccount: TreeNode,
  accounts: readonly TreeNode[],
): string {
  const kept =
    resolver === undefined || resolver.type === 'memory'
      ? 'MEMORY'
      : `{ type: ${resolver.type}, dir: ${JSON.stringify(resolver.folder)} }`;
  return [
    `operator: ${operator.jwt}`,
    `system_account: ${systemAccount.publicKey}`,
    `resolver: ${kept}`,
    'resolver_preload: {',
    ...accounts.map(({ publicKey, jwt }) => `  ${publicKey}: ${jwt}`),
    '}',
    '',
  ].join('\n');
}
