import type { StreamPlace } from '../store/message-log.ts';

/** Where streams are kept, as JetStream asks for it. */
export interface StreamStore {
  /** Names of the streams that are there already. */
  streams(account: string): string[];
  open(account: string, stream: string, options: PlaceOptions): StreamPlace;
  close(): void;
}

export interface PlaceOptions {
  readonly storage: 'file' | 'memory';
  readonly compression: 'none' | 's2';
}
