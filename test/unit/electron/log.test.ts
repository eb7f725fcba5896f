import { describe, expect, it } from 'vitest';
import { createCommands } from '../../../electron/commands.ts';
import { createLog } from '../../../electron/log.ts';

const signal = () => new AbortController();

describe('the log', () => {
  it('gives what it kept, then what comes', async () => {
    const log = createLog({ now: () => 7 });
    log.write('info', 'broker', 'one');
    const reading = log.watch(signal().signal)[Symbol.asyncIterator]();
    expect((await reading.next()).value).toEqual([{ time: 7, level: 'info', source: 'broker', text: 'one' }]);
    const next = reading.next();
    log.write('warn', 'broker', 'two');
    expect((await next).value).toMatchObject([{ text: 'two' }]);
  });

  it('keeps so many lines, and tells a slow watcher how many it missed', async () => {
    const log = createLog({ entriesMax: 3 });
    const reading = log.watch(signal().signal)[Symbol.asyncIterator]();
    log.write('info', 'a', '0');
    await reading.next();
    for (let line = 1; line <= 5; line++) log.write('info', 'a', String(line));
    const { value } = (await reading.next()) as { value: { text: string }[] };
    expect(value.map(({ text }) => text)).toEqual([
      '2 lines came faster than they could be shown and are gone.',
      '3',
      '4',
      '5',
    ]);
  });

  it('cuts a line that is too long, with a mark', async () => {
    const log = createLog();
    log.write('info', 'a', 'x'.repeat(5000));
    const { value } = (await log.watch(signal().signal)[Symbol.asyncIterator]().next()) as {
      value: { text: string }[];
    };
    expect(value[0]?.text).toMatch(/^x{4096} … \(cut, 5000 in all\)$/);
  });

  it('ends its watchers', async () => {
    const log = createLog();
    const [ended, aborted] = [signal(), signal()];
    const [first, second] = [ended, aborted].map(({ signal }) => log.watch(signal)[Symbol.asyncIterator]().next());
    aborted.abort();
    expect((await second)?.done).toBe(true);
    log.close();
    expect((await first)?.done).toBe(true);
  });
});

describe('commands', () => {
  it('that come before a window are kept for the first, later ones go to all', async () => {
    const commands = createCommands();
    for (let number = 0; number < 20; number++) commands.send({ command: String(number) });
    const [first, second] = [signal(), signal()].map(({ signal }) => commands.watch(signal)[Symbol.asyncIterator]());
    const early: unknown[] = [];
    for (let count = 0; count < 16; count++) early.push((await first?.next())?.value);
    expect(early[0]).toEqual({ command: '4' });
    const [one, two] = [first?.next(), second?.next()];
    commands.send({ command: 'connections.new', argument: 'nats://a' });
    expect((await one)?.value).toEqual({ command: 'connections.new', argument: 'nats://a' });
    expect((await two)?.value).toEqual({ command: 'connections.new', argument: 'nats://a' });
  });
});
