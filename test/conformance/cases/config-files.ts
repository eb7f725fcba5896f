import type { ConfigCase } from './config-case.ts';

/** Ends without a line feed, included files, variables and the environment. */
export const files: readonly ConfigCase[] = [
  { text: 'port', says: ['config is invalid (server.conf:1:4)'] },
  { text: 'port:', says: ['server.conf:1:0: interface conversion: interface {} is string, not int64'] },
  {
    text: '{ port: 4222',
    says: [
      `Parse error on line 1: 'Expected a block-level value to end with a new line, comment or EOF, but got '\0' instead.'`,
    ],
  },
  { text: 'authorization { user', says: ["Parse error on line 1: 'Unexpected EOF processing map key.'"] },
  {
    text: 'include part.conf\n',
    files: { 'part.conf': 'foo: 1\n\nport: "x"\n' },
    says: [
      'part.conf:1:0: unknown field "foo"',
      'part.conf:3:1: interface conversion: interface {} is string, not int64',
    ],
  },
  {
    text: 'include "sub/part.conf"\n',
    files: { 'sub/part.conf': 'authorization {\n  include users.conf\n}\n', 'sub/users.conf': 'user: 5\n' },
    says: [
      'sub/users.conf:1:0: interface conversion: interface {} is int64, not string',
      'sub/part.conf:1:0: runtime error: invalid memory address or nil pointer dereference',
    ],
  },
  {
    text: 'include part.conf\n',
    files: { 'part.conf': 'port: 4222\nserver_name: "a\n' },
    says: ["error parsing include file 'part.conf', Parse error on line 3: 'Unexpected EOF.'"],
  },
  {
    text: 'include a.conf\n',
    files: { 'a.conf': 'include b.conf\n', 'b.conf': 'port: $NOWHERE\n' },
    says: [
      "error parsing include file 'a.conf', error parsing include file 'b.conf', variable reference for 'NOWHERE' on line 1 can not be found",
    ],
  },
  {
    text: 'include a.conf\n',
    files: { 'a.conf': 'include missing.conf\n' },
    says: [
      "error parsing include file 'a.conf', error parsing include file 'missing.conf', open missing.conf: no such file or directory",
    ],
  },
  {
    text: 'include "/part.conf"\ninclude part2.conf\n',
    files: { 'part.conf': 'foo: 1\n', 'part2.conf': 'bar: 1\n' },
    says: ['part.conf:1:0: unknown field "foo"', 'part2.conf:1:0: unknown field "bar"'],
  },
  // What is included does not know the variables of what includes it.
  {
    text: 'NAME: a\ninclude part.conf\n',
    files: { 'part.conf': 'server_name: $NAME\n' },
    says: ["error parsing include file 'part.conf', variable reference for 'NAME' on line 1 can not be found"],
  },
  // But the other way round.
  {
    text: 'include part.conf\nserver_name: $NAME\nfoo: 1\n',
    files: { 'part.conf': 'NAME: a\n' },
    says: ['server.conf:3:1: unknown field "foo"'],
  },
  {
    text: 'port: $PORT_TEXT\n',
    environment: { PORT_TEXT: '"4222"' },
    says: ['server.conf:1:0: interface conversion: interface {} is string, not int64'],
  },
  {
    text: 'port: $PORT_BAD\n',
    environment: { PORT_BAD: '"4222' },
    says: ["variable reference for 'PORT_BAD' on line 1 could not be parsed: Parse error on line 1: 'Unexpected EOF.'"],
  },
  {
    text: 'port: $A_LOOP\n',
    environment: { A_LOOP: '$B_LOOP', B_LOOP: '$A_LOOP' },
    says: [
      "variable reference for 'A_LOOP' on line 1 could not be parsed: variable reference for 'B_LOOP' on line 1 could not be parsed: variable reference for 'A_LOOP' on line 1 could not be parsed: variable reference cycle for 'A_LOOP'",
    ],
  },
  {
    text: 'port: $SELF\n',
    environment: { SELF: '$NOBODY' },
    says: [
      "variable reference for 'SELF' on line 1 could not be parsed: variable reference for 'NOBODY' on line 1 can not be found",
    ],
  },
  // A key that is used as a variable may be anything, others may not.
  {
    text: 'users_one: [{user: a, pass: b}]\nunused: 1\nauthorization { users: $users_one }\n',
    says: ['server.conf:2:1: unknown field "unused"'],
  },
  { text: '# nothing\n', says: ['server.conf: config has no values or is empty'] },
];
