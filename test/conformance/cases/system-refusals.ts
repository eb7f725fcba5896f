import { createAccount } from '@nats-io/nkeys';
import { signJwt } from '../../support/jwt.ts';
import { a, b, c, type Case, cases, connectLine, plain, type Step } from '../case.ts';
import { EVENT_ID, type JsonPattern, NUMBER, TIME } from '../json-pattern.ts';
import { event } from '../monitoring-steps.ts';
import { as, MONITORED } from './monitoring-config.ts';
import { SERVER } from './system-requests.ts';

const issuer = createAccount();

const CALLOUT = `
server_name: watched
server_tags: ["Zone:One", "second"]
server_metadata { region: north }
accounts {
  SYS { users [ { user: sys, password: sys } ] }
  AUTH { users [ { user: auth, password: auth } ] }
  A { users [ { user: a, password: a } ] }
}
system_account: SYS
authorization {
  timeout: 10
  auth_callout { issuer: ${issuer.getPublicKey()}, account: AUTH, auth_users: [ auth, sys ] }
}`;

const SUBJECT = '$SYS.REQ.USER.AUTH';

/** What the program says to whoever comes. */
function answer(nats: Record<string, unknown>): Step {
  return c.answer(SUBJECT, (payload) => {
    const body = Buffer.from(Buffer.from(payload).toString().split('.')[1] ?? '', 'base64url').toString();
    const { user_nkey, server_id } = (JSON.parse(body) as { nats: { user_nkey: string; server_id: { id: string } } })
      .nats;
    return signJwt(issuer, user_nkey, { aud: server_id.id }, { type: 'authorization_response', version: 2, ...nats });
  });
}

function refusal(account: string, fields: Record<string, JsonPattern>, reason: JsonPattern): { whole: JsonPattern } {
  return {
    whole: {
      type: 'io.nats.server.advisory.v1.client_disconnect',
      id: EVENT_ID,
      timestamp: TIME,
      server: SERVER,
      client: {
        start: TIME,
        host: '127.0.0.1',
        id: NUMBER,
        acc: account,
        ...fields,
        lang: 'case',
        ver: '1',
        rtt: NUMBER,
        stop: TIME,
        name_tag: '$G',
        kind: 'Client',
        client_type: 'nats',
      },
      sent: { msgs: 0, bytes: 0 },
      received: { msgs: 0, bytes: 0 },
      reason,
    },
  };
}

const REFUSALS: [name: string, nats: Record<string, unknown>, reason: string][] = [
  ['an error', { error: 'go away' }, 'Auth callout service returned an error: go away'],
  ['nothing', {}, 'Authorization response had validation errors: Error or Jwt is required'],
];

/** Where it is told that somebody was refused. */
export const systemRefusals: Case[] = [
  {
    name: 'who is refused is told of in the account that he was in until then',
    config: `${MONITORED.replace('no_auth_user: b', '')}\nauthorization { users [ { user: g, password: g } ] }`,
    alone: true,
    steps: [
      ...a.connect(as('sys')),
      a.send('SUB $SYS.SERVER.*.CLIENT.AUTH.ERR 1\r\n'),
      ...a.sync(),
      ...b.connect(as('g')),
      b.send('SUB $SYS.ACCOUNT.CLIENT.AUTH.ERR 1\r\n'),
      ...b.sync(),
      c.open(),
      c.send(connectLine({ ...plain, user: 'a', pass: 'wrong' })),
      c.expect("-ERR 'Authorization Violation'\r\n"),
      c.closed(),
      event('b', '$SYS.ACCOUNT.CLIENT.AUTH.ERR', refusal('$G', { user: 'a' }, 'Authentication Failure')),
      event('a', '$SYS.SERVER.<id>.CLIENT.AUTH.ERR', refusal('$G', { user: 'a' }, 'Authentication Failure')),
    ],
  },
  ...cases(REFUSALS, ([name, nats, reason]) => ({
    name: `an auth callout that answers ${name} is told of in its account, with the reason`,
    config: CALLOUT,
    alone: true,
    steps: [
      ...a.connect(as('sys')),
      a.send('SUB $SYS.SERVER.*.CLIENT.AUTH.ERR 1\r\n'),
      ...a.sync(),
      ...c.connect(as('auth')),
      c.send(`SUB ${SUBJECT} 1\r\nSUB $SYS.ACCOUNT.CLIENT.AUTH.ERR 2\r\n`),
      ...c.sync(),
      b.open(),
      b.send(connectLine({ ...plain, user: 'bob', pass: 'x' })),
      answer(nats),
      b.expect("-ERR 'Authorization Violation'\r\n"),
      b.closed(),
      event('c', '$SYS.ACCOUNT.CLIENT.AUTH.ERR', refusal('AUTH', { user: 'bob' }, reason)),
      event('a', '$SYS.SERVER.<id>.CLIENT.AUTH.ERR', refusal('$G', { user: 'bob' }, 'Authentication Failure')),
    ],
  })),
];
