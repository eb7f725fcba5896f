import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigDraft } from '../../../../renderer/jetstream/form/config-draft.svelte.ts';
import { consumerFields, newConsumer } from '../../../../renderer/jetstream/form/consumer-fields.ts';
import { lackIn, knows } from '../../../../renderer/jetstream/form/field-spec.ts';
import {
  nameFault,
  parseDuration,
  parseField,
  parseSize,
  printDuration,
  printField,
  printSize,
  readPath,
  writePath,
} from '../../../../renderer/jetstream/form/field-values.ts';
import { newStream, streamFields } from '../../../../renderer/jetstream/form/stream-fields.ts';

const decode = (bytes: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(bytes));
const specOf = (path: string) => {
  const spec = [...streamFields, ...consumerFields]
    .flatMap(({ fields }) => fields)
    .find((field) => field.path === path);
  if (spec === undefined) throw new Error(`no field ${path}`);
  return spec;
};

describe('values of fields', () => {
  it.each([
    ['30s', 30e9],
    ['1h30m', 5400e9],
    ['7d', 604_800e9],
    ['250ms', 250e6],
    ['1.5s', 1.5e9],
    ['0', 0],
  ])('%s is a duration', (text, nanoseconds) => expect(parseDuration(text)).toBe(nanoseconds));
  it.each(['', 'soon', '30', '-1s', '1s 2'])('"%s" is none', (text) => expect(parseDuration(text)).toBeNull());
  it('prints durations so that they read back', () => {
    for (const value of [1, 999, 1e6, 1.5e9, 90e9, 3661e9, 86_400e9 * 400]) {
      expect(parseDuration(printDuration(value))).toBe(value);
    }
  });
  it.each([
    ['512', 512],
    ['64 KB', 65_536],
    ['1GiB', 1024 ** 3],
    ['1.5M', 1.5 * 1024 ** 2],
  ])('%s is a size', (text, bytes) => expect(parseSize(text)).toBe(bytes));
  it.each(['lots', '-1', '1 X'])('"%s" is none', (text) => expect(parseSize(text)).toBeNull());
  it('prints sizes so that they read back', () => {
    for (const value of [1, 1000, 1024, 65_536, 10 * 1024 ** 3]) expect(parseSize(printSize(value))).toBe(value);
  });

  it('shows no limit as an empty field and leaves an empty field to the server', () => {
    expect(printField(specOf('max_msgs'), -1)).toBe('');
    expect(printField(specOf('max_age'), 0)).toBe('');
    expect(parseField(specOf('max_msgs'), ' ')).toEqual({ value: undefined });
    expect(parseField(specOf('max_msgs'), '1 000')).toEqual({ value: 1000 });
    expect(parseField(specOf('max_msgs'), 'x')).toHaveProperty('error');
    expect(parseField(specOf('subjects'), 'a.> b, c.*')).toEqual({ value: ['a.>', 'b', 'c.*'] });
    expect(parseField(specOf('metadata'), 'a=1\nb = x=y')).toEqual({ value: { a: '1', b: 'x=y' } });
    expect(parseField(specOf('metadata'), 'a')).toHaveProperty('error');
    expect(parseField(specOf('backoff'), '1s 5s')).toEqual({ value: [1e9, 5e9] });
  });

  it('reads and writes inside of objects, and takes empty ones out', () => {
    const config = { a: 1, placement: { cluster: 'x' }, z: 2 };
    expect(readPath(config, 'placement.cluster')).toBe('x');
    expect(readPath(config, 'a.b.c')).toBeUndefined();
    expect(writePath(config, 'placement.tags', ['t'])).toEqual({
      a: 1,
      placement: { cluster: 'x', tags: ['t'] },
      z: 2,
    });
    expect(Object.keys(writePath(config, 'a', 5))).toEqual(['a', 'placement', 'z']);
    expect(writePath(config, 'placement.cluster', undefined)).toEqual({ a: 1, z: 2 });
    expect(config.placement.cluster).toBe('x');
  });

  it.each(['', 'a b', 'a.b', 'a*', '>', 'a/b'])('"%s" is no name', (name) => expect(nameFault(name)).not.toBeNull());
});

