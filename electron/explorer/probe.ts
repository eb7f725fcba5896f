/** One kept message as a filter looks at it: a cursor over the capture that decodes nothing unless asked. */

import type { Capture, RowChunk } from './capture.ts';
import type { Census } from './census.ts';
import { subjectText } from './subject-bytes.ts';

export class Probe {
  readonly #capture: Capture;
  readonly #census: Census;
  readonly #bytesMax: number;
  readonly #accountName: (number: number) => string | undefined;
  #chunk!: RowChunk;
  #row = 0;

  /**
   * @param bytesMax of the payload that are looked at
   * @param accountName of the account with a number, from 1
   */
  constructor(
    capture: Capture,
    census: Census,
    bytesMax: number,
    accountName: (number: number) => string | undefined = () => undefined,
  ) {
    this.#capture = capture;
    this.#census = census;
    this.#bytesMax = bytesMax;
    this.#accountName = accountName;
  }

  /** @param sequence of a message that is kept */
  move(sequence: number): void {
    this.#chunk = this.#capture.chunkOf(sequence);
    this.#row = this.#capture.rowOf(sequence);
  }

  get node(): number {
    return this.#chunk.node[this.#row]!;
  }

  /** Name of the account; undefined where the connection names none. */
  get account(): string | undefined {
    return this.#accountName(this.#census.account[this.node]!);
  }

  /** Whether the subject is not that of the node. */
  get folded(): boolean {
    return this.#chunk.subjectBytes[this.#row] !== 0;
  }

  get time(): number {
    return this.#chunk.time[this.#row]!;
  }

  /** Headers and payload, bytes. */
  get size(): number {
    return this.#chunk.headerBytes[this.#row]! + this.#chunk.payloadBytes[this.#row]!;
  }

  get payloadSize(): number {
    return this.#chunk.payloadBytes[this.#row]!;
  }

  get status(): number {
    return this.#chunk.status[this.#row]!;
  }

  get kind(): number {
    return this.#chunk.kind[this.#row]!;
  }

  get subject(): Uint8Array {
    return this.folded ? this.#capture.foldedSubject(this.#chunk, this.#row) : this.#census.subjectOf(this.node);
  }

  get subjectText(): string {
    return subjectText(this.subject);
  }

  get reply(): Uint8Array {
    return this.#capture.replyBytes(this.#chunk, this.#row);
  }

  get headers(): Uint8Array {
    return this.#capture.headers(this.#chunk, this.#row);
  }

  get payload(): Uint8Array {
    const payload = this.#capture.payload(this.#chunk, this.#row);
    return payload.length > this.#bytesMax ? payload.subarray(0, this.#bytesMax) : payload;
  }

  get payloadText(): string {
    const { payload } = this;
    return Buffer.from(payload.buffer, payload.byteOffset, payload.length).toString('utf8');
  }
}
