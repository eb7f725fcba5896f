import { secondsFromNow, TestOperator } from '../../support/operator-tree.ts';
import { a, b, type Case, c, lazily, logged, reload } from '../case.ts';
import { deniedPublish, enter, s, sentAway, turnedAway, updated, violation } from './operator-steps.ts';

const operator = new TestOperator();
const kept = operator.account('KEPT');
const changed = operator.account('CHANGED');
const gone = operator.account('GONE');
const come = operator.account('COME');
const before = [kept, changed, gone];
const config = operator.config(before);
const withoutPreload = [`operator: ${operator.jwt()}`, 'resolver: { type: full, dir: "$FOLDER/jwt" }', ''].join('\n');
const revoked = changed.user('revoked');

/** Configurations that are read again while people are there. */
export const operatorReload: Case[] = [
  {
    name: 'accounts that the configuration has no more send their users away; new ones let theirs in',
    config,
    steps: [
      ...enter(a, gone.user('user')),
      ...enter(b, kept.user('user')),
      ...turnedAway(c, come.user('early')),
      reload(operator.config([kept, come])),
      logged(new RegExp(`\\[INF\\] Reloaded: deleting account \\[removed\\]: "${gone.key}"`)),
      ...violation(a),
      ...b.sync(),
      lazily(() => enter(c, come.user('user'))),
    ],
  },
  {
    name: 'claims that the configuration has anew count for those who are there',
    config,
    steps: [
      ...enter(a, changed.user('user')),
      ...enter(b, revoked),
      reload(
        operator.config([
          kept,
          `${changed.key}: ${changed.jwt({
            default_permissions: { pub: { deny: ['no'] }, sub: {} },
            revocations: { [revoked.key]: secondsFromNow(100) },
          })}`,
        ]),
      ),
      ...sentAway(b, 'User Authentication Revoked'),
      ...deniedPublish(a, 'no'),
    ],
  },
  {
    name: 'claims that were brought are those of the configuration again',
    config,
    steps: [
      ...enter(s, operator.system.user('watcher')),
      ...enter(a, kept.user('user')),
      updated(kept.key, kept.jwt({ default_permissions: { pub: { deny: ['no'] }, sub: {} } })),
      ...deniedPublish(a, 'no'),
      reload(config.replace('MEMORY', 'MEM')),
      a.send('PUB no 0\r\n\r\n'),
      ...a.sync(),
      ...s.sync(),
    ],
  },
  {
    name: 'who is there stays while a folder is read again',
    config: operator.config(before, '{ type: full, dir: "$FOLDER/jwt" }'),
    steps: [
      ...enter(s, operator.system.user('watcher')),
      ...enter(a, kept.user('user')),
      reload(`${withoutPreload}\n`),
      ...a.sync(),
      ...enter(b, changed.user('user')),
      updated(kept.key, kept.jwt({ limits: { payload: 3 } })),
      a.send('PUB x 4\r\nabcd\r\n'),
      ...sentAway(a, 'Maximum Payload Violation'),
    ],
  },
].map((one): Case => ({ ...one, alone: true }));
