/** What is done with buckets, written for the `nats` command line tool. */

import type { BucketSettings } from '../../electron/bridge/contract.ts';
import { isUtf8 } from '../ui/code/visible-text.ts';
import { natsTool } from '../ui/nats-tool.ts';
import { shellCommand, shellQuote } from '../ui/shell-words.ts';
import { writtenPeriod } from './texts.ts';

export type Words = readonly string[];

export function kvCommand(server: string | undefined, ...words: Words): string {
  return shellCommand([...natsTool(server), 'kv', ...words]);
}

export function objectCommand(server: string | undefined, ...words: Words): string {
  return shellCommand([...natsTool(server), 'object', ...words]);
}

/**
 * Stores a value: at a revision that is expected, as a new key (0), or whatever there is (null). Bytes that a terminal
 * would garble go through a pipe.
 */
export function putCommand(
  server: string | undefined,
  bucket: string,
  key: string,
  value: Uint8Array,
  expected: number | null,
): string {
  const text = new TextDecoder().decode(value);
  const plain = isUtf8(value) && !value.includes(0);
  if (expected !== null && expected > 0 && plain) {
    return kvCommand(server, 'update', bucket, key, text, String(expected));
  }
  const verb = expected === 0 ? 'create' : 'put';
  // An empty argument would make the tool read its input.
  if (plain && text !== '') return kvCommand(server, verb, bucket, key, text);
  const octal = Array.from(value, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
  return `printf ${shellQuote(octal)} | ${kvCommand(server, verb, bucket, key)}`;
}

/** Makes a bucket with these settings, or changes it. */
export function bucketCommand(
  server: string | undefined,
  kind: 'kv' | 'object',
  verb: 'add' | 'edit',
  settings: BucketSettings,
): string {
  const options: string[] = [];
  const add = (name: string, value: string | number, set: boolean): void => {
    if (set) options.push(`--${name}=${String(value)}`);
  };
  add('description', settings.description, settings.description !== '');
  add('ttl', writtenPeriod(settings.ttl), settings.ttl > 0);
  add('max-bucket-size', settings.maxBytes, settings.maxBytes >= 0);
  if (verb === 'add') add('storage', settings.storage, settings.storage !== 'file');
  add('replicas', settings.replicas, settings.replicas > 1);
  add('cluster', settings.cluster, settings.cluster !== '');
  for (const tag of settings.tags) add('tags', tag, true);
  if (settings.compression) options.push('--compress');
  if (kind === 'kv') {
    add('history', settings.history, settings.history > 1);
    add('marker-ttl', writtenPeriod(settings.markerTtl), settings.markerTtl > 0);
    add('max-value-size', settings.maxValueBytes, settings.maxValueBytes >= 0);
    const { republish, mirror } = settings;
    add('republish-source', republish?.source ?? '', republish !== null && republish.source !== '');
    add('republish-destination', republish?.destination ?? '', republish !== null);
    if (republish?.headersOnly === true) options.push('--republish-headers');
    add('mirror', mirror?.bucket ?? '', mirror !== null);
    add('mirror-domain', mirror?.domain ?? '', mirror !== null && mirror.domain !== '');
    for (const { bucket } of settings.sources) add('source', bucket, true);
  } else {
    for (const { name, value } of settings.metadata) add('metadata', `${name}=${value}`, true);
  }
  const command = kind === 'kv' ? kvCommand : objectCommand;
  return command(server, verb, settings.name, ...options);
}
