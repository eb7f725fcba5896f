/** A bucket as it is written in its form, and back. Pure. */

import type { BucketKind, BucketSettings, BucketSource, HeaderField } from '../../electron/bridge/contract.ts';
import { readPeriod, readSize, writtenPeriod, writtenSize } from './texts.ts';

export interface BucketForm {
  name: string;
  description: string;
  history: string;
  ttl: string;
  markerTtl: string;
  maxBytes: string;
  maxValueBytes: string;
  storage: 'file' | 'memory';
  replicas: string;
  compression: boolean;
  cluster: string;
  tags: string;
  republishFrom: string;
  republishTo: string;
  republishHeaders: boolean;
  mirror: string;
  sources: string;
  metadata: string;
}

export function emptyForm(): BucketForm {
  return {
    name: '',
    description: '',
    history: '1',
    ttl: '',
    markerTtl: '',
    maxBytes: '',
    maxValueBytes: '',
    storage: 'file',
    replicas: '1',
    compression: false,
    cluster: '',
    tags: '',
    republishFrom: '',
    republishTo: '',
    republishHeaders: false,
    mirror: '',
    sources: '',
    metadata: '',
  };
}

/** `bucket`, or `bucket@domain`. */
const writtenSource = ({ bucket, domain }: BucketSource): string => (domain === '' ? bucket : `${bucket}@${domain}`);

function readSource(text: string): BucketSource {
  const [bucket = '', domain = ''] = text.split('@');
  return { bucket: bucket.trim(), domain: domain.trim() };
}

const words = (text: string): string[] =>
  text
    .split(/[\s,]+/)
    .map((word) => word.trim())
    .filter(Boolean);

export function formOf(settings: BucketSettings): BucketForm {
  const { republish, mirror } = settings;
  return {
    name: settings.name,
    description: settings.description,
    history: String(settings.history),
    ttl: writtenPeriod(settings.ttl),
    markerTtl: writtenPeriod(settings.markerTtl),
    maxBytes: writtenSize(settings.maxBytes),
    maxValueBytes: writtenSize(settings.maxValueBytes),
    storage: settings.storage,
    replicas: String(settings.replicas),
    compression: settings.compression,
    cluster: settings.cluster,
    tags: settings.tags.join(', '),
    republishFrom: republish?.source ?? '',
    republishTo: republish?.destination ?? '',
    republishHeaders: republish?.headersOnly ?? false,
    mirror: mirror === null ? '' : writtenSource(mirror),
    sources: settings.sources.map(writtenSource).join(', '),
    metadata: settings.metadata.map(({ name, value }) => `${name}=${value}`).join('\n'),
  };
}

export type FormFaults = Partial<Record<keyof BucketForm, string>>;

/** Settings of what was written, or what is wrong with it, by field. */
export function readForm(kind: BucketKind, form: BucketForm): { settings: BucketSettings } | { faults: FormFaults } {
  const faults: FormFaults = {};
  const time = (field: 'ttl' | 'markerTtl', least: number): number => {
    const read = readPeriod(form[field]);
    if (read === null) faults[field] = 'A time is written as 90s, 15m, 2h or 7d';
    else if (read > 0 && read < least) faults[field] = least < 1000 ? '100 ms or more' : 'A second or more';
    return read ?? 0;
  };
  const size = (field: 'maxBytes' | 'maxValueBytes'): number => {
    const read = readSize(form[field]);
    if (read === null) faults[field] = 'A size is written as 64 MiB, 1 GiB or in bytes';
    return read ?? -1;
  };
  const number = (field: 'history' | 'replicas', most: number): number => {
    const read = /^\d+$/.test(form[field].trim()) ? Number(form[field]) : 0;
    if (read < 1 || read > most) faults[field] = `1 to ${String(most)}`;
    return Math.min(most, Math.max(1, read));
  };
  const name = form.name.trim();
  if (name === '') faults.name = 'A bucket has a name';
  else if (!/^[\w-]+$/.test(name)) faults.name = 'Letters, digits, - and _';
  const metadata: HeaderField[] = [];
  for (const line of form.metadata.split('\n').filter((text) => text.trim() !== '')) {
    const equals = line.indexOf('=');
    if (equals <= 0) faults.metadata = 'One name=value on each line';
    else metadata.push({ name: line.slice(0, equals).trim(), value: line.slice(equals + 1).trim() });
  }
  const republishTo = form.republishTo.trim();
  const republishFrom = form.republishFrom.trim();
  if (republishTo === '' && republishFrom !== '') faults.republishTo = 'Where to?';
  const mirror = kind === 'kv' && form.mirror.trim() !== '' ? readSource(form.mirror) : null;
  const sources = kind === 'kv' ? words(form.sources).map(readSource) : [];
  if (mirror !== null && sources.length > 0) faults.sources = 'A mirror has no other sources';
  const settings: BucketSettings = {
    name,
    description: form.description.trim(),
    history: number('history', 64),
    ttl: time('ttl', 100),
    markerTtl: time('markerTtl', 1000),
    maxBytes: size('maxBytes'),
    maxValueBytes: size('maxValueBytes'),
    storage: form.storage,
    replicas: number('replicas', 5),
    compression: form.compression,
    cluster: form.cluster.trim(),
    tags: words(form.tags),
    republish:
      republishTo === ''
        ? null
        : { source: republishFrom, destination: republishTo, headersOnly: form.republishHeaders },
    mirror,
    sources,
    metadata,
  };
  return Object.keys(faults).length > 0 ? { faults } : { settings };
}

/** Why a field cannot be used at a server of this version; undefined when it can. */
export function lacking(field: keyof BucketForm, version: string | undefined): string | undefined {
  const since: Partial<Record<keyof BucketForm, [number, number]>> = {
    compression: [2, 10],
    metadata: [2, 10],
    markerTtl: [2, 11],
    republishTo: [2, 9],
    republishFrom: [2, 9],
  };
  const needed = since[field];
  const [major, minor] = (version ?? '').split('.').map(Number);
  if (needed === undefined || major === undefined || minor === undefined || Number.isNaN(minor)) return undefined;
  const enough = major > needed[0] || (major === needed[0] && minor >= needed[1]);
  return enough ? undefined : `needs nats-server ${needed.join('.')}`;
}