describe('the form', () => {
  /** Fields of an interface of the contract, from its text. */
  function fieldsOfInterface(part: 'streams' | 'consumers', name: string): string[] {
    const contract = join(import.meta.dirname, `../../../../electron/bridge/${part}-contract.ts`);
    const body = new RegExp(`interface ${name} \\{([\\s\\S]*?)\\n\\}`).exec(readFileSync(contract, 'utf8'))?.[1] ?? '';
    return [...body.matchAll(/^ {2}(\w+)\??:/gm)].map(([, field]) => field ?? '');
  }

  it('has every field of a stream and of a consumer', () => {
    const top = (groups: typeof streamFields) =>
      new Set(groups.flatMap(({ fields }) => fields.map(({ path }) => path.split('.')[0])));
    const stream = top(streamFields);
    const own = new Set(['mirror', 'sources']);
    expect(fieldsOfInterface('streams', 'StreamSettings').length).toBeGreaterThan(35);
    expect(
      fieldsOfInterface('streams', 'StreamSettings').filter((field) => !stream.has(field) && !own.has(field)),
    ).toEqual([]);
    const consumer = top(consumerFields);
    // One filter and many stand in one field.
    expect(fieldsOfInterface('consumers', 'ConsumerSettings').filter((field) => !consumer.has(field))).toEqual([
      'filter_subject',
    ]);
  });

  it('says what an older server would not look at', () => {
    const config: Record<string, unknown> = { filter_subjects: ['a', 'b'] };
    const read = (path: string): unknown => config[path];
    expect(lackIn(consumerFields, '2.9.10', read)?.text).toBe('Filters: more than one needs nats-server 2.10');
    expect(lackIn(consumerFields, '2.10.0', read)).toBeNull();
    config['filter_subjects'] = ['a'];
    expect(lackIn(consumerFields, '2.9.10', read)).toBeNull();
  });

  it('keeps what it does not know, and what the server filled in', () => {
    const before = { name: 'S', subjects: ['a'], max_msgs: -1, from_the_future: { x: 1 } };
    const draft = new ConfigDraft(streamFields, before, before);
    draft.write(specOf('max_msgs'), '10');
    expect(draft.result).toEqual({ name: 'S', subjects: ['a'], max_msgs: 10, from_the_future: { x: 1 } });
    expect(decode(draft.comparison.before)).toEqual(before);
    expect(draft.isChanged).toBe(true);
    draft.write(specOf('max_msgs'), '');
    expect(draft.result).not.toHaveProperty('max_msgs');
  });

  it('keeps what is wrong in its field until it is right', () => {
    const draft = new ConfigDraft(streamFields, null, newStream as never);
    expect(draft.problem).toMatch(/name/);
    draft.write(specOf('name'), 'S');
    draft.write(specOf('max_age'), 'soon');
    expect(draft.textOf(specOf('max_age'))).toBe('soon');
    expect(draft.errorOf(specOf('max_age'))).toMatch(/duration/);
    expect(draft.problem).toMatch(/duration/);
    draft.write(specOf('max_age'), '1h');
    expect(draft.problem).toBeNull();
    expect(draft.result).toMatchObject({ name: 'S', max_age: 3600e9 });
  });

  it('sends one filter in the field that every server knows, and leaves out what does not count', () => {
    const draft = new ConfigDraft(consumerFields, null, newConsumer as never);
    draft.write(specOf('durable_name'), 'worker');
    draft.write(specOf('filter_subjects'), 'a.*');
    draft.write(specOf('opt_start_seq'), '5');
    expect(draft.result).toEqual({
      durable_name: 'worker',
      deliver_policy: 'all',
      ack_policy: 'explicit',
      replay_policy: 'instant',
      filter_subject: 'a.*',
    });
    draft.write(specOf('filter_subjects'), 'a.* b');
    expect(draft.result['filter_subjects']).toEqual(['a.*', 'b']);
    expect(draft.result).not.toHaveProperty('filter_subject');
  });

  it('knows what an older server lacks', () => {
    expect(knows('2.9.10', '2.10')).toBe(false);
    expect(knows('2.10.27', '2.10')).toBe(true);
    expect(knows('2.15.1', '2.9')).toBe(true);
    expect(knows(undefined, '2.15')).toBe(true);
  });
});

describe('a comparison', () => {
  it('finds nothing changed in what the server filled in, also in fields that are not shown', () => {
    const before = {
      name: 'S',
      subjects: ['s'],
      discard: 'old',
      mirror_direct: false,
      discard_new_per_subject: false,
      consumer_limits: {},
    };
    expect(new ConfigDraft(streamFields, before, before).isChanged).toBe(false);
    const consumer = { name: 'c', ack_policy: 'none', max_deliver: -1, filter_subject: 'a' };
    expect(new ConfigDraft(consumerFields, consumer, consumer).isChanged).toBe(false);
  });

  it('takes out what no longer counts', () => {
    const before = { name: 'S', discard: 'new', discard_new_per_subject: true };
    const draft = new ConfigDraft(streamFields, before, before);
    draft.set('discard', 'old');
    expect(draft.result).toEqual({ name: 'S', discard: 'old' });
  });
});
