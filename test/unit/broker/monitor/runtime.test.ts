import { describe, expect, it } from 'vitest';
import { Resources } from '../../../../broker/monitor/resources.ts';
import { stacks, variablesPage, withoutSecrets } from '../../../../broker/monitor/runtime.ts';

describe('the command line', () => {
  it.each([
    [
      ['-p', '4222', '--pass', 'secret', '-m', '8222'],
      ['-p', '4222', '--pass', '[REDACTED]', '-m', '8222'],
    ],
    [
      ['--auth=secret', '-user=me', '--user', 'me'],
      ['--auth=[REDACTED]', '-user=[REDACTED]', '--user', '[REDACTED]'],
    ],
    [
      ['--routes', 'nats://u:p@one:1,nats://two:2', '--name', 'a@b'],
      ['--routes', 'nats://[REDACTED]@one:1,nats://two:2', '--name', 'a@b'],
    ],
    [
      ['--password-file', 'x', '--authors'],
      ['--password-file', 'x', '--authors'],
    ],
  ])('%j is shown without secrets', (words, shown) => expect(withoutSecrets(words)).toEqual(shown));
});

describe('the runtime', () => {
  it('is told in Go’s words', () => {
    const page = JSON.parse(variablesPage()) as { memstats: Record<string, unknown>; cmdline: string[] };
    expect(page.memstats['HeapAlloc']).toBeGreaterThan(0);
    expect(page.memstats['PauseNs']).toHaveLength(256);
    expect(page.cmdline.length).toBeGreaterThan(0);
  });

  it('says where it is and what it waits for', () => {
    const timer = setTimeout(() => {}, 60_000);
    expect(stacks()).toMatch(/^thread 1 \[running\]:\n {4}at .*\n[^]*resources of the event loop:\n[^]*Timeout: \d+/);
    clearTimeout(timer);
  });

  it('is measured over a second at least', () => {
    const resources = new Resources();
    const first = resources.usage();
    expect(first.memoryBytes).toBeGreaterThan(1_000_000);
    expect(first.cores).toBeGreaterThan(0);
    expect(resources.usage().cpuPercent).toBe(first.cpuPercent);
  });
});
