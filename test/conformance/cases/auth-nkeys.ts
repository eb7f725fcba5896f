import { createUser } from '@nats-io/nkeys';
import { a, cases, connectLine, logged, plain, type Case } from '../case.ts';

function newUser(): { key: string; seed: string } {
  const pair = createUser();
  return { key: pair.getPublicKey(), seed: new TextDecoder().decode(pair.getSeed()) };
}

const ada = newUser();
const ben = newUser();
const stranger = newUser();
const keyUsers = `authorization { users: [ { nkey: ${ada.key} }, { nkey: ${ben.key} }, { user: cyd, password: secret } ] }`;

const refusal = [a.expect("-ERR 'Authorization Violation'\r\n"), a.closed()];

/** Users known by a key: they sign the nonce of INFO. */
export const authNkeys: Case[] = [
  {
    name: 'INFO has a nonce and asks for authentication where there are keys',
    config: keyUsers,
    steps: [a.open(), a.info({ auth_required: true, nonce: /^[A-Za-z0-9_-]{15}$/ })],
  },
  {
    name: 'who signs the nonce is let in',
    config: keyUsers,
    steps: [...a.connectAs(ada.seed), a.send('SUB foo 1\r\nPUB foo 1\r\nx\r\n'), a.expect('MSG foo 1 1\r\nx\r\n')],
  },
];
