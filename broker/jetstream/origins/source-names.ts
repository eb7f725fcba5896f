import { shortHash } from '../short-hash.ts';
import type { StreamSourceConfig } from '../stream/stream-config.ts';

/** What a source is known by: in the headers of what it brought, and as a consumer of the stream that it comes from. */

/** `<stream>[:<hash of the API>][:C=<hash of the consumer>] <filters> <destinations>`; several are parted by form feeds. */
export function sourceIndexName(source: Readonly<StreamSourceConfig>): string {
  const { external, consumer, filter_subject: filter, subject_transforms: transforms = [] } = source;
  let name = source.name;
  if (external !== undefined) name += `:${shortHash(external.api)}`;
  if (consumer !== undefined) name += `:C=${shortHash(consumer.name ?? '')}`;
  if (transforms.length === 0) return `${name} ${filter || '>'} >`;
  const filters = transforms.map(({ src }) => src || '>').join('\f');
  const destinations = transforms.map(({ dest }) => dest || '>').join('\f');
  return `${name} ${filters} ${destinations}`;
}

/** The same for each server, so that a consumer takes the place of the one before it. */
function stableText(stream: string, account: string, domain: string): string {
  return shortHash(domain === '' ? `${stream} ${account}` : `${stream} ${account} ${domain}`);
}

export function mirrorConsumerName(stream: string, account: string, domain: string): string {
  return `JS_MIRROR_${stableText(stream, account, domain)}`;
}

/** `sources`: all of the stream's; of several on one stream, the name says which. */
export function sourceConsumerName(
  stream: string,
  account: string,
  domain: string,
  source: Readonly<StreamSourceConfig>,
  sources: readonly StreamSourceConfig[],
): string {
  const stable = stableText(stream, account, domain);
  const alone = sources.filter(({ name }) => name === source.name).length < 2;
  return `JS_SRC_${shortHash(alone ? stable : `${stable} ${sourceIndexName(source)}`)}`;
}

/** Where a message came from, `Nats-Stream-Source`. */
export interface MessageSource {
  readonly indexName: string;
  readonly sequence: number;
  /** Of the stream that it came from; '' where that is not told. */
  readonly identity: string;
}

/** `<stream> <sequence> <filters> <destinations> <subject there>[ <identity>]` */
export function sourceHeader({ indexName, sequence, identity }: MessageSource, subject: string): string {
  const [stream, ...rest] = indexName.split(' ');
  const text = `${stream} ${sequence} ${rest.join(' ')} ${subject}`;
  return identity === '' ? text : `${text} ${identity}`;
}

/** Undefined for headers of another form: those of streams of 2.9 and before. */
export function parseSourceHeader(text: string): MessageSource | undefined {
  const fields = text.split(' ');
  const [stream = '', sequence = '', filters, destinations, , identity = ''] = fields;
  if (filters === undefined || destinations === undefined || !/^\d{1,16}$/.test(sequence)) return undefined;
  return { indexName: `${stream} ${filters} ${destinations}`, sequence: Number(sequence), identity };
}
