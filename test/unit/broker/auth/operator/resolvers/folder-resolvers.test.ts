import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AuthenticationOutcome } from '../../../../../../broker/auth/authentication.ts';
import { newKeyPair } from '../../../../../../broker/auth/nkey.ts';
import {
  createOperatorAuthentication,
  type OperatorAuthentication,
} from '../../../../../../broker/auth/operator/operator-authentication.ts';
import type { ResolverOptions } from '../../../../../../broker/options.ts';
import { defaultConnectOptions } from '../../../../../../broker/wire/connect.ts';
import { type TestAccount, TestOperator } from '../../../../../support/operator-tree.ts';
import { factsOf, FakeBroker, until } from '../doubles.ts';

let operator: TestOperator;
let broker: FakeBroker;
let folder: string;
let authentication: OperatorAuthentication | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'natscope-resolver-'));
  operator = new TestOperator();
  broker = new FakeBroker(operator.system.key);
});

afterEach(async () => {
  authentication?.dispose();
  await rm(folder, { recursive: true, force: true });
});

async function start(
  options: Partial<Extract<ResolverOptions, { folder: string }>> = {},
  accounts: readonly TestAccount[] = [operator.system],
  operatorJwt = operator.jwt(),
): Promise<OperatorAuthentication> {
  authentication?.dispose();
  const resolver: ResolverOptions = { type: 'full', folder, ...options };
  const preload = Object.fromEntries(accounts.map((account) => [account.key, account.jwt()]));
  authentication = createOperatorAuthentication(
    { operator: { operators: [operatorJwt], resolver, preload } },
    broker.dependencies,
  );
  await authentication.prepare();
  authentication.start();
  return authentication;
}

async function enter(account: TestAccount): Promise<AuthenticationOutcome> {
  const user = account.user('u', { bearer_token: true });
  const connect = { ...defaultConnectOptions(), jwt: user.jwt };
  return (authentication as OperatorAuthentication).authenticate(connect, factsOf(), new AbortController().signal);
}

async function reason(account: TestAccount): Promise<string | undefined> {
  return (await enter(account)).refusal?.debug;
}

const update = (account: TestAccount, jwt: string): Promise<unknown> =>
  broker.askJson(`$SYS.REQ.ACCOUNT.${account.key}.CLAIMS.UPDATE`, jwt);
const done = (account: TestAccount, message: string): object => ({
  data: { account: account.key, code: 200, message },
});
const failed = (account: string, description: string): object => ({ error: { account, code: 500, description } });

