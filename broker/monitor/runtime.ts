import { getHeapStatistics } from 'node:v8';

/** What can be told of the runtime itself, where nats-server tells of Go's. */

/** Where the one thread is now, and what the loop holds on to. */
export function stacks(): string {
  const frames = (new Error().stack ?? '').split('\n').slice(1);
  const resources = process.getActiveResourcesInfo();
  const kinds = [...new Set(resources)].toSorted();
  const counts = kinds.map((kind) => `    ${kind}: ${resources.filter((each) => each === kind).length}`);
  return ['thread 1 [running]:', ...frames, '', 'resources of the event loop:', ...counts, ''].join('\n');
}

/** `cmdline` and `memstats` under Go's names. What V8 has no counterpart for is 0. */
export function runtimeVariables(): { cmdline: readonly string[]; memstats: object } {
  return { cmdline: withoutSecrets(process.argv), memstats: memoryStatistics() };
}

/** As Go's expvar page prints them: a line for each. */
export function variablesPage(): string {
  const { cmdline, memstats } = runtimeVariables();
  return `{\n"cmdline": ${JSON.stringify(cmdline)},\n"memstats": ${JSON.stringify(memstats)}\n}\n`;
}

function memoryStatistics(): object {
  const { rss, external } = process.memoryUsage();
  const heap = getHeapStatistics();
  const pauses = new Array<number>(256).fill(0);
  return {
    Alloc: heap.used_heap_size,
    TotalAlloc: 0,
    Sys: rss,
    Lookups: 0,
    Mallocs: 0,
    Frees: 0,
    HeapAlloc: heap.used_heap_size,
    HeapSys: heap.total_heap_size,
    HeapIdle: Math.max(0, heap.total_heap_size - heap.used_heap_size),
    HeapInuse: heap.used_heap_size,
    HeapReleased: 0,
    HeapObjects: 0,
    StackInuse: 0,
    StackSys: 0,
    MSpanInuse: 0,
    MSpanSys: 0,
    MCacheInuse: 0,
    MCacheSys: 0,
    BuckHashSys: 0,
    GCSys: 0,
    OtherSys: external,
    NextGC: 0,
    LastGC: 0,
    PauseTotalNs: 0,
    PauseNs: pauses,
    PauseEnd: pauses,
    NumGC: 0,
    NumForcedGC: 0,
    GCCPUFraction: 0,
    EnableGC: true,
    DebugGC: false,
    BySize: [],
  };
}

/** Flags of the command line whose value nobody may read. */
const SECRET_FLAG = /^--?(user|pass|auth)(=|$)/;

/** Values of such flags, and whoever stands in front of the host of an URL, are covered. */
export function withoutSecrets(words: readonly string[]): string[] {
  return words.map((word, index) => {
    if (SECRET_FLAG.test(words[index - 1] ?? '') && !(words[index - 1] as string).includes('=')) return COVERED;
    const flag = SECRET_FLAG.exec(word);
    if (flag?.[2] === '=') return flag[0] + COVERED;
    return word.replace(/([a-z]+:\/\/)[^/@\s,]+@/g, `$1${COVERED}@`);
  });
}

const COVERED = '[REDACTED]';
