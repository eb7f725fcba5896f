import type { ListenerStep } from './listener-steps.ts';
import type { MonitoringStep } from './monitoring-steps.ts';

/**
 * What a case asks of the server beyond the defaults. Each field is a key of nats-server's configuration file and an option of
 * our broker; the unit stands in the name.
 */
export interface ServerSettings {
  user?: string;
  pass?: string;
  token?: string;
  serverName?: string;
  clientAdvertise?: string;
  authTimeoutMs?: number;
  maxPayloadBytes?: number;
  maxControlLineBytes?: number;
  maxPendingBytes?: number;
  maxConnections?: number;
  maxSubscriptions?: number;
  maxSubjectTokens?: number;
  pingIntervalMs?: number;
  pingsOutMax?: number;
  writeDeadlineMs?: number;
  noHeaders?: boolean;
}

export type FieldPattern = string | number | boolean | RegExp;

/** Fields of CONNECT as JSON. */
export type ConnectFields = Record<string, unknown>;

/** One thing that happens, in order. Bytes are latin1 strings. */
export type Step = { client: string } & (
  | { do: 'open' }
  | { do: 'send'; pieces: string[] }
  | { do: 'text'; text: string }
  | { do: 'match'; pattern: RegExp }
  | { do: 'take'; pattern: RegExp }
  | { do: 'tally'; messages: number; shares: Record<string, [min: number, max: number]> }
  | { do: 'one-of'; of: { client: string; text: string }[] }
  | { do: 'info'; fields: Record<string, FieldPattern>; absent: string[] }
  | { do: 'info-keys'; keys: string[] }
  | { do: 'later-id'; than: string }
  | { do: 'quiet'; ms: number }
  | { do: 'closed'; withinMs: number | undefined }
  | { do: 'leave' }
  | { do: 'pause' }
  | { do: 'resume' }
  | { do: 'cut'; publisher: string; chunk: string; bytesMax: number }
  | { do: 'signal'; name: NodeJS.Signals }
  | { do: 'sign'; seed: string; fields: ConnectFields; encoding: 'base64url' | 'base64' }
  | { do: 'next-info'; fields: Record<string, FieldPattern>; absent: string[] }
  | { do: 'log'; pattern: RegExp }
  | { do: 'reload'; config: string; outcome: RegExp }
  | { do: 'answer'; subject: string; answer: (request: Buffer, headers: string) => string | Uint8Array }
  | { do: 'lazily'; make: () => Step[] }
  | { do: 'refused' }
  | { do: 'over-limit'; text: string }
  | MonitoringStep
  | ListenerStep
);

export interface Case {
  name: string;
  settings?: ServerSettings;
  /**
   * Text of a configuration file that both servers are started with; `settings` are appended to it. Ports of further
   * listeners are -1, `$FOLDER` is an empty folder of the server, `$CERTS` one with certificates (certificates.ts).
   * Cases with the same text and settings share a server.
   */
  config?: string;
  /** Needs a server of its own, because it waits for a timer or ends the server; such cases run side by side. */
  alone?: boolean;
  /** Older releases that behave the same; without it the case speaks of the newest one. */
  alsoOn?: ('2.9' | '2.10')[];
  /**
   * Why our broker does not do this yet; broker/README.md lists it. There the case has to fail, so that this line goes when
   * the reason has gone.
   */
  differs?: string;
  /** PINGs of the server are part of what is expected. Else they are answered and left out. */
  pingsCount?: boolean;
  steps: Step[];
}

export interface CaseGroup {
  name: string;
  cases: Case[];
}

/** A quiet client of protocol 0: no `+OK`, no subject checks, no second INFO. */
export const plain: ConnectFields = { verbose: false, pedantic: false, lang: 'case', version: '1', protocol: 0 };

/** As today's client libraries connect: headers and no-responders. */
export const modern: ConnectFields = { ...plain, headers: true, no_responders: true };

/** The bytes of a CONNECT. */
export function connectLine(fields: ConnectFields): string {
  return `CONNECT ${JSON.stringify(fields)}\r\n`;
}

