import type { StreamPlace, Time } from '../../store/message-log.ts';
import type { StreamConfig } from './stream-config.ts';

/** What is kept of a stream beside its messages. */
export interface StreamDocument {
  readonly config: StreamConfig;
  readonly created: Readonly<Time>;
}

const NAME = 'stream.json';
/** Of the layout of the document. */
const VERSION = 1;

/** Undefined when there is none, which is what a stream leaves that was being made when the broker ended. */
export function readStreamDocument(place: StreamPlace): StreamDocument | undefined {
  const text = place.readDocument(NAME);
  if (text === undefined) return undefined;
  const { version, ...document } = JSON.parse(text) as StreamDocument & { version: number };
  if (version !== VERSION) throw new Error(`${NAME} has version ${version}, and ${VERSION} is what is understood`);
  return document;
}

export function writeStreamDocument(place: StreamPlace, { config, created }: StreamDocument): void {
  place.writeDocument(NAME, JSON.stringify({ version: VERSION, config, created }));
}