describe('a folder of all accounts', () => {
  test('takes what is brought, keeps it over a restart, and lets its users in', async () => {
    await start();
    const account = operator.account('A');
    expect(broker.logged('info')).toEqual([`Managing all jwt in exclusive directory ${folder}`]);
    expect(await reason(account)).toBe('Account JWT lookup error: fetching jwt timed out');
    expect(await update(account, account.jwt())).toMatchObject(done(account, 'jwt updated'));
    expect(await reason(account)).toBeUndefined();
    await start({}, []);
    expect(await reason(account)).toBeUndefined();
    expect((await readdir(folder)).toSorted()).toEqual(
      [account, operator.system].map(({ key }) => `${key}.jwt`).toSorted(),
    );
  });

  test('lets users of the system account in that bring its own JWT', async () => {
    await start({}, []);
    expect(await enter(operator.system)).toMatchObject({ identity: { account: operator.system.key } });
    await update(operator.system, operator.system.jwt({ limits: { disallow_bearer: true } }));
    expect(broker.reviewed).toEqual([operator.system.key]);
    expect(await reason(operator.system)).toBe('Account does not allow bearer tokens');
  });

  test('tells those who are in of what changed', async () => {
    await start();
    const account = operator.account('A');
    await update(account, account.jwt());
    expect(broker.reviewed).toEqual([]);
    await enter(account);
    await update(account, account.jwt({ limits: { conn: 4 } }));
    expect(broker.reviewed).toEqual([account.key]);
    expect(broker.accounts.get(account.key)?.options.limits?.connectionsMax).toBe(4);
  });

  test('keeps what nobody trusted signed, and does not act upon it', async () => {
    await start();
    const account = operator.account('A');
    await update(account, account.jwt());
    await enter(account);
    expect(await update(account, account.jwt({}, {}, account.keys))).toMatchObject(done(account, 'jwt updated'));
    expect(broker.reviewed).toEqual([]);
    expect(broker.logged('error')).toEqual([
      `DirResolver - Update for account "${account.key}" resulted in error account validation failed`,
    ]);
  });

  test('says why it takes nothing', async () => {
    await start({ entriesMax: 1 });
    const [account, other] = [operator.account('A'), operator.account('B')];
    expect(await update(account, 'x')).toMatchObject(failed('n/a', 'jwt update resulted in error - expected 3 chunks'));
    expect(await update(account, other.jwt())).toMatchObject(
      failed(account.key, 'jwt update resulted in error - subject does not match jwt content'),
    );
    expect(await update(account, account.jwt({ mappings: { 'a.': [] } }))).toMatchObject(
      failed(account.key, 'jwt validation failed - validation errors: [subject "a." cannot start or end with a `.`]'),
    );
    expect(await update(account, account.jwt())).toMatchObject(
      failed(account.key, 'jwt update resulted in error - jwt store is full'),
    );
    expect(await broker.askJson('$SYS.REQ.CLAIMS.UPDATE', 'x')).toMatchObject(
      failed('n/a', 'jwt update resulted in error - expected 3 chunks'),
    );
    expect(await broker.askJson('$SYS.REQ.CLAIMS.UPDATE', operator.system.jwt({ tags: ['new'] }))).toMatchObject(
      done(operator.system, 'jwt updated'),
    );
    expect(broker.lines.join('\n')).not.toContain('eyJ');
  });

  test('takes nothing of a strict operator that its own key signed', async () => {
    const strict = new TestOperator({ strict_signing_key_usage: true });
    broker = new FakeBroker(strict.system.key);
    operator = strict;
    await start({}, []);
    const account = strict.account('A');
    const error = failed(account.key, 'jwt update resulted in error - operator requires issuer to be a signing key');
    expect(await update(account, account.jwt())).toMatchObject(error);
    expect(await broker.askJson('$SYS.REQ.CLAIMS.UPDATE', account.jwt())).toMatchObject(error);
    expect(await update(account, account.jwt({}, {}, strict.signingKeys))).toMatchObject(done(account, 'jwt updated'));
  });

  test('answers for accounts, lists and packs them', async () => {
    const account = operator.account('A');
    await start({}, [operator.system, account]);
    const lookup = (key: string): Promise<string[]> => broker.ask(`$SYS.REQ.ACCOUNT.${key}.CLAIMS.LOOKUP`);
    const [jwt] = await lookup(account.key);
    expect(jwt).toMatch(/^eyJ/);
    expect(await lookup(operator.account('B').key)).toEqual(['']);
    expect(await broker.ask('$SYS.REQ.ACCOUNT.nonsense.CLAIMS.LOOKUP', '', 0)).toEqual([]);
    expect(broker.logged('error')).toEqual(['DirResolver - Error looking up account "nonsense": invalid public key']);
    const keys = [operator.system.key, account.key].toSorted();
    const [list] = await broker.ask('$SYS.REQ.CLAIMS.LIST');
    expect(list).toMatch(/^\{"data":\[/);
    expect(JSON.parse(list as string)).toMatchObject({ data: keys, server: { name: 'srv' } });
    const pack = await broker.ask('$SYS.REQ.CLAIMS.PACK', '', 3);
    expect(pack.map((line) => line.split('|')[0])).toEqual([...keys, '']);
    expect(pack).toContain(`${account.key}|${jwt}`);
  });

  test('packs nothing for who has just the same', async () => {
    await start();
    const asked: string[] = [];
    const system = broker.accounts.system;
    if (system === undefined) throw new Error('no system account');
    broker.bus.subscribe(
      system,
      '$SYS.REQ.CLAIMS.PACK',
      ({ payload }) => void asked.push(Buffer.from(payload).toString('hex')),
    );
    broker.clock.advance(60_000);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(await broker.ask('$SYS.REQ.CLAIMS.PACK', Buffer.from(asked[0] as string, 'hex'))).toEqual(['']);
  });

  test('takes over what another server packs', async () => {
    await start();
    const account = operator.account('A');
    const system = broker.accounts.system;
    if (system === undefined) throw new Error('no system account');
    broker.bus.subscribe(system, '$SYS.REQ.CLAIMS.PACK', ({ reply }) => {
      broker.bus.publish(system, reply, `${account.key}|${account.jwt()}\n`);
      broker.bus.publish(system, reply, 'a|b|c');
      broker.bus.publish(system, reply, 'nobody|x');
    });
    broker.clock.advance(60_000);
    expect(await reason(account)).toBeUndefined();
    expect(broker.logged('error')).toEqual([
      `DirResolver - Merging resulted in error: line in package didn't contain 2 entries: "a|b|c"`,
      'DirResolver - Merging resulted in error: key to merge is not a valid public account key',
    ]);
  });

  test('asks others for what it does not have', async () => {
    await start();
    const account = operator.account('A');
    const system = broker.accounts.system;
    if (system === undefined) throw new Error('no system account');
    const subject = `$SYS.REQ.ACCOUNT.${account.key}.CLAIMS.LOOKUP`;
    const end = broker.bus.subscribe(system, subject, ({ reply }) => broker.bus.publish(system, reply, ''));
    expect(await reason(account)).toBe('Account JWT lookup error: account jwt not found');
    end();
    const hang = broker.bus.subscribe(system, subject, () => {});
    const timers = broker.clock.waiting;
    const waiting = reason(account);
    await until(() => broker.clock.waiting > timers);
    broker.clock.advance(1_900);
    expect(await waiting).toBe('Account JWT lookup error: fetching jwt timed out');
    hang();
    broker.bus.subscribe(system, subject, ({ reply }) => broker.bus.publish(system, reply, account.jwt()));
    expect(await reason(account)).toBeUndefined();
    expect(await readdir(folder)).toContain(`${account.key}.jwt`);
  });

  test('leaves nothing behind', async () => {
    const running = await start();
    running.dispose();
    expect(broker.bus.subscriptions).toEqual([]);
    expect(broker.clock.waiting).toBe(0);
  });
});

describe('deleting accounts', () => {
  const remove = (jwt: string): Promise<unknown> => broker.askJson('$SYS.REQ.CLAIMS.DELETE', jwt);
  const refused = (by: string, why: string): object => ({
    error: { code: 500, description: `delete accounts request by ${by} failed - ${why}` },
  });

  test('sends their users away, until they are brought again', async () => {
    const account = operator.account('A');
    await start({ deleteAllowed: true }, [operator.system, account]);
    const { identity } = await enter(account);
    if (identity === undefined) throw new Error('not let in');
    const jwt = (await broker.ask(`$SYS.REQ.ACCOUNT.${account.key}.CLAIMS.LOOKUP`))[0] as string;
    expect(await remove(operator.deletion([account.key]))).toMatchObject({
      data: { code: 200, message: 'deleted 1 accounts' },
    });
    expect(broker.reviewed).toEqual([account.key]);
    expect(authentication?.review(identity, { ...defaultConnectOptions() }, factsOf())).toMatchObject({
      refusal: { error: 'Account Authentication Expired' },
    });
    broker.clock.advance(5_000);
    expect(await reason(account)).toBe('Account JWT lookup error: account expired');
    expect(await readdir(folder)).toContain(`${account.key}.jwt.deleted`);
    expect(await update(account, jwt)).toMatchObject(done(account, 'jwt updated'));
    expect(await reason(account)).toBeUndefined();
  });

  test('may be for good, and by a signing key', async () => {
    const account = operator.account('A');
    await start({ deleteAllowed: true, hardDelete: true }, [operator.system, account]);
    await remove(operator.deletion([account.key, operator.account('NEVER').key], operator.signingKeys));
    expect(await readdir(folder)).toEqual([`${operator.system.key}.jwt`]);
  });

  test('is refused for good reasons', async () => {
    const account = operator.account('A');
    await start({ deleteAllowed: true }, [operator.system, account]);
    const { key } = operator;
    expect(await remove('x')).toMatchObject(refused('', 'expected 3 chunks'));
    expect(await remove(operator.deletion([account.key], operator.keys, 'somebody'))).toMatchObject(
      refused('somebody', 'not self signed'),
    );
    const stranger = newKeyPair('operator');
    expect(await remove(operator.deletion([account.key], stranger))).toMatchObject(
      refused(stranger.publicKey, 'not trusted'),
    );
    for (const accounts of [undefined, 'x', {}, [1], [''], ['x'], [key]]) {
      expect(await remove(operator.deletion(accounts))).toMatchObject(refused(key, 'malformed request'));
    }
    expect(await remove(operator.deletion([operator.system.key]))).toMatchObject(
      refused(key, 'not allowed to delete system account'),
    );
    await start({}, []);
    expect(await remove(operator.deletion([account.key]))).toMatchObject(
      refused(key, 'delete must be enabled in server config'),
    );
    expect(await readdir(folder)).toContain(`${account.key}.jwt`);
  });
});

describe('a folder of accounts that are in use', () => {
  test('takes claims of those alone, and says so in its own words', async () => {
    const [used, unused] = [operator.account('A'), operator.account('B')];
    await start({ type: 'cache' }, [operator.system, used]);
    expect(broker.logged('info')).toEqual([`Managing some jwt in exclusive directory ${folder}`]);
    await enter(used);
    expect(await update(used, used.jwt({ limits: { conn: 3 } }))).toMatchObject(done(used, 'jwt updated cache'));
    expect(broker.accounts.get(used.key)?.options.limits?.connectionsMax).toBe(3);
    expect(await update(unused, unused.jwt())).toMatchObject(done(unused, 'jwt update cache skipped'));
    expect(await broker.askJson('$SYS.REQ.CLAIMS.UPDATE', unused.jwt())).toMatchObject(
      done(unused, 'jwt update cache skipped'),
    );
    expect(await update(used, 'x')).toMatchObject(
      failed(used.key, 'jwt update cache resulted in error - expected 3 chunks'),
    );
    expect(await update(used, used.jwt({ mappings: { 'a.': [] } }))).toMatchObject(
      failed(
        used.key,
        'jwt update cache validation failed - validation errors: [subject "a." cannot start or end with a `.`]',
      ),
    );
    expect(await readdir(folder)).not.toContain(`${unused.key}.jwt`);
  });

  test('asks for accounts on the bus, does not answer for them, and keeps the last ones', async () => {
    const system = broker.accounts.system;
    if (system === undefined) throw new Error('no system account');
    const accounts = ['A', 'B'].map((name) => operator.account(name));
    await start({ type: 'cache', entriesMax: 2 });
    for (const account of accounts) {
      expect(await reason(account)).toBe('Account JWT lookup error: fetching jwt timed out');
      broker.bus.subscribe(system, `$SYS.REQ.ACCOUNT.${account.key}.CLAIMS.LOOKUP`, ({ reply }) => {
        broker.bus.publish(system, reply, account.jwt());
      });
      expect(await reason(account)).toBeUndefined();
    }
    expect((await readdir(folder)).toSorted()).toEqual(accounts.map(({ key }) => `${key}.jwt`).toSorted());
    expect(await broker.ask(`$SYS.REQ.ACCOUNT.${operator.system.key}.CLAIMS.LOOKUP`, '', 0)).toEqual([]);
  });
});

test('without an operator nobody could bring an account', () => {
  const options = {
    operator: { operators: [], trustedKeys: [operator.key], resolver: { type: 'full', folder } as const },
  };
  expect(() => createOperatorAuthentication(options, broker.dependencies)).toThrow(
    'Could not start resolver: no operator key found',
  );
});
