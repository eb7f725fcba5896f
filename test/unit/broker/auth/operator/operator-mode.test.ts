import { expect, test } from 'vitest';
import { OperatorMode } from '../../../../../broker/auth/operator/operator-mode.ts';
import { Passwords } from '../../../../../broker/auth/passwords.ts';
import type { OperatorOptions } from '../../../../../broker/options.ts';
import { defaultConnectOptions } from '../../../../../broker/wire/connect.ts';
import { TestOperator } from '../../../../support/operator-tree.ts';
import { factsOf, FakeBroker } from './doubles.ts';

const operator = new TestOperator();
const account = operator.account('A');

function modeOf(more: Partial<OperatorOptions> = {}): OperatorMode {
  const preload = { [operator.system.key]: operator.system.jwt(), [account.key]: account.jwt() };
  const options = { operators: [operator.jwt()], resolver: { type: 'memory' as const }, preload, ...more };
  const { dependencies } = new FakeBroker(operator.system.key);
  return new OperatorMode({ operator: options }, { ...dependencies, passwords: new Passwords() });
}

test('options that do not go together are refused at once, an account that is missing when it is prepared', async () => {
  expect(() => modeOf({ resolver: undefined })).toThrow('operators require an account resolver to be configured');
  const incomplete = modeOf({ preload: {} });
  await expect(incomplete.prepare()).rejects.toThrow('error resolving system account: account missing');
  incomplete.dispose();
});

test('once it is prepared, users come in and tokens count', async () => {
  const mode = modeOf();
  const user = account.user('u', { bearer_token: true });
  const connect = { ...defaultConnectOptions(), jwt: user.jwt };
  const enter = () => mode.authenticate(connect, factsOf(), new AbortController().signal);
  expect(enter).toThrow('operator mode was not prepared');
  expect(mode.checkActivation).toBeUndefined();
  await mode.prepare();
  mode.start();
  const outcome = await enter();
  expect(outcome).toMatchObject({ identity: { user: user.key } });
  if (outcome.identity === undefined) throw new Error('not let in');
  expect(await mode.review(outcome.identity, connect, factsOf())).toMatchObject({ identity: { user: user.key } });
  expect(mode.checkActivation).toBeTypeOf('function');
  expect([mode.required(), mode.demanded(), mode.usesNonce, mode.unannounced()]).toEqual([true, true, true, undefined]);
  mode.dispose();
});
