import { latin1ToText } from '../base/latin1.ts';
import type { LogLevel } from '../base/log.ts';
import type { Arena } from '../base/arena.ts';
import type { Transport } from '../transport/transport.ts';
import type { ConnectOptions } from '../wire/connect.ts';
import type { Parser } from '../wire/parser.ts';
import { operationLine, payloadLine } from './trace.ts';

/** What the log of a connection needs of its broker. */
export interface ClientLogContext {
  readonly arena: Arena;
  readonly limits: { readonly maxTracedMessageLength: number };
  readonly debug: boolean;
  log(level: LogLevel, text: string): void;
}

/** Lines of the log that are about one connection, and its trace. */
export class ClientLog {
  /** Whether it is traced. */
  tracing: boolean;
  readonly #context: ClientLogContext;
  readonly #address: string;
  #prefix: string;

  constructor(context: ClientLogContext, transport: Transport, clientId: number, tracing: boolean) {
    this.#context = context;
    this.#address = `${addressText(transport)} - ${transport.webSocket === undefined ? 'cid' : 'wid'}:${clientId}`;
    this.#prefix = this.#address;
    this.tracing = tracing;
  }

  /** What CONNECT told, and who the connection was taken for. */
  name({ version, lang, name }: ConnectOptions, account: string | undefined, user: string | undefined): void {
    const client = [version === '' ? '' : `v${version}`, lang, name].filter((part) => part !== '').join(':');
    this.#prefix = this.#address;
    if (client !== '') this.#prefix += ` - ${JSON.stringify(client)}`;
    if (user !== undefined && account !== undefined) this.#prefix += ` - ${JSON.stringify(`${account}/${user}`)}`;
  }

  write(level: LogLevel, text: string): void {
    this.#context.log(level, `${this.#prefix} - ${text}`);
  }

  debug(text: string): void {
    if (this.#context.debug) this.write('debug', text);
  }

  in(verb: string, argument?: string): void {
    if (this.tracing) this.line(operationLine('<<-', verb, argument));
  }

  publish(parser: Parser): void {
    const { arena, limits } = this.#context;
    const line = arena.latin1(parser.subjectStart, parser.payloadStart - 2);
    this.in(parser.headerBytes < 0 ? 'PUB' : 'HPUB', line);
    const payload = arena.latin1(parser.payloadStart, parser.payloadStart + parser.payloadBytes);
    this.line(payloadLine('<<-', payload, limits.maxTracedMessageLength));
  }

  delivered(head: string, payloadStart: number, payloadEnd: number): void {
    const { arena, limits } = this.#context;
    this.line(latin1ToText(`->> [${head}]`));
    this.line(payloadLine('->>', arena.latin1(payloadStart, payloadEnd), limits.maxTracedMessageLength));
  }

  line(line: string | undefined): void {
    if (this.tracing && line !== undefined) this.write('trace', line);
  }
}

function addressText({ remoteAddress, remotePort, webSocket }: Transport): string {
  const address = `${bracketed(remoteAddress)}:${remotePort}`;
  return webSocket?.forwardedFor === undefined ? address : `${bracketed(webSocket.forwardedFor)}/${address}`;
}

function bracketed(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip;
}
