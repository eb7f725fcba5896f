import type { NatsConnection } from '@nats-io/transport-node';
import type { Part, Random, Tools } from './part.ts';
import { AssetsPart } from './parts/assets-part.ts';
import { BatchPart } from './parts/batch-part.ts';
import { KeysPart } from './parts/keys-part.ts';
import { LimitsPart } from './parts/limits-part.ts';
import { LogPart } from './parts/log-part.ts';
import { MemoPart } from './parts/memo-part.ts';
import { WorkPart } from './parts/work-part.ts';

const PARTS = [LogPart, KeysPart, WorkPart, MemoPart, LimitsPart, BatchPart, AssetsPart] as const;

/** Everything that is done to a server before it is killed. */
export class Load {
  readonly counts: Record<string, number> = {};
  readonly #parts: readonly Part[];
  #running = false;

  /** `storage`: memory keeps nothing, which is how the tester is tested. */
  constructor(random: Random, storage: 'file' | 'memory' = 'file') {
    const tools: Tools = { random, storage, counts: this.counts };
    this.#parts = PARTS.map((Made) => new Made(tools));
  }

  /** Makes the streams. */
  async prepare(nc: NatsConnection): Promise<void> {
    for (const part of this.#parts) await part.prepare(nc);
  }

  /** Everything at once, until `stop`; what is cut off by the end of the server is nobody's fault. */
  async run(nc: NatsConnection): Promise<void> {
    this.#running = true;
    const failures: unknown[] = [];
    const run = async (step: () => Promise<void>): Promise<void> => {
      try {
        while (this.#running && !nc.isClosed()) await step();
      } catch (error) {
        // The server is gone, or about to be; else it is a fault.
        if (this.#running && !nc.isClosed()) failures.push(error);
      }
    };
    await Promise.all(this.#parts.flatMap((part) => part.loops(nc)).map(run));
    if (failures.length > 0) throw failures[0];
  }

  stop(): void {
    this.#running = false;
  }

  /** Looks at everything there is, and holds it against the models. */
  async check(nc: NatsConnection): Promise<string[]> {
    const faults = await Promise.all(this.#parts.map((part) => part.check(nc)));
    return faults.flat();
  }
}
