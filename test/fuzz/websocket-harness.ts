import type { TransportReader } from '../../broker/transport/transport.ts';
import type { Upgraded } from '../../broker/transport/websocket/upgrade.ts';
import { type Carrier, WebSocketTransport } from '../../broker/transport/websocket/websocket-transport.ts';

/** What was agreed on when a connection became a WebSocket. */
export type Agreement = Pick<Upgraded, 'compression' | 'unmasked' | 'browser' | 'wholeWhenCompressed'>;

/** All that is to be seen from outside after some reads and writes. */
export interface Heard {
  received: string;
  /** How it ended, if it did. */
  end: string;
  /** Bytes that were sent. */
  sent: string;
}

export const MESSAGE_BYTES_MAX = 2000;
const REGION_BYTES = 4096;
const GUARD = 0xa5;
const GUARD_BYTES = 64;

/** A WebSocket connection without a socket; canaries have one mistake each. */
export class WebSocketHarness {
  run(pieces: readonly string[], agreement: Agreement): Heard {
    const connection = new Connection(this.agreed(agreement));
    for (const piece of pieces) connection.read(this.taken(piece));
    return this.told(connection.close());
  }

  /** What the bytes are when they are written in these pieces, each group of them at once. */
  write(groups: readonly (readonly string[])[], agreement: Agreement): string {
    const connection = new Connection(this.agreed(agreement));
    for (const group of groups) connection.write(group);
    return this.told(connection.close()).sent;
  }

  protected agreed(agreement: Agreement): Agreement {
    return agreement;
  }

  protected taken(piece: string): string {
    return piece;
  }

  protected told(heard: Heard): Heard {
    return heard;
  }
}

class Connection implements TransportReader {
  readonly #memory = new Uint8Array(REGION_BYTES + 2 * GUARD_BYTES).fill(GUARD);
  readonly #region = this.#memory.subarray(GUARD_BYTES, GUARD_BYTES + REGION_BYTES);
  readonly #heard: Heard = { received: '', end: '', sent: '' };
  readonly #carrier: Carrier;
  readonly #transport: WebSocketTransport;

  constructor(agreement: Agreement) {
    const sent = (bytes: Uint8Array): void => {
      this.#heard.sent += Buffer.from(bytes).toString('latin1');
    };
    this.#carrier = {
      reader: this,
      remoteAddress: '127.0.0.1',
      remotePort: 1,
      tls: undefined,
      writableLength: 0,
      copyOfRead: (bytes) => Buffer.from(this.#region.subarray(0, bytes)),
      write(bytes) {
        sent(bytes);
        return true;
      },
      writeAll(pieces) {
        pieces.forEach(sent);
        return true;
      },
      onDrained() {},
      pause() {},
      resume() {},
      end() {},
      destroy() {},
    };
    const facts = { forwardedFor: undefined, cookies: { jwt: '', user: '', password: '', token: '' } };
    const upgraded: Upgraded = { kind: 'client', facts, ...agreement };
    this.#transport = new WebSocketTransport(this.#carrier, this.#region, upgraded, MESSAGE_BYTES_MAX);
    this.#transport.readBy(() => this);
  }

  read(bytes: string): void {
    for (let from = 0; from < bytes.length; from += REGION_BYTES) {
      const piece = bytes.slice(from, from + REGION_BYTES);
      this.#region.set(Buffer.from(piece, 'latin1'));
      this.#carrier.reader.onRead(piece.length);
    }
  }

  write(pieces: readonly string[]): void {
    const buffers = pieces.map((piece) => Buffer.from(piece, 'latin1'));
    if (buffers.length === 1) this.#transport.write(buffers[0] as Buffer);
    else this.#transport.writeAll(buffers);
  }

  close(): Heard {
    this.#carrier.reader.onClose(undefined);
    for (const guard of [this.#memory.subarray(0, GUARD_BYTES), this.#memory.subarray(-GUARD_BYTES)]) {
      if (guard.some((byte) => byte !== GUARD)) throw new Error('bytes were written outside of the read region');
    }
    return this.#heard;
  }

  onRead(bytes: number): void {
    if (bytes <= 0 || bytes > REGION_BYTES) throw new Error(`${bytes} bytes were read`);
    this.#heard.received += Buffer.from(this.#region.subarray(0, bytes)).toString('latin1');
  }

  onEnd(): void {
    this.#finish('ended');
  }

  onBroken(text: string): void {
    this.#finish(text);
  }

  onClose(): void {}

  #finish(end: string): void {
    if (this.#heard.end !== '') throw new Error('it ended twice');
    this.#heard.end = end;
    this.#transport.end();
  }
}

/** A connection that begins anew with every read. */
class Forgetful extends WebSocketHarness {
  override run(pieces: readonly string[], agreement: Agreement): Heard {
    const all = pieces.map((piece) => super.run([piece], agreement));
    const end = all.find((heard) => heard.end !== '')?.end ?? '';
    return { received: all.map(({ received }) => received).join(''), end, sent: all.map(({ sent }) => sent).join('') };
  }
}

export const canaries: Readonly<Record<string, WebSocketHarness>> = {
  'forgets where it was between reads': new Forgetful(),
  'loses a byte that comes alone': new (class extends WebSocketHarness {
    protected override taken(piece: string): string {
      return piece.length === 1 ? '' : piece;
    }
  })(),
  'takes frames without a mask': new (class extends WebSocketHarness {
    protected override agreed(agreement: Agreement): Agreement {
      return { ...agreement, unmasked: true };
    }
  })(),
  'answers pings with less than they said': new (class extends WebSocketHarness {
    protected override told(heard: Heard): Heard {
      return { ...heard, sent: heard.sent.replaceAll(/\x8a[^\0]./g, '\x8a\0') };
    }
  })(),
  'takes the eighth bit off': new (class extends WebSocketHarness {
    protected override told(heard: Heard): Heard {
      return { ...heard, received: heard.received.replaceAll(/[\x80-\xff]/g, '?') };
    }
  })(),
  'sends great frames to browsers': new (class extends WebSocketHarness {
    protected override agreed(agreement: Agreement): Agreement {
      return { ...agreement, browser: false };
    }
  })(),
};
