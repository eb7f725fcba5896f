/** The steps DNS and TCP. */

import { lookup } from 'node:dns';
import type { LookupAddress } from 'node:dns';
import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { ConnectFailure } from './failure-catalogue.ts';
import type { FailureCode } from './failure-catalogue.ts';
import { lookupMsMax, tcpMsMax } from './limits.ts';
import { within } from './within.ts';

/** All addresses of the host, in the order of the system. */
export async function lookUp(host: string, signal: AbortSignal): Promise<LookupAddress[]> {
  const family = isIP(host);
  if (family !== 0) return [{ address: host, family }];
  return within<LookupAddress[]>(lookupMsMax, signal, 'dns-timeout', (resolve, reject) => {
    lookup(host, { all: true, verbatim: true }, (error, addresses) => {
      if (error) reject(lookupFailure(error, host));
      else resolve(addresses);
    });
  });
}

function lookupFailure(error: NodeJS.ErrnoException, host: string): ConnectFailure {
  const codes: Record<string, FailureCode> = { ENOTFOUND: 'host-not-found', EAI_AGAIN: 'dns-unavailable' };
  const code = codes[error.code ?? ''] ?? 'dns-failed';
  return new ConnectFailure(code, { detail: error.code ?? '', facts: [{ label: 'Host', value: host, bad: true }] });
}

/** Tries the addresses as Node does: in turn, the next one when the one before hesitates. */
export function connectTcp(
  host: string,
  port: number,
  addresses: LookupAddress[],
  signal: AbortSignal,
): Promise<Socket> {
  return within<Socket>(tcpMsMax, signal, 'tcp-timeout', (resolve, reject) => {
    const socket = connect({
      host,
      port,
      noDelay: true,
      // The name was looked up in the step before; it is not looked up twice.
      lookup: (_name, options, done) => {
        const [first] = addresses;
        if (options.all === true) done(null, addresses);
        else done(null, first?.address ?? '', first?.family ?? 4);
      },
    });
    socket.on('error', (error) => reject(tcpFailure(error, addresses, port)));
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      // An error between two owners of the socket must not end the process; its `close` is what counts.
      socket.on('error', () => undefined);
      resolve(socket);
    });
    return () => socket.destroy();
  });
}

function tcpFailure(error: NodeJS.ErrnoException, addresses: LookupAddress[], port: number): ConnectFailure {
  const codes: Record<string, FailureCode> = {
    ECONNREFUSED: 'refused',
    EHOSTUNREACH: 'unreachable',
    ENETUNREACH: 'unreachable',
    EADDRNOTAVAIL: 'unreachable',
    EHOSTDOWN: 'unreachable',
    ETIMEDOUT: 'tcp-timeout',
    EACCES: 'tcp-denied',
    EPERM: 'tcp-denied',
  };
  // With several addresses Node collects one error for each; the last is as good as any when they differ.
  const parts = error instanceof AggregateError ? (error.errors as NodeJS.ErrnoException[]) : [error];
  const all = parts.map((part) => part.code ?? '');
  const detail = all.at(-1) ?? error.code ?? '';
  const code = all.includes('ECONNREFUSED') ? 'refused' : (codes[detail] ?? 'tcp-failed');
  const value = addresses.map((entry) => entry.address).join(', ');
  return new ConnectFailure(code, {
    detail,
    facts: [
      { label: addresses.length > 1 ? 'Addresses' : 'Address', value },
      { label: 'Port', value: String(port), bad: true },
    ],
  });
}
