import { a, cases, type Case } from '../case.ts';

/** Pattern, subject, and whether a message on the subject reaches a subscription on the pattern. */
const matrix = [
  ['foo', 'foo', true],
  ['foo', 'fo', false],
  ['foo', 'fooo', false],
  ['foo', 'foo.bar', false],
  ['foo.bar', 'foo', false],
  ['*', 'foo', true],
  ['*', 'foo.bar', false],
  ['>', 'foo', true],
  ['>', 'foo.bar.baz', true],
  ['foo.*', 'foo.bar', true],
  ['foo.*', 'foo', false],
  ['foo.*', 'foo.bar.baz', false],
  ['*.bar', 'foo.bar', true],
  ['*.bar', 'bar', false],
  ['*.bar', 'foo.foo.bar', false],
  ['*.*', 'foo.bar', true],
  ['*.*', 'foo', false],
  ['foo.*.baz', 'foo.bar.baz', true],
  ['foo.*.baz', 'foo.bar.bar', false],
  ['foo.*.baz', 'foo.baz', false],
  ['foo.>', 'foo.bar', true],
  ['foo.>', 'foo.bar.baz.x.y', true],
  ['foo.>', 'foo', false],
  ['foo.>', 'bar.foo', false],
  ['*.>', 'foo.bar', true],
  ['*.>', 'foo', false],
  ['foo.*.>', 'foo.bar.baz', true],
  ['foo.*.>', 'foo.bar', false],
  ['*.*.>', 'a.b.c.d', true],
  // Only a whole token is a wildcard.
  ['foo*', 'foo*', true],
  ['foo*', 'foobar', false],
  ['*foo', 'barfoo', false],
  ['foo.b*', 'foo.bar', false],
  ['foo.b*', 'foo.b*', true],
  ['foo.**', 'foo.bar', false],
  ['foo.**', 'foo.**', true],
  ['foo>', 'foo>', true],
  ['foo>', 'foo.bar', false],
  ['a>b.c', 'a>b.c', true],
  ['foo.>x', 'foo.>x', true],
  ['foo.>>', 'foo.bar', false],
  // Subjects of the server's own are ordinary ones for a client.
  ['>', '$JS.x', true],
  ['>', '_INBOX.abc', true],
  ['$SYS.>', '$SYS.mine', true],
  ['$KV.>', '$KV.bucket.key', true],
] as const;

export const wildcards: Case[] = [
  ...cases(matrix, ([pattern, subject, reaches]) => ({
    name: `${pattern} ${reaches ? 'takes' : 'does not take'} ${subject}`,
    alsoOn: ['2.9', '2.10'] as const satisfies Case['alsoOn'],
    steps: [
      ...a.connect(),
      a.send(`SUB ${pattern} 1\r\nPUB ${subject} 2\r\nhi\r\n`),
      ...(reaches ? [a.expect(`MSG ${subject} 1 2\r\nhi\r\n`)] : []),
      ...a.sync(),
      // The second message takes the way of a match that is already known.
      a.send(`PUB ${subject} 2\r\nhi\r\n`),
      ...(reaches ? [a.expect(`MSG ${subject} 1 2\r\nhi\r\n`)] : []),
      ...a.sync(),
      a.send(`UNSUB 1\r\nPUB ${subject} 2\r\nhi\r\n`),
      ...a.sync(),
    ],
  })),
  {
    name: 'several patterns over one subject deliver once each',
    steps: [
      ...a.connect(),
      a.send('SUB foo.bar 1\r\nSUB foo.* 2\r\nSUB *.bar 3\r\nSUB *.* 4\r\nSUB foo.> 5\r\nSUB > 6\r\nSUB bar.* 7\r\n'),
      a.send('PUB foo.bar 0\r\n\r\n'),
      a.expect(
        /^(?=[^]*bar 1 0)(?=[^]*bar 2 0)(?=[^]*bar 3 0)(?=[^]*bar 4 0)(?=[^]*bar 5 0)(?=[^]*bar 6 0)(MSG foo\.bar \d 0\r\n\r\n){6}/,
      ),
      ...a.sync(),
    ],
  },
];
