import type { ControlVerb, Parser, ParserClient, ProtocolFault } from '../../../../broker/wire/parser.ts';

/** Notes what the parser gives it, as text, the way a fault or a message would be told to a person. */
export class RecordingClient implements ParserClient {
  closed = false;
  suspended = false;
  awaitsConnect = false;
  controlLineBytesMax = 4096;
  payloadBytesMax = 1024 * 1024;
  headers = true;
  readonly heard: string[] = [];
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  onPublish(parser: Parser): void {
    const reply = parser.replyEnd === 0 ? '-' : this.#text(parser.replyStart, parser.replyEnd);
    const payload = this.#text(parser.payloadStart, parser.payloadStart + parser.payloadBytes);
    this.heard.push(
      `${parser.headerBytes < 0 ? 'PUB' : `HPUB(${parser.headerBytes})`} ${this.#text(parser.subjectStart, parser.subjectEnd)} ` +
        `${reply} ${JSON.stringify(payload)} rest=${JSON.stringify(this.#text(parser.restStart, parser.restEnd))}`,
    );
  }

  onControl(verb: ControlVerb, parser: Parser): void {
    this.heard.push(`${verb} [${this.#text(parser.argumentStart, parser.argumentEnd)}]`);
  }

  onFault(fault: ProtocolFault): void {
    this.heard.push(`fault: ${fault}`);
    this.closed = true;
  }

  onUnannounced(): boolean {
    this.heard.push('unannounced');
    this.closed = true;
    return false;
  }

  #text(start: number, end: number): string {
    return Buffer.from(this.#bytes.slice(start, end)).toString('latin1');
  }
}