/** Builds the steps of one client of a case. */
export interface ClientSteps {
  /** Connects and reads the INFO line. */
  open(): Step;
  /** Connects, says CONNECT with `plain` and what is given over it, and waits for the answer to a PING. */
  connect(fields?: ConnectFields): Step[];
  /** Connects, says CONNECT with the nonce of INFO signed by the key of a seed, and waits for the answer to a PING. */
  connectAs(seed: string, fields?: ConnectFields): Step[];
  /** Says CONNECT with the nonce of INFO signed by the key of a seed. */
  sign(seed: string, fields?: ConnectFields, encoding?: 'base64url' | 'base64'): Step;
  send(...pieces: string[]): Step;
  /** Sends one byte at a time. */
  trickle(bytes: string): Step;
  expect(textOrPattern: string | RegExp): Step;
  /**
   * The next bytes match, and what named groups of the pattern found is remembered: from then on `<name>` stands for it in
   * what is sent and expected as text.
   */
  take(pattern: RegExp): Step;
  /** The next that comes is that many messages; of each subject there are so many. */
  tally(messages: number, shares: Record<string, [min: number, max: number]>): Step;
  /**
   * PING and its PONG, with nothing before it. Proves that all earlier input was handled; where another client has synced
   * before, that nothing was delivered here either, because deliveries are queued before the PONG.
   */
  sync(): Step[];
  /** The next message is a request on this subject; what the function makes of it goes to its reply. */
  answer(subject: string, answer: (request: Buffer, headers: string) => string | Uint8Array): Step;
  info(fields: Record<string, FieldPattern>, absent?: string[]): Step;
  infoKeys(keys: string[]): Step;
  /** The next line is another INFO, with these fields. */
  nextInfo(fields: Record<string, FieldPattern>, absent?: string[]): Step;
  /** The client_id of this connection is greater than that of the other. */
  laterThan(other: string): Step;
  quiet(ms?: number): Step;
  closed(withinMs?: number): Step;
  leave(): Step;
  /** Stops reading from the socket, as a consumer that hangs. */
  pause(): Step;
  resume(): Step;
  /** While this client does not read, `publisher` sends `chunk` again and again until the server has cut this client. */
  cutWhile(publisher: string, chunk: string, bytesMax: number): Step;
}

export function client(name: string): ClientSteps {
  const send = (...pieces: string[]): Step => ({ client: name, do: 'send', pieces });
  const expect = (expected: string | RegExp): Step =>
    typeof expected === 'string'
      ? { client: name, do: 'text', text: expected }
      : { client: name, do: 'match', pattern: expected };
  const sync = (): Step[] => [send('PING\r\n'), expect('PONG\r\n')];
  const open = (): Step => ({ client: name, do: 'open' });
  const sign = (seed: string, fields: ConnectFields = {}, encoding: 'base64url' | 'base64' = 'base64url'): Step => ({
    client: name,
    do: 'sign',
    seed,
    fields: { ...plain, ...fields },
    encoding,
  });
  return {
    open,
    connect: (fields = {}) => [open(), send(connectLine({ ...plain, ...fields })), ...sync()],
    connectAs: (seed, fields = {}) => [open(), sign(seed, fields), ...sync()],
    sign,
    send,
    trickle: (bytes) => send(...bytes),
    expect,
    take: (pattern) => ({ client: name, do: 'take', pattern }),
    tally: (messages, shares) => ({ client: name, do: 'tally', messages, shares }),
    sync,
    answer: (subject, answer) => ({ client: name, do: 'answer', subject, answer }),
    info: (fields, absent = []) => ({ client: name, do: 'info', fields, absent }),
    infoKeys: (keys) => ({ client: name, do: 'info-keys', keys }),
    nextInfo: (fields, absent = []) => ({ client: name, do: 'next-info', fields, absent }),
    laterThan: (than) => ({ client: name, do: 'later-id', than }),
    quiet: (ms = 60) => ({ client: name, do: 'quiet', ms }),
    closed: (withinMs) => ({ client: name, do: 'closed', withinMs }),
    leave: () => ({ client: name, do: 'leave' }),
    pause: () => ({ client: name, do: 'pause' }),
    resume: () => ({ client: name, do: 'resume' }),
    cutWhile: (publisher, chunk, bytesMax) => ({ client: name, do: 'cut', publisher, chunk, bytesMax }),
  };
}

export const a = client('a');
export const b = client('b');
export const c = client('c');
export const d = client('d');

/** Exactly one of the clients receives its text; the others receive nothing. All have to `sync` afterwards. */
export function oneOf(...of: { client: string; text: string }[]): Step {
  return { client: 'a', do: 'one-of', of };
}

/** A signal to the server process. */
export function signal(name: NodeJS.Signals): Step {
  return { client: 'a', do: 'signal', name };
}

/** The server's log has a line like this. Servers are shared: names that no other case uses make it certain. */
export function logged(pattern: RegExp): Step {
  return { client: 'a', do: 'log', pattern };
}

/** Writes another configuration and has the server read it. The case needs a server of its own. */
export function reload(config: string, outcome = /Reloaded server configuration/): Step {
  return { client: 'a', do: 'reload', config, outcome };
}

/** Steps that are made when their turn comes, because they depend on the time of day. */
export function lazily(make: () => Step[]): Step {
  return { client: 'a', do: 'lazily', make };
}

/** The server takes no new connection any more. */
export function refused(): Step {
  return { client: 'a', do: 'refused' };
}

/** The same case for many inputs: one row of `inputs` each. */
export function cases<T>(inputs: readonly T[], build: (input: T) => Case): Case[] {
  return inputs.map(build);
}
