import { a, b, c, type Case, d, modern, oneOf, reload } from '../case.ts';
import { msg, pub, unanswered } from './messages.ts';

/** Three accounts that have nothing to do with each other, with a user each, and one of nobody's. */
const strangers = `accounts {
  A { users: [ { user: a } ] }
  B { users: [ { user: b } ] }
  "with spaces" { users: [ { user: c } ] }
}`;

const withoutUsers = `accounts { A { users: [ { user: a } ] }, B {} }
no_auth_user: a`;

const limited = `accounts {
  A { users: [ { user: a } ], limits: { max_subs: 2, max_payload: 10, max_conn: 2 } }
  B { users: [ { user: b } ] }
}`;

const systemUser = `accounts { $SYS { users: [ { user: s } ] } }`;

export const accounts: Case[] = [
  {
    name: 'do not hear each other',
    config: strangers,
    steps: [
      ...a.connect({ user: 'a' }),
      ...b.connect({ user: 'b' }),
      ...c.connect({ user: 'c' }),
      a.send('SUB foo 1\r\nSUB > 2\r\n'),
      ...a.sync(),
      b.send('SUB foo 1\r\n'),
      ...b.sync(),
      c.send(`SUB foo 1\r\n${pub('foo', 'c')}`),
      c.expect(msg('foo', '1', 'c')),
      ...c.sync(),
      ...a.sync(),
      ...b.sync(),
      b.send(pub('foo', 'b')),
      b.expect(msg('foo', '1', 'b')),
      ...a.sync(),
      ...c.sync(),
    ],
  },
  {
    name: 'do not answer each other',
    config: strangers,
    steps: [
      ...a.connect({ user: 'a' }),
      ...b.connect({ ...modern, user: 'b' }),
      a.send('SUB help 1\r\n'),
      ...a.sync(),
      b.send(`SUB inbox 1\r\n${pub('help', '', 'inbox')}`),
      b.expect(unanswered('inbox', '1', 'help')),
      ...a.sync(),
    ],
  },
  {
    name: 'have queue groups of their own',
    config: strangers,
    steps: [
      ...a.connect({ user: 'a' }),
      ...b.connect({ user: 'b' }),
      ...c.connect({ user: 'a' }),
      a.send('SUB work g 1\r\n'),
      ...a.sync(),
      b.send('SUB work g 1\r\n'),
      ...b.sync(),
      c.send('SUB work g 1\r\n'),
      ...c.sync(),
      ...d.connect({ user: 'a' }),
      d.send(pub('work', 'x')),
      ...d.sync(),
      oneOf({ client: 'a', text: msg('work', '1', 'x') }, { client: 'c', text: msg('work', '1', 'x') }),
      ...b.sync(),
    ],
  },
  {
    name: 'are told in INFO, once connected',
    config: strangers,
    steps: [
      a.open(),
      a.send('CONNECT {"user":"c","verbose":false,"protocol":1}\r\nPING\r\n'),
      a.expect('PONG\r\n'),
      a.nextInfo({ connect_info: true, remote_account: 'with spaces' }),
    ],
  },
  {
    name: 'the one of no_auth_user is for those who say nothing',
    config: withoutUsers,
    steps: [
      ...a.connect(),
      ...b.connect({ user: 'a' }),
      a.send('SUB foo 1\r\n'),
      ...a.sync(),
      b.send(pub('foo')),
      ...b.sync(),
      a.expect(msg('foo', '1')),
    ],
  },
  {
    name: 'users of the system account alone do not lock out others',
    config: systemUser,
    steps: [
      ...a.connect(),
      ...b.connect({ user: 's' }),
      a.send('SUB foo 1\r\n'),
      ...a.sync(),
      b.send(pub('foo')),
      ...b.sync(),
      a.send(pub('foo', 'x')),
      a.expect(msg('foo', '1', 'x')),
    ],
  },
  {
    name: 'limit subscriptions',
    config: limited,
    steps: [
      ...a.connect({ user: 'a' }),
      a.send('SUB s1 1\r\nSUB s2 2\r\nSUB s3 3\r\n'),
      a.expect("-ERR 'maximum subscriptions exceeded'\r\n"),
      a.send(`UNSUB 1\r\nSUB s3 3\r\n${pub('s1')}${pub('s3')}`),
      a.expect(msg('s3', '3')),
      ...a.sync(),
    ],
  },
  {
    name: 'limit payloads',
    config: limited,
    steps: [
      ...a.connect({ user: 'a' }),
      a.send(`SUB p 1\r\n${pub('p', '0123456789')}`),
      a.expect(msg('p', '1', '0123456789')),
      a.send('PUB p 11\r\n01234567890\r\n'),
      a.expect("-ERR 'Maximum Payload Violation'\r\n"),
      a.closed(),
    ],
  },
  {
    name: 'limit connections',
    alone: true,
    config: limited,
    steps: [
      ...a.connect({ user: 'a' }),
      ...b.connect({ user: 'a' }),
      c.open(),
      c.send('CONNECT {"user":"a","verbose":false}\r\nPING\r\n'),
      c.expect("-ERR 'maximum account active connections exceeded'\r\n"),
      c.closed(),
    ],
  },
  {
    name: 'come and go with a reload',
    alone: true,
    config: strangers,
    steps: [
      ...a.connect({ user: 'a' }),
      ...b.connect({ user: 'b' }),
      a.send('SUB foo 1\r\n'),
      ...a.sync(),
      reload('accounts { A { users: [ { user: a } ] }, C { users: [ { user: c } ] } }'),
      b.expect(/^(-ERR 'Authorization Violation'\r\n)?/),
      b.closed(),
      ...c.connect({ user: 'c' }),
      c.send(pub('foo')),
      ...c.sync(),
      a.send(pub('foo', 'x')),
      a.expect(msg('foo', '1', 'x')),
    ],
  },
];
