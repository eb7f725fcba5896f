import { Parser, type ControlVerb, type ParserClient, type ProtocolFault } from '../../broker/wire/parser.ts';
import { controlRecord, LIMITS, publishRecord } from './operations.ts';

/** Something that parses reads like the broker's parser; canaries stand in for it with one mistake each. */
export interface ReadParser {
  /** All that is to be seen from outside after these reads. A fault is the last entry. */
  run(reads: readonly string[]): string[];
}

const READ_START = 16_384;
const READ_BYTES = 65_536;
const SCRATCH = READ_START + READ_BYTES + 64;
const SCRATCH_BYTES = LIMITS.controlLineBytesMax + LIMITS.payloadBytesMax + 4096;
const GUARD = 0xa5;
const GUARD_BYTES = 1024;

/** The broker's parser with the memory around it, as a connection drives it: what is incomplete goes in front of the next read. */
export class ParserHarness implements ReadParser {
  /** What becomes of the bytes that a read left over. */
  protected carry(left: string): string {
    return left;
  }

  run(reads: readonly string[]): string[] {
    const bytes = new Uint8Array(SCRATCH + SCRATCH_BYTES + GUARD_BYTES).fill(GUARD);
    const parser = new Parser(bytes, SCRATCH, 12345);
    const client = new RecordingClient(bytes);
    let left = '';
    for (const read of reads) {
      const data = left + read;
      for (let index = 0; index < data.length; index++) bytes[READ_START + index] = data.charCodeAt(index);
      const end = READ_START + data.length;
      const used = parser.parse(READ_START, end, client);
      if (client.closed) break;
      if (used < READ_START || used > end)
        throw new Error(`the parser used ${used - READ_START} of ${data.length} bytes`);
      // The parser may have taken out what counts for nothing, so memory has it and not `data`.
      left = this.carry(Buffer.from(bytes.subarray(used, end)).toString('latin1'));
    }
    for (let index = bytes.length - GUARD_BYTES; index < bytes.length; index++) {
      if (bytes[index] !== GUARD) throw new Error('the parser wrote behind its memory');
    }
    for (let index = 0; index < READ_START; index++) {
      if (bytes[index] !== GUARD) throw new Error('the parser wrote in front of the read');
    }
    return client.records;
  }
}

class RecordingClient implements ParserClient {
  closed = false;
  readonly suspended = false;
  readonly awaitsConnect = false;
  readonly controlLineBytesMax = LIMITS.controlLineBytesMax;
  readonly payloadBytesMax = LIMITS.payloadBytesMax;
  readonly headers = true;
  readonly records: string[] = [];
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  onPublish(parser: Parser): void {
    const { payloadStart, payloadBytes } = parser;
    const headerBytes = Math.max(0, parser.headerBytes);
    this.records.push(
      publishRecord(
        this.#text(parser.subjectStart, parser.subjectEnd),
        this.#text(parser.replyStart, parser.replyEnd),
        this.#text(payloadStart, payloadStart + headerBytes),
        this.#text(payloadStart + headerBytes, payloadStart + payloadBytes),
      ),
    );
  }

  onControl(verb: ControlVerb, parser: Parser): void {
    // What stands behind PING, PONG and +OK means nothing, and runs of blanks mean one.
    const bare = verb === 'PING' || verb === 'PONG' || verb === '+OK';
    const words = verb === 'SUB' || verb === 'UNSUB';
    const argument = bare
      ? ''
      : this.#text(parser.argumentStart, parser.argumentEnd).replaceAll(/^[ \t]+|[ \t\r]+$/g, '');
    this.records.push(controlRecord(verb, words ? argument.replaceAll(/[ \t]+/g, ' ') : argument));
  }

  onFault(fault: ProtocolFault): void {
    this.closed = true;
    this.records.push(JSON.stringify(['fault', fault]));
  }

  onUnannounced(): boolean {
    return true;
  }

  #text(start: number, end: number): string {
    return Buffer.from(this.#bytes.subarray(start, end)).toString('latin1');
  }
}

/** Mistakes that parsers of this kind make. Each has to be found by the properties of `parser.test.ts`. */
export const canaries: Record<string, ReadParser> = {
  'loses a carriage return at the end of a read': new (class extends ParserHarness {
    protected override carry(left: string): string {
      return left.endsWith('\r') ? left.slice(0, -1) : left;
    }
  })(),
  'forgets a line that is split': new (class extends ParserHarness {
    protected override carry(left: string): string {
      return left.includes('\n') ? left : '';
    }
  })(),
  'takes the header for the payload': new (class extends ParserHarness {
    override run(reads: readonly string[]): string[] {
      return super.run(reads).map((record) => {
        const [kind, subject, reply, head, body] = JSON.parse(record) as string[];
        return kind === 'publish' && head !== ''
          ? publishRecord(subject ?? '', reply ?? '', '', `${head}${body}`)
          : record;
      });
    }
  })(),
  'throws on a byte that is not ASCII in a line': new (class extends ParserHarness {
    override run(reads: readonly string[]): string[] {
      const records = super.run(reads);
      if (records.some((record) => /^\["publish","[^"]*[\x80-\xff]/.test(record))) throw new RangeError('not ASCII');
      return records;
    }
  })(),
};
