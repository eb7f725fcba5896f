/**
 * The way to a server, up to and including INFO and TLS. The connector and the diagnosis walk the same way, so that what
 * the diagnosis says is what happened to the connection. Nothing secret is sent before the certificate was verified.
 */

import type { TlsOptions } from '../bridge/contract.ts';
import { isIP } from 'node:net';
import type { Channel } from './channel.ts';
import { SocketChannel } from './channel.ts';
import type { TlsFiles } from './credentials.ts';
import { ConnectFailure } from './failure-catalogue.ts';
import type { Fact } from './failure-catalogue.ts';
import { readInfo } from './info.ts';
import type { DialObserver } from './dial-observer.ts';
import type { ServerInfo } from './info.ts';
import { parseServer } from './server-url.ts';
import type { ServerAddress } from './server-url.ts';
import { connectTcp, lookUp } from './sockets.ts';
import { startTls } from './tls-upgrade.ts';
import { openWebSocket } from './websocket-upgrade.ts';

export interface DialOptions {
  server: string;
  tls: TlsOptions;
  /** Called when TLS begins, so that a missing file fails in the step where it matters. */
  loadFiles: () => Promise<TlsFiles>;
  signal: AbortSignal;
  observer?: DialObserver;
  /** How long INFO is waited for, milliseconds. */
  infoMs?: number;
}

export interface Dialed {
  channel: Channel;
  info: ServerInfo;
  /** INFO as it came, with its line end: the client's parser reads it again. */
  infoLine: Uint8Array;
  address: ServerAddress;
}

const silent: DialObserver = { began() {}, passed() {}, skipped() {}, wire() {} };

/** Throws `ConnectFailure`. The channel is nobody's but the caller's afterwards. */
export async function dial(options: DialOptions): Promise<Dialed> {
  const { signal, tls, observer = silent } = options;
  observer.began('dns');
  const address = addressOf(options.server);
  const { host, port, scheme } = address;
  const addresses = await lookUp(host, signal);
  if (isIP(host) === 0) observer.passed('dns', addresses.map((entry) => entry.address).join(', '));
  else observer.skipped('dns', 'not needed');

  observer.began('tcp');
  const socket = await connectTcp(host, port, addresses, signal);
  let channel: Channel = new SocketChannel(socket);
  observer.passed('tcp', channel.remote);

  const upgrade = async (below: SocketChannel): Promise<SocketChannel> => {
    observer.began('tls');
    const files = await options.loadFiles();
    const name = tls.serverName || host;
    observer.wire('out', isIP(name) === 0 ? `TLS ClientHello sni=${name}` : 'TLS ClientHello');
    const secured = await startTls(below.release(), { name, tls, files, signal, observer });
    observer.passed('tls', secured.text, secured.facts);
    return new SocketChannel(secured.socket);
  };

  try {
    if (scheme === 'ws' || scheme === 'wss') {
      let below = channel as SocketChannel;
      if (scheme === 'wss') {
        below = await upgrade(below);
        channel = below;
      } else observer.skipped('tls', 'not used');
      observer.began('info');
      channel = await openWebSocket(below.release(), address, signal, observer);
      const { info, line } = await readInfo(channel, signal, address, options.infoMs);
      observer.wire('in', textOf(line));
      observer.passed('info', describeInfo(info), infoFacts(info));
      return { channel, info, infoLine: line, address };
    }
    if (tls.first === true) channel = await upgrade(channel as SocketChannel);
    observer.began('info');
    const { info, line } = await readInfo(channel, signal, address, options.infoMs);
    observer.wire('in', textOf(line));
    observer.passed('info', describeInfo(info), infoFacts(info));
    if (tls.first !== true) {
      const wanted = scheme === 'tls' || Boolean(tls.caFile ?? tls.certFile ?? tls.serverName);
      if (info.tls_required === true || (wanted && info.tls_available === true)) {
        channel = await upgrade(channel as SocketChannel);
      } else if (wanted) {
        observer.began('tls');
        throw new ConnectFailure('tls-not-offered');
      } else observer.skipped('tls', 'not used');
    }
    return { channel, info, infoLine: line, address };
  } catch (error) {
    channel.destroy();
    socket.destroy();
    throw error;
  }
}

function addressOf(server: string): ServerAddress {
  try {
    return parseServer(server);
  } catch (error) {
    throw new ConnectFailure('server-invalid', { detail: (error as Error).message });
  }
}

function textOf(line: Uint8Array): string {
  return (new TextDecoder().decode(line).split('\n', 1)[0] ?? '').trimEnd();
}

function describeInfo(info: ServerInfo): string {
  const name = info.server_name && info.server_name !== info.server_id ? info.server_name : undefined;
  const flags = [info.tls_required && 'tls_required', info.auth_required && 'auth_required', info.ldm && 'ldm'];
  return [name, info.version, ...flags].filter((part) => typeof part === 'string' && part !== '').join(', ');
}

function infoFacts(info: ServerInfo): Fact[] {
  const facts: Fact[] = [];
  if (info.cluster) facts.push({ label: 'Cluster', value: info.cluster });
  if (info.ldm === true) facts.push({ label: 'Lame duck', value: 'shutting down', bad: true });
  return facts;
}
