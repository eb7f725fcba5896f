import type { JsonPattern } from '../json-pattern.ts';
import {
  CONSUMER_CONFIG_DEFAULTS,
  CONSUMER_INFO_DEFAULTS,
  consumerInfo,
  created,
  type Fields,
  levels,
  STREAM_CONFIG_DEFAULTS,
  STREAM_STATE_DEFAULTS,
  streamInfo,
} from './answers.ts';
import type { Message } from './client.ts';
import { parsed } from './judge.ts';

// How an answer of the server is written down: as the shortest source that gives the same pattern again.

/** Numbers that are never the same twice. */
const VARYING = new Set(['ack_time', 'pause_remaining', 'rtt', 'mem', 'cpu', 'uptime']);

class Code {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = JsonPattern | Code;

/** Puts placeholders for what differs from run to run. */
export function generalText(text: string, names: ReadonlyMap<string, string>): string {
  let general = text;
  for (const name of ['inbox', 'account']) {
    const value = names.get(name);
    if (value !== undefined && value !== '') general = general.replaceAll(value, `<${name}>`);
  }
  for (const [name, value] of names) {
    if (!['inbox', 'account'].includes(name) && value.length > 3) general = general.replaceAll(value, `<${name}>`);
  }
  const year = new Date().getUTCFullYear();
  return general
    .replaceAll(new RegExp(`(?:${year})-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z`, 'g'), '<time>')
    .replace(/^(\$JS\.ACK\.\S+\.)\d{19}(\.\d+)$/, '$1<ns>$2')
    .replaceAll(/\/\S*natscope-conformance-\w+/g, '<folder>')
    .replace(/^(\$JS\.FC\.\S+\.)[0-9A-Za-z]{4}$/, '$1<four>')
    .replaceAll(/(?<![A-Z2-7])N[A-Z2-7]{55}/g, '<server>')
    .replaceAll(/(?<![0-9A-Za-z])(?=[0-9A-Za-z]*\d)(?=[0-9A-Za-z]*[A-Za-z])[0-9A-Za-z]{22}(?![0-9A-Za-z])/g, '<id>')
    .replaceAll(/(?<![0-9A-Za-z])(?=[0-9a-z]*[A-Z])(?=[0-9A-Z]*[a-z])[0-9A-Za-z]{8}(?![0-9A-Za-z])/g, (word) =>
      /^[A-Z][a-z]+$|^[A-Z]?[a-z]+[A-Z][a-z]+$/.test(word) ? word : '<name>',
    );
}

function general(value: unknown, names: ReadonlyMap<string, string>, key = ''): Value {
  if (typeof value === 'string') return generalText(value, names);
  if (typeof value === 'number' && key === 'active') return new Code('ACTIVE');
  if (typeof value === 'number' && VARYING.has(key)) return new Code('NUMBER');
  if (key === 'client' && isObject(value)) return new Code('CLIENT');
  if (Array.isArray(value)) return value.map((item) => general(item, names)) as unknown as Value;
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [generalText(name, names), general(item, names, name)]),
    ) as unknown as Value;
  }
  return value as JsonPattern;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPlain(value: unknown): value is Record<string, Value> {
  return isObject(value) && !(value instanceof Code) && !(value instanceof RegExp);
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function without(value: Record<string, unknown>, defaults: Fields): Record<string, Value> {
  const kept = Object.entries(value).filter(([key, item]) => !same(item, defaults[key]));
  const dropped = Object.keys(defaults).filter((key) => !(key in value));
  return Object.fromEntries([...kept, ...dropped.map((key) => [key, new Code('undefined')])]) as Record<string, Value>;
}

const TYPE = /^io\.nats\.jetstream\.api\.v1\.(\w+)_response$/;

/** The source of a JSON value. */
export function jsonSource(value: unknown): string {
  if (value instanceof Code) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => jsonSource(item)).join(', ')}]`;
  if (!isPlain(value)) return typeof value === 'string' ? quoted(value) : JSON.stringify(value);
  return (
    errorSource(value) ??
    streamSource(value) ??
    consumerSource(value) ??
    ackSource(value) ??
    typedSource(value) ??
    objectSource(value)
  );
}

function quoted(text: string): string {
  if (/^(.)\1{39,}$/.test(text)) return `${quoted(text.slice(0, 1))}.repeat(${text.length})`;
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\0', '\\0')}'`;
}

