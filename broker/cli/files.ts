import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import type { BrokerAddress, BrokerListeners } from '../options.ts';

/** Writes the process id: decimal, without an end of line, readable by its owner. It stays when the server ends. */
export function writePidFile(path: string): void {
  writeFileSync(path, String(process.pid), { mode: 0o600 });
}

/** What is open, with real ports and hosts as they were asked for. */
export interface OpenPorts {
  nats: BrokerAddress & { secure: boolean };
  monitoring?: BrokerListeners['monitoring'];
  webSocket?: BrokerListeners['webSocket'];
  profile?: BrokerAddress | undefined;
}

/** The file that tells test harnesses which ports are open. */
export class PortsFile {
  readonly path: string;

  constructor(folder: string, program: string) {
    this.path = join(folder, `${program}_${process.pid}.ports`);
  }

  /** Whoever waits for the file finds it whole, because it gets its name only when it is written. */
  write(ports: OpenPorts): void {
    const unfinished = `${this.path}.unfinished`;
    writeFileSync(unfinished, JSON.stringify(portsContent(ports)), { mode: 0o666 });
    renameSync(unfinished, this.path);
  }

  remove(): void {
    rmSync(this.path);
  }
}

/** nats-server's names in its order. What is not open is left out. */
export function portsContent({ nats, monitoring, profile, webSocket }: OpenPorts): Record<string, string[]> {
  return {
    nats: urls(nats.secure ? 'tls' : 'nats', nats),
    ...(monitoring === undefined ? {} : { monitoring: urls(monitoring.secure ? 'https' : 'http', monitoring) }),
    ...(profile === undefined ? {} : { profile: urls('http', profile) }),
    ...(webSocket === undefined ? {} : { websocket: urls(webSocket.secure ? 'wss' : 'ws', webSocket) }),
  };
}

/** URLs that reach an address, IPv4 first. An unspecified host stands for every address of the machine. */
export function urls(scheme: string, { host, port }: BrokerAddress, interfaces = networkInterfaces()): string[] {
  const any = host === '' || host === '0.0.0.0' || host === '::';
  const hosts = any
    ? Object.values(interfaces)
        .flatMap((addresses) => addresses ?? [])
        .map(({ address }) => address)
        .toSorted((a, b) => Number(a.includes(':')) - Number(b.includes(':')))
    : [host];
  return hosts.map((name) => `${scheme}://${hostAndPort(name, port)}`);
}

/** Host and port as one text, an IPv6 address in brackets. */
export function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
