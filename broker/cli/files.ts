import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { BrokerAddress } from '../index.ts';

/** Writes the process id: decimal, without an end of line, readable by its owner. It stays when the server ends. */
export function writePidFile(path: string): void {
  writeFileSync(path, String(process.pid), { mode: 0o600 });
}

/** The file that tells test harnesses which ports are open. */
export class PortsFile {
  readonly path: string;

  constructor(folder: string, program: string) {
    this.path = join(folder, `${program}_${process.pid}.ports`);
  }

  /** Whoever waits for the file finds it whole, because it gets its name only when it is written. */
  write(address: BrokerAddress): void {
    const unfinished = `${this.path}.unfinished`;
    writeFileSync(unfinished, JSON.stringify({ nats: clientUrls(address) }), { mode: 0o666 });
    renameSync(unfinished, this.path);
  }

  remove(): void {
    rmSync(this.path);
  }
}

/** Addresses that clients can use. An unspecified host stands for every address of the machine. */
export function clientUrls({ host, port }: BrokerAddress, interfaces = networkInterfaces()): string[] {
  const any = host === '' || host === '0.0.0.0' || host === '::';
  const hosts = any
    ? Object.values(interfaces)
        .flatMap((addresses) => addresses ?? [])
        .map(({ address }) => address)
    : [host];
  return hosts.map((name) => `nats://${hostAndPort(name, port)}`);
}

/** Host and port as one text, an IPv6 address in brackets. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