function objectSource(value: Record<string, unknown>): string {
  const fields = Object.entries(value).map(([key, item]) => {
    const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
    if (key === 'metadata' && isPlain(item)) return `${name}: ${metadataSource(item)}`;
    if (key === 'config' && isPlain(item)) return `${name}: ${configSource(item)}`;
    return `${name}: ${jsonSource(item)}`;
  });
  return `{ ${fields.join(', ')} }`;
}

function metadataSource(metadata: Record<string, unknown>): string {
  const required = Number(metadata['_nats.req.level']);
  if (same(metadata, levels(required))) return `levels(${required})`;
  const fields = Object.entries(metadata).map(([key, item]) => `${quoted(key)}: ${jsonSource(item)}`);
  return `{ ${fields.join(', ')} }`;
}

/** A configuration alone: of a stream when it has a retention. */
function configSource(config: Record<string, unknown>): string {
  if ('retention' in config) return `streamConfig(${objectSource(without(config, STREAM_CONFIG_DEFAULTS))})`;
  if ('deliver_policy' in config) return `consumerConfig(${objectSource(without(config, CONSUMER_CONFIG_DEFAULTS))})`;
  return objectSource(config);
}

function errorSource(value: Record<string, unknown>): string | undefined {
  const keys = Object.keys(value).join();
  const { error, type, stream } = value;
  if (!isPlain(error) || Object.keys(error).join() !== 'code,err_code,description') return undefined;
  const what = [error['code'], error['err_code'], error['description']].map((item) => jsonSource(item)).join(', ');
  const kind = TYPE.exec(String(type))?.[1];
  if (keys === 'type,error' && kind !== undefined) return `failed(${quoted(kind)}, ${what})`;
  if (keys === 'error,stream,seq' && value['seq'] === 0) return `notStored(${jsonSource(stream)}, ${what})`;
  return undefined;
}

function streamSource(value: Record<string, unknown>): string | undefined {
  const { type, config, state, created: createdAt, ...more } = value;
  if (!isPlain(config) || !('retention' in config) || !isPlain(state) || createdAt !== '<time>') return undefined;
  const kind = typeof type === 'string' ? (TYPE.exec(type)?.[1] ?? '') : '';
  const fields: Record<string, Value> = {};
  const shortConfig = without(config, STREAM_CONFIG_DEFAULTS);
  const shortState = without(state, STREAM_STATE_DEFAULTS);
  const plain = streamInfo(kind, {});
  for (const [key, item] of Object.entries(more)) if (!same(item, plain[key])) fields[key] = item as Value;
  for (const key of Object.keys(plain)) if (!(key in value)) fields[key] = new Code('undefined');
  const rebuilt = streamInfo(kind, {
    ...revived(fields),
    config: revived(shortConfig),
    state: revived(shortState),
  });
  if (!same(rebuilt, value)) return undefined;
  const configText = objectSource(shortConfig);
  const stateText = Object.keys(shortState).length === 0 ? '' : `state: ${stateSource(shortState)}`;
  if (kind === 'stream_create' && same(fields, { did_create: true }) && stateText === '') {
    if (same(created(revived(shortConfig)), value)) return `created(${configText})`;
  }
  const rest = Object.entries(fields).map(([key, item]) => `${key}: ${jsonSource(item)}`);
  const all = [`config: ${configText}`, stateText, ...rest].filter((text) => text !== '');
  return `streamInfo(${quoted(kind)}, { ${all.join(', ')} })`;
}

