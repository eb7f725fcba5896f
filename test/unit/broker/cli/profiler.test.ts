import { expect, test } from 'vitest';
import { startProfiler } from '../../../../broker/cli/profiler.ts';

const profiler = await startProfiler('127.0.0.1', -1);
const url = (path: string): string => `http://127.0.0.1:${profiler.address.port}${path}`;

test('a profile of the processor is one that developer tools open, and there is one at a time', async () => {
  const first = fetch(url('/debug/pprof/profile?seconds=0.3'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect((await fetch(url('/debug/pprof/profile?seconds=0.1'))).status).toBe(409);
  const response = await first;
  expect(response.headers.get('content-disposition')).toMatch(/filename="natscope-\d+\.cpuprofile"/);
  const profile = (await response.json()) as { nodes: unknown[]; startTime: number; endTime: number };
  expect(profile.nodes.length).toBeGreaterThan(0);
  expect(profile.endTime - profile.startTime).toBeGreaterThan(200_000);
  expect((await fetch(url('/debug/pprof/profile?seconds=0.01'))).status).toBe(200);
});

test.each(['0', '-1', 'x', '301'])('seconds=%s is refused', async (seconds) => {
  const response = await fetch(url(`/debug/pprof/profile?seconds=${seconds}`));
  expect([response.status, await response.text()]).toEqual([400, 'seconds must be above 0 and at most 300\n']);
});

test('the index says what there is, and nothing else is', async () => {
  expect(await (await fetch(url('/debug/pprof/'))).text()).toContain('/debug/pprof/heap');
  expect((await fetch(url('/varz'))).status).toBe(404);
});

test('the command line is the redacted one', async () => {
  expect(await (await fetch(url('/debug/pprof/cmdline'))).text()).toBe(process.title);
});

test('a port in use is named in Go words', async () => {
  const { port } = profiler.address;
  await expect(startProfiler('127.0.0.1', port)).rejects.toThrow(
    `listen tcp 127.0.0.1:${port}: bind: address already in use`,
  );
});
