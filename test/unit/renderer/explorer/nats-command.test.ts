import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  publishCommand,
  replyCommand,
  requestCommand,
  subscribeCommand,
} from '../../../../renderer/explorer/nats-command.ts';
import { shellQuote } from '../../../../renderer/ui/shell-words.ts';

const encode = (text: string) => new TextEncoder().encode(text);

/** The words that a shell makes of a command, by running it with a function in place of the tool. */
function wordsOf(command: string): string[] {
  const script = `nats() { printf '%s\\0' "$@"; }\n${command}`;
  return execFileSync('sh', ['-c', script], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

describe('quoting', () => {
  test('what a shell reads as itself stays plain', () => {
    expect(shellQuote('orders.eu.de-1_x')).toBe('orders.eu.de-1_x');
    expect(shellQuote('')).toBe("''");
    expect(shellQuote('orders.>')).toBe("'orders.>'");
    expect(shellQuote("it's")).toBe(`'it'\\''s'`);
  });

  test('whatever a stranger sends stays one argument', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('a', "'", '"', '$', '`', '\\', ' ', '\n', ';', '&', '|', '>', '*', '!', '#', '~', '\u00e9'),
    });
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 4 }), (texts) => {
        expect(wordsOf(`nats ${texts.map(shellQuote).join(' ')}`)).toEqual(texts);
      }),
      { numRuns: 40 },
    );
  });
});

describe('commands of the nats tool', () => {
  test('pub with headers, reply and repetition', () => {
    const command = publishCommand({
      subject: 'orders.$new',
      payload: encode('{"state":"it\'s"}'),
      headers: [{ name: 'X-Region', value: 'eu central' }],
      reply: 'inbox.1',
      count: 3,
      intervalMs: 50,
    });
    expect(wordsOf(command)).toEqual([
      'pub',
      '-H',
      'X-Region:eu central',
      '--reply',
      'inbox.1',
      '--count',
      '3',
      '--sleep',
      '50ms',
      'orders.$new',
      '{"state":"it\'s"}',
    ]);
  });

  test('the address stands in it unless it is the one that the tool takes by itself', () => {
    const payload = encode('x');
    expect(publishCommand({ subject: 'a', payload, server: 'nats://127.0.0.1:4222' })).toBe('nats pub a x');
    expect(publishCommand({ subject: 'a', payload, server: 'tls://n.example:4222' })).toBe(
      'nats --server tls://n.example:4222 pub a x',
    );
  });

  test('templates of a payload are left alone unless they are meant', () => {
    const message = { subject: 'a', payload: encode('{{uuid}}') };
    expect(publishCommand(message)).toContain('--no-templates');
    expect(publishCommand({ ...message, templates: true })).not.toContain('--no-templates');
  });

  test('bytes that are no text come through a pipe unharmed', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);
    const command = publishCommand({ subject: 'a', payload: bytes });
    const script = `nats() { cat; }\n${command}`;
    expect(new Uint8Array(execFileSync('sh', ['-c', script]))).toEqual(bytes);
  });

  test('request, sub and reply', () => {
    const request = { subject: 'svc', payload: encode(''), timeoutMs: 2000, replies: 0 };
    expect(requestCommand(request)).toBe("nats --timeout 2000ms request --replies 0 svc ''");
    expect(subscribeCommand('orders.>', { queue: 'q' })).toBe("nats sub --queue q 'orders.>'");
    const answer = { subject: 'svc', body: encode('ok'), delayMs: 0 };
    expect(replyCommand({ ...answer, echo: true })).toBe('nats reply --echo svc');
    expect(replyCommand({ ...answer, echo: false, queue: 'w', delayMs: 5 })).toBe(
      'nats reply --queue w --sleep 5ms svc ok',
    );
  });
});