function stateSource(state: Record<string, Value>): string {
  const { messages, bytes, first_seq: first, first_ts: since, last_seq: last, last_ts: until, ...rest } = state;
  const numbers = [messages, bytes, first, last].every((value) => typeof value === 'number');
  if (!numbers || since !== '<time>' || until !== '<time>') return objectSource(state);
  const { num_subjects: subjects, ...others } = rest;
  const more: Record<string, Value> = { ...others };
  if (messages !== Number(last) - Number(first) + 1) more['messages'] = messages as Value;
  if (subjects !== 1) more['num_subjects'] = subjects ?? new Code('undefined');
  const tail = Object.keys(more).length === 0 ? '' : `, ${objectSource(more)}`;
  return `held(${Number(first)}, ${Number(last)}, ${Number(bytes)}${tail})`;
}

function consumerSource(value: Record<string, unknown>): string | undefined {
  const { type, config, ...more } = value;
  if (!isPlain(config) || !('deliver_policy' in config) || !('ack_floor' in value)) return undefined;
  const kind = typeof type === 'string' ? (TYPE.exec(type)?.[1] ?? '') : '';
  const shortConfig = without(config, CONSUMER_CONFIG_DEFAULTS);
  const plain = consumerInfo(kind, {});
  const fields: Record<string, Value> = {};
  for (const [key, item] of Object.entries(more)) if (!same(item, plain[key])) fields[key] = item as Value;
  for (const key of [...Object.keys(CONSUMER_INFO_DEFAULTS), ...Object.keys(plain)]) {
    if (!(key in value)) fields[key] = new Code('undefined');
  }
  if (!same(consumerInfo(kind, { ...revived(fields), config: revived(shortConfig) }), value)) return undefined;
  const rest = Object.entries(fields).map(([key, item]) => `${key}: ${jsonSource(item)}`);
  const { length } = rest.filter((text) => /^(stream_)?name: /.test(text));
  return `consumerInfo(${quoted(kind)}, { ${[...rest.slice(0, length), `config: ${objectSource(shortConfig)}`, ...rest.slice(length)].join(', ')} })`;
}

/** Marks for fields that are left out become undefined, for the comparison. */
function revived(fields: Record<string, Value>): Record<string, JsonPattern | undefined> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, item]) => [
      key,
      item instanceof Code && item.text === 'undefined' ? undefined : (item as JsonPattern),
    ]),
  );
}

function ackSource(value: Record<string, unknown>): string | undefined {
  const { stream, seq, ...more } = value;
  if (typeof stream !== 'string' || typeof seq !== 'number') return undefined;
  if (!same(Object.keys(value), ['stream', 'seq', ...Object.keys(more)])) return undefined;
  const rest = Object.keys(more).length === 0 ? '' : `, ${objectSource(more)}`;
  return `stored(${quoted(stream)}, ${seq}${rest})`;
}

function typedSource(value: Record<string, unknown>): string | undefined {
  const { type, total, offset, limit, ...more } = value;
  const kind = TYPE.exec(String(type))?.[1];
  if (kind === undefined) return undefined;
  const message = foundSource(value);
  if (message !== undefined) return message;
  if (total === undefined) {
    const { type: _, ...rest } = value;
    return `answer(${quoted(kind)}, ${objectSource(rest)})`;
  }
  const cut =
    limit === 256 && offset === 0 ? '' : offset === 0 ? `, ${String(limit)}` : `, ${String(limit)}, ${String(offset)}`;
  return `page(${quoted(kind)}, ${JSON.stringify(total)}, ${objectSource(more)}${cut})`;
}

function foundSource({ message }: Record<string, unknown>): string | undefined {
  if (!isPlain(message)) return undefined;
  const { subject, seq, hdrs, data, ...more } = message;
  if (!same(more, { time: '<time>' })) return undefined;
  const lines = typeof hdrs === 'string' ? hdrs.split('\r\n').slice(1, -2) : [];
  const headers = lines.length === 0 ? '' : `, ${jsonSource(lines)}`;
  return `found(${jsonSource(subject)}, ${jsonSource(seq)}, ${jsonSource(data ?? '')}${headers})`;
}

