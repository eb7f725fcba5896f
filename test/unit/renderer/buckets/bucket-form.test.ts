import { describe, expect, it } from 'vitest';
import { emptyForm, formOf, lacking, readForm } from '../../../../renderer/buckets/bucket-form.ts';
import { readFields, writtenFields } from '../../../../renderer/buckets/field-lines.ts';
import { bytesOfDraft, editable, ttlSeconds } from '../../../../renderer/buckets/key-state.svelte.ts';
import { bucketCommand, putCommand } from '../../../../renderer/buckets/nats-commands.ts';
import {
  period,
  readPeriod,
  readSize,
  scalarLine,
  valueLine,
  writtenSize,
} from '../../../../renderer/buckets/texts.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the form of a bucket', () => {
  it('is read as it was written', () => {
    const form = {
      ...emptyForm(),
      name: 'config',
      history: '5',
      ttl: '1h30m',
      markerTtl: '1m',
      maxBytes: '64 MiB',
      sources: 'a, b@hub',
      republishTo: 'kv.>',
      metadata: 'team=payments\nowner = x=y',
    };
    const read = readForm('kv', form);
    if (!('settings' in read)) throw new Error(JSON.stringify(read));
    expect(read.settings).toMatchObject({
      name: 'config',
      history: 5,
      ttl: 5_400_000,
      markerTtl: 60_000,
      maxBytes: 64 * 1024 * 1024,
      maxValueBytes: -1,
      sources: [
        { bucket: 'a', domain: '' },
        { bucket: 'b', domain: 'hub' },
      ],
      republish: { source: '', destination: 'kv.>', headersOnly: false },
      metadata: [
        { name: 'team', value: 'payments' },
        { name: 'owner', value: 'x=y' },
      ],
    });
    expect(readForm('kv', formOf(read.settings))).toEqual(read);
  });

  it('says at its fields what is wrong', () => {
    const form = { ...emptyForm(), name: 'a b', history: '65', ttl: 'soon', maxBytes: 'much', metadata: 'x' };
    const read = readForm('kv', { ...form, republishFrom: 'a.>', mirror: 'a', sources: 'b' });
    if (!('faults' in read)) throw new Error('it was taken');
    expect(Object.keys(read.faults).sort()).toEqual(
      ['history', 'maxBytes', 'metadata', 'name', 'republishTo', 'sources', 'ttl'].sort(),
    );
  });

  it('says what an older server lacks', () => {
    expect(lacking('markerTtl', '2.10.27')).toBe('needs nats-server 2.11');
    expect(lacking('compression', '2.9.10')).toBe('needs nats-server 2.10');
    expect(lacking('markerTtl', '2.15.1')).toBeUndefined();
    expect(lacking('history', '2.2.0')).toBeUndefined();
    expect(lacking('markerTtl', undefined)).toBeUndefined();
  });
});

describe('texts', () => {
  it.each<[string, number | null]>([
    ['', 0],
    ['90s', 90_000],
    ['1h 30m', 5_400_000],
    ['250ms', 250],
    ['7d', 604_800_000],
    ['5', null],
    ['soon', null],
  ])('reads the period %j', (text, milliseconds) => expect(readPeriod(text)).toBe(milliseconds));

  it('writes periods and sizes in their largest unit', () => {
    expect([0, 15_000, 1_800_000, 86_400_000, 1500].map(period)).toEqual(['–', '15 s', '30 m', '1 d', '1500 ms']);
    expect([-1, 0, 1000, 65_536, 64 * 1024 ** 2].map(writtenSize)).toEqual(['', '0', '1000', '64KiB', '64MiB']);
    expect(['', '1000', '64 MiB', '1.5G', '2kb', 'x'].map(readSize)).toEqual([
      -1,
      1000,
      64 * 1024 ** 2,
      1.5 * 1024 ** 3,
      2048,
      null,
    ]);
  });

  it('shows a value in one line, whatever it is', () => {
    expect(valueLine(bytes('a\n\tb'), 4)).toBe('a b');
    expect(valueLine(bytes('abc'), 10)).toBe('abc…');
    expect(valueLine(new Uint8Array([0, 1, 2]), 3)).toBe('3 B of binary');
    const value = bytes('{"max":"5000.00","items":80,"on":true}');
    expect(scalarLine(value, value.length)).toBe('5000.00 · 80 · true');
    expect(scalarLine(bytes('[1]'), 3)).toBe('[1]');
  });

  it('reads pairs, and says which line is none', () => {
    const fields = [
      { name: 'A', value: '1: 2' },
      { name: 'B', value: '' },
    ];
    expect(readFields(writtenFields(fields))).toEqual(fields);
    expect(readFields('A: 1\nnothing')).toContain('nothing');
  });
});

describe('drafts', () => {
  it('edits JSON with a member on each line, bytes as base64, and gets the same back', () => {
    expect(editable(bytes('{"a":1}'))).toEqual({ text: '{\n  "a": 1\n}', format: 'text' });
    const binary = new Uint8Array([0, 255, 1]);
    const draft = editable(binary);
    expect(draft.format).toBe('base64');
    expect(bytesOfDraft(draft)).toEqual(binary);
    expect(typeof bytesOfDraft({ text: '***', format: 'base64' })).toBe('string');
  });

  it('reads a time to live', () => {
    expect(['', '90', '90s', '2h', '7d', 'x', '1.5h'].map(ttlSeconds)).toEqual([0, 90, 90, 7200, 604_800, null, null]);
  });
});

describe('command lines', () => {
  it('put at a revision, create, or put', () => {
    const value = bytes('it\'s {"a":1}');
    expect(putCommand(undefined, 'b', 'k', value, 7)).toBe(`nats kv update b k 'it'\\''s {"a":1}' 7`);
    expect(putCommand('nats://h:1', 'b', 'k', bytes('1'), 0)).toBe('nats --server nats://h:1 kv create b k 1');
    expect(putCommand(undefined, 'b', 'k', bytes('1'), null)).toBe('nats kv put b k 1');
    expect(putCommand(undefined, 'b', 'k', new Uint8Array([0, 255]), null)).toBe(
      `printf '\\000\\377' | nats kv put b k`,
    );
  });

  it('make a bucket with what differs from the defaults', () => {
    const read = readForm('kv', {
      ...emptyForm(),
      name: 'b',
      history: '5',
      ttl: '2h',
      maxBytes: '1KiB',
      mirror: 'a@hub',
    });
    if (!('settings' in read)) throw new Error('refused');
    expect(bucketCommand(undefined, 'kv', 'add', read.settings)).toBe(
      'nats kv add b --ttl=2h --max-bucket-size=1024 --history=5 --mirror=a --mirror-domain=hub',
    );
  });
});
