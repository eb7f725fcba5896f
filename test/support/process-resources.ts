/** What a process holds, as Linux tells it. */

import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface Resources {
  threads: number;
  sockets: number;
  /** Every open file descriptor, sockets among them. */
  descriptors: number;
  /** Resident set in bytes. */
  resident: number;
}

export function resourcesOf(pid: number): Resources {
  const descriptors = readdirSync(`/proc/${pid}/fd`);
  const targets = descriptors.map((descriptor) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${descriptor}`);
    } catch {
      // Closed between the listing and now.
      return '';
    }
  });
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    threads: readdirSync(`/proc/${pid}/task`).length,
    sockets: targets.filter((target) => target.startsWith('socket:')).length,
    descriptors: targets.filter((target) => target !== '').length,
    resident: Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024,
  };
}

/** Seconds of processor time that a process has taken, all its threads together. */
export function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may hold anything; what follows it is in a fixed order.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticksPerSecond = 100;
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