/** The source of an answer to a request. */
export function answerSource(
  actual: Message | undefined,
  what: readonly (string | number)[],
  names: ReadonlyMap<string, string>,
): string {
  if (actual === undefined) return 'NOTHING';
  const value = actual.status === '' && actual.headers.length === 0 ? parsed(actual.payload) : undefined;
  if (isObject(value)) {
    const paths = what.filter((one) => typeof one === 'string');
    if (paths.length === 0) return jsonSource(general(value, names));
    return `part(${objectSource(picked(general(value, names), paths))})`;
  }
  const headers = linesSource(actual.headers, names);
  const fromStream = directSource(actual, names);
  if (fromStream !== undefined) return `{ message: ${fromStream} }`;
  if (generalText(actual.subject, names) !== '<inbox>') return `{ message: ${messageSource(actual, names)} }`;
  const json = actual.status === '' ? parsed(actual.payload) : undefined;
  if (isObject(json)) return `{ message: msg('<inbox>', ${jsonSource(general(json, names))}, ''${headers}) }`;
  if (actual.status !== '') return `statusAnswer(${quoted(actual.status)}${headers})`;
  return `textAnswer(${quoted(generalText(actual.payload, names))}${headers})`;
}

/** Only the named parts; a part that is not there is named as absent. */
function picked(value: Value, paths: readonly string[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const path of paths) {
    let from: unknown = value;
    let to = result;
    const keys = path.split('.');
    for (const [index, key] of keys.entries()) {
      from = isPlain(from) ? from[key] : undefined;
      if (index === keys.length - 1) to[key] = from === undefined ? new Code('ABSENT') : from;
      else to = (to[key] ??= {}) as Record<string, unknown>;
    }
  }
  return result;
}

function linesSource(lines: readonly string[], names: ReadonlyMap<string, string>): string {
  if (lines.length === 0) return '';
  return `, [${lines.map((line) => quoted(generalText(line, names))).join(', ')}]`;
}

const DIRECT = ['Nats-Stream', 'Nats-Subject', 'Nats-Sequence', 'Nats-Time-Stamp'];

/** A message of a direct get. */
function directSource(
  { subject, reply, headers, payload, status }: Message,
  names: ReadonlyMap<string, string>,
): string | undefined {
  if (generalText(subject, names) !== '<inbox>' || reply !== '' || status !== '') return undefined;
  const start = headers.findIndex((line) => line.startsWith('Nats-Stream: '));
  const lines = headers.slice(start);
  const keys = lines.map((line) => line.slice(0, line.indexOf(': ')));
  const values = lines.map((line) => line.slice(line.indexOf(': ') + 2));
  const whole = same(keys, [...DIRECT, 'Nats-Num-Pending', 'Nats-Last-Sequence']);
  if (start < 0 || (!whole && !same(keys, DIRECT))) return undefined;
  const [stream = '', stored = '', seq, , pending, last] = values;
  const own = start === 0 ? '' : linesSource(headers.slice(0, start), names);
  const progress = whole ? `, [${pending}, ${last}]` : own === '' ? '' : ', undefined';
  return `direct(${quoted(stream)}, ${quoted(stored)}, ${seq}, ${quoted(generalText(payload, names))}${progress}${own})`;
}

/** The source of a message. */
export function messageSource(actual: Message, names: ReadonlyMap<string, string>): string {
  const subject = generalText(actual.subject, names);
  const reply = generalText(actual.reply, names);
  const headers = linesSource(actual.headers, names);
  if (actual.status !== '' && subject === '<inbox>' && actual.payload === '') {
    const tail = reply === '' ? headers : `${headers === '' ? ', []' : headers}, ${quoted(reply)}`;
    return `status(${quoted(actual.status)}${tail})`;
  }
  const fromStream = directSource(actual, names);
  if (fromStream !== undefined) return fromStream;
  const value = parsed(actual.payload);
  const typed = isObject(value) && typeof value['type'] === 'string';
  const payload = typed
    ? objectSource(general(value, names) as Record<string, unknown>)
    : quoted(generalText(actual.payload, names));
  const tail = reply === '' && headers === '' ? '' : `, ${quoted(reply)}${headers}`;
  const source = `msg(${quoted(subject)}, ${payload}${tail})`;
  return actual.status === '' ? source : `{ ...${source}, status: ${quoted(actual.status)} }`;
}
