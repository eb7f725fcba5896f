/** The object that is looked at. */

import { bridge } from '../bridge.ts';
import type { BridgeErrorShape, HeaderField, JetStreamOf, ObjectInfo } from '../../electron/bridge/contract.ts';
import { shapeOf } from './errors.ts';

export class ObjectState {
  readonly where: JetStreamOf;
  readonly bucket: string;
  readonly name: string;
  info = $state.raw<ObjectInfo | null>(null);
  known = $state(false);
  problem = $state.raw<BridgeErrorShape | null>(null);
  #sequence = -1;

  constructor(where: JetStreamOf, bucket: string, name: string) {
    this.where = where;
    this.bucket = bucket;
    this.name = name;
  }

  get #at() {
    return { ...this.where, bucket: this.bucket, name: this.name };
  }

  /** Reads it when the list shows another one than was read. */
  async follow(sequence: number): Promise<void> {
    if (sequence === this.#sequence) return;
    this.#sequence = sequence;
    try {
      this.info = await bridge.request('objects.info', this.#at);
      this.problem = null;
    } catch (error) {
      this.problem = shapeOf(error);
    } finally {
      this.known = true;
    }
  }

  /** Why it was not changed; nothing when it was. */
  async edit(next: {
    rename: string;
    description: string;
    headers: HeaderField[];
    metadata: HeaderField[];
  }): Promise<string | undefined> {
    try {
      const info = await bridge.request('objects.edit', { ...this.#at, ...next });
      if (info.name === this.name) this.info = info;
      return undefined;
    } catch (error) {
      return shapeOf(error).message;
    }
  }

  async remove(): Promise<string | undefined> {
    try {
      await bridge.request('objects.remove', this.#at);
      return undefined;
    } catch (error) {
      return shapeOf(error).message;
    }
  }
}
