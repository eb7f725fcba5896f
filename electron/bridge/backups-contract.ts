/** Streams into files and out of them, over the bridge: backups by the server's own snapshots, messages as lines. */

import type { InJetStream, None } from './contract-base.ts';
import type { FindParams, StreamDetail } from './streams-contract.ts';

export type BackupEvent =
  | {
      type: 'begin';
      /** Configuration and state as JSON: what a restore wants to be told before the bytes. */
      description: string;
      messages: number;
      /** Bytes of the messages; what comes is compressed. */
      bytes: number;
    }
  /** `read` is how many bytes, before compression, all that came so far is made of; 0 where that cannot be told. */
  | { type: 'bytes'; bytes: Uint8Array; read: number }
  /** All of it came. */
  | { type: 'end'; bytes: number };

/** What is changed of the stream in a backup before it is restored; absent fields stay as they are in it. */
export interface RestoreChanges {
  name: string;
  subjects: string[];
  replicas: number;
}

export interface ExportParams extends Pick<FindParams, 'stream' | 'subject' | 'content'> {
  /** First and last sequence; 0 for the stream's own. */
  from: number;
  to: number;
}

/** Messages as lines of JSON, a part of them in each item. */
export interface ExportProgress {
  bytes: Uint8Array;
  /** Up to which sequence it looked, and how far it is going to. */
  at: number;
  first: number;
  last: number;
  messages: number;
}

/** Requests that the thread of the connection answers. */
export interface BackupRequests {
  /** Rejects when the server will not have this stream: it is there, or a subject is another stream's. */
  'jetstream.restore.begin': {
    params: InJetStream<{ description: string; changes: RestoreChanges }>;
    result: { restore: number };
  };
  /** Answered when there is room for the next part. */
  'jetstream.restore.part': { params: InJetStream<{ restore: number; bytes: Uint8Array }>; result: None };
  'jetstream.restore.end': { params: InJetStream<{ restore: number }>; result: StreamDetail };
  /** The server gives it up by itself when nothing comes for some seconds. */
  'jetstream.restore.cancel': { params: InJetStream<{ restore: number }>; result: None };
}

/** Streams that the thread of the connection feeds. */
export interface BackupStreams {
  'jetstream.backup': { params: InJetStream<{ stream: string; consumers: boolean }>; item: BackupEvent };
  'jetstream.export': { params: InJetStream<ExportParams>; item: ExportProgress };
}
