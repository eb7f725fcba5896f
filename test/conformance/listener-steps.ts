import { frame, type FrameOptions, upgradeRequest } from '../support/raw-websocket-client.ts';
import { type ConnectFields, connectLine, type FieldPattern, plain, type Step } from './case.ts';
import type { CertificateName } from './certificates.ts';

/** What a client wants of TLS; its certificate is one of those of `certificates.ts`. */
export interface SecureOptions {
  certificate?: CertificateName;
  minVersion?: 'TLSv1.2' | 'TLSv1.3' | 'TLSv1.1' | 'TLSv1';
  maxVersion?: 'TLSv1.2' | 'TLSv1.3' | 'TLSv1.1';
  ciphers?: string;
  ecdhCurve?: string;
  servername?: string;
}

/** A step of a case about how connections begin: TLS and WebSocket. */
export type ListenerStep =
  /** Connects and reads nothing. */
  | { readonly do: 'dial'; readonly to: 'client' | 'webSocket' }
  /** Goes on through TLS. */
  | { readonly do: 'secure'; readonly tls: SecureOptions; readonly shows: Readonly<Record<string, string | RegExp>> }
  /** Tries to go on through TLS and comes to nothing: whatever is sent, nothing is heard but the end. */
  | { readonly do: 'unsecured'; readonly tls: SecureOptions }
  /** Messages of WebSocket, in whatever frames. */
  | { readonly do: 'messages'; readonly text: string }
  /** Frames of WebSocket, their first bytes and what they carry. */
  | { readonly do: 'frame'; readonly first: number; readonly payload: string | RegExp }
  /** The connection is closed, and all that is heard before matches. */
  | { readonly do: 'last'; readonly pattern: RegExp }
  | {
      readonly do: 'message-info';
      readonly fields: Readonly<Record<string, FieldPattern>>;
      readonly absent: readonly string[];
    };

/** Builds the steps of one client that comes in through TLS or WebSocket. */
export function arriving(client: string) {
  const step = (one: ListenerStep): Step => ({ client, ...one });
  const send = (...pieces: string[]): Step => ({ client, do: 'send', pieces });
  const upgrade = (headers: Record<string, string | undefined> = {}, first?: string): Step[] => [
    step({ do: 'dial', to: 'webSocket' }),
    send(upgradeRequest(headers, first)),
    { client, do: 'match', pattern: /^HTTP\/1\.1 101 [^]*?\r\n\r\n/ },
  ];
  const messageInfo = (fields: Record<string, FieldPattern> = {}, absent: string[] = []): Step =>
    step({ do: 'message-info', fields, absent });
  return {
    dial: (to: 'client' | 'webSocket' = 'client'): Step => step({ do: 'dial', to }),
    secure: (tls: SecureOptions = {}, shows: Record<string, string | RegExp> = {}): Step =>
      step({ do: 'secure', tls, shows }),
    unsecured: (tls: SecureOptions = {}): Step => step({ do: 'unsecured', tls }),
    /** Connects, asks for a WebSocket and gets it. */
    upgrade,
    messageInfo,
    /** Upgrades, reads INFO, says CONNECT and waits for the answer to a PING. */
    webSocket: (headers: Record<string, string | undefined> = {}, fields: ConnectFields = {}): Step[] => [
      ...upgrade(headers),
      messageInfo(),
      send(frame(2, `${connectLine({ ...plain, ...fields })}PING\r\n`)),
      step({ do: 'messages', text: 'PONG\r\n' }),
    ],
    /** Sends a message in one frame. */
    say: (text: string): Step => send(frame(2, text)),
    frame: (opcode: number, payload: string, options?: FrameOptions): Step => send(frame(opcode, payload, options)),
    hear: (text: string): Step => step({ do: 'messages', text }),
    /** The end, and what may be heard before it. */
    hearLast: (pattern: RegExp): Step => step({ do: 'last', pattern }),
    hearFrame: (first: number, payload: string | RegExp): Step => step({ do: 'frame', first, payload }),
  };
}
