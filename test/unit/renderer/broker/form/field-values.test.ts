import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../../../renderer/broker/config-text/edit.ts';
import { parseSyntax } from '../../../../../renderer/broker/config-text/syntax.ts';
import {
  itemsAt,
  readField,
  readSwitch,
  writeField,
  writeList,
  writeSwitch,
} from '../../../../../renderer/broker/form/field-values.ts';
import { fields } from '../../../../../renderer/broker/form/fields.ts';
import type { FieldSpec } from '../../../../../renderer/broker/form/fields.ts';
import { sectionOfKey } from '../../../../../renderer/broker/sections.ts';

function spec(section: string, label: string): FieldSpec {
  const found = fields.find((field) => field.section === section && field.label === label);
  if (found === undefined) throw new Error(`there is no field ${label}`);
  return found;
}

const payload = spec('limits', 'Payload');
const deadline = spec('limits', 'Write deadline');
const enabled = spec('jetstream', 'Enabled') as Extract<FieldSpec, { kind: 'switch' }>;
const debug = spec('logging', 'Debug') as Extract<FieldSpec, { kind: 'switch' }>;
const strict = spec('jetstream', 'Strict') as Extract<FieldSpec, { kind: 'switch' }>;

const write = (text: string, field: FieldSpec, typed: string): string =>
  applyEdits(text, writeField(parseSyntax(text), field, typed));
const turn = (text: string, field: Extract<FieldSpec, { kind: 'switch' }>, on: boolean): string =>
  applyEdits(text, writeSwitch(parseSyntax(text), field, on));

describe('a field', () => {
  it('shows a value, its unit, and what it cannot show', () => {
    const show = (text: string, field: FieldSpec) => readField(parseSyntax(text), field);
    expect(show('max_payload: 8MB', payload)).toEqual({ text: '8', unit: 'MB', opaque: false });
    expect(show('max_payload: 1048576', payload)).toEqual({ text: '1048576', unit: 'B', opaque: false });
    expect(show('max_payload: $SIZE', payload)).toEqual({ text: '$SIZE', unit: '', opaque: false });
    expect(show('', payload)).toEqual({ text: '', unit: 'MB', opaque: false });
    expect(show('write_deadline: "1h30m"', deadline)).toEqual({ text: '1h30m', unit: '', opaque: false });
    expect(show('write_deadline: 5', deadline)).toEqual({ text: '5', unit: 's', opaque: false });
    expect(show('max_payload { a: 1 }', payload)).toMatchObject({ opaque: true });
  });

  it('keeps the unit that is there, and takes the one that is typed', () => {
    expect(write('max_payload: 8MB # max\n', payload, '9')).toBe('max_payload: 9MB # max\n');
    expect(write('max_payload: 1048576\n', payload, '2048')).toBe('max_payload: 2048\n');
    expect(write('max_payload: 8MB\n', payload, '512KB')).toBe('max_payload: 512KB\n');
    expect(write('max_payload: "8MB"\n', payload, '9')).toBe('max_payload: "9MB"\n');
    expect(write('', payload, '2')).toBe('max_payload: 2MB\n');
    expect(write('write_deadline: "10s"\n', deadline, '2m')).toBe('write_deadline: "2m"\n');
    expect(write('write_deadline: "10s"\n', deadline, '3')).toBe('write_deadline: "3s"\n');
    expect(write('ping_interval: 30\n', spec('limits', 'Ping interval'), '60')).toBe('ping_interval: 60\n');
    expect(write('', deadline, '1h30m')).toBe('write_deadline: "1h30m"\n');
  });

  it('writes what makes no sense as it is, for the check to say so', () => {
    expect(write('', payload, 'much')).toBe('max_payload: much\n');
    expect(write('', spec('limits', 'Connections'), 'ten')).toBe('max_connections: ten\n');
  });

  it('takes its line out when nothing is left, and the block that only held it', () => {
    expect(write('max_payload: 8MB\ndebug: true\n', payload, ' ')).toBe('debug: true\n');
    expect(write('tls {\n  cert_file: a.pem\n}\n', spec('tls', 'Certificate'), '')).toBe('');
    // An empty block turns JetStream on: it stays.
    expect(write('jetstream {\n  domain: hub\n}\n', spec('jetstream', 'Domain'), '')).toBe('jetstream {\n}\n');
  });

  it('changes nothing when it says the same', () => {
    expect(writeField(parseSyntax('max_payload: 8MB'), payload, '8')).toEqual([]);
    expect(writeField(parseSyntax('listen: 127.0.0.1:4222'), spec('websocket', 'Listen'), '')).toEqual([]);
  });

  it('finds a value by any of its names', () => {
    expect(write('storedir: x\njetstream { max_mem: 1G }\n', spec('jetstream', 'Memory'), '2')).toBe(
      'storedir: x\njetstream { max_mem: 2G }\n',
    );
  });

  it('may hold a variable, a secret never', () => {
    expect(write('', payload, '$SIZE')).toBe('max_payload: $SIZE\n');
    expect(write('', spec('authentication', 'Token'), '$TOKEN')).toBe('authorization {\n  token: "$TOKEN"\n}\n');
  });
});

describe('a switch', () => {
  it('is on by what is said, else by what is so without', () => {
    expect(readSwitch(parseSyntax('debug: true'), debug)).toBe(true);
    expect(readSwitch(parseSyntax('debug: off'), debug)).toBe(false);
    expect(readSwitch(parseSyntax(''), debug)).toBe(false);
    expect(readSwitch(parseSyntax('jetstream {}'), strict)).toBe(true);
  });

  it('of JetStream is on unless it is turned off', () => {
    for (const on of ['', 'jetstream {}', 'jetstream: true', 'jetstream: enabled', 'jetstream { enabled: yes }']) {
      expect(readSwitch(parseSyntax(on), enabled)).toBe(true);
    }
    for (const off of ['jetstream: false', 'jetstream: disabled', 'jetstream { enabled: false }']) {
      expect(readSwitch(parseSyntax(off), enabled)).toBe(false);
    }
  });

  it('is written where it stands', () => {
    expect(turn('debug: true # now\n', debug, false)).toBe('debug: false # now\n');
    expect(turn('', debug, true)).toBe('debug: true\n');
    expect(turn('', enabled, false)).toBe('jetstream: false\n');
    expect(turn('jetstream: true\n', enabled, false)).toBe('jetstream: false\n');
    expect(turn('jetstream {\n  domain: hub\n}\n', enabled, false)).toBe(
      'jetstream {\n  domain: hub\n  enabled: false\n}\n',
    );
    expect(turn('', enabled, true)).toBe('');
  });
});

describe('a list', () => {
  const path = ['cluster', 'routes'];
  const set = (text: string, items: string[]) => applyEdits(text, writeList(parseSyntax(text), path, items));

  it('grows and shrinks where it stands', () => {
    const text = 'cluster {\n  routes: [\n    nats://a:1 # first\n    nats://b:2\n  ]\n}\n';
    expect(itemsAt(parseSyntax(text), path)).toEqual(['nats://a:1', 'nats://b:2']);
    expect(set(text, ['nats://a:1', 'nats://b:2', 'nats://c:3'])).toBe(
      text.replace('nats://b:2\n', 'nats://b:2\n    nats://c:3\n'),
    );
    expect(set(text, ['nats://b:2'])).toBe(text.replace('nats://a:1 #', '#'));
    expect(set(text, ['nats://a:1'])).toBe(text.replace('    nats://b:2\n', ''));
    expect(set(text, ['nats://a:1', 'nats://b:2'])).toBe(text);
  });

  it('is one value when it has one, and nothing when it has none', () => {
    expect(applyEdits('', writeList(parseSyntax(''), ['server_tags'], ['a:b']))).toBe('server_tags: a:b\n');
    const one = 'server_tags: x\n';
    expect(applyEdits(one, writeList(parseSyntax(one), ['server_tags'], ['x', 'y']))).toBe('server_tags: [x, y]\n');
    expect(applyEdits(one, writeList(parseSyntax(one), ['server_tags'], []))).toBe('');
  });
});

describe('the fields', () => {
  it('stand in the section that their key belongs to', () => {
    for (const { section, path, label } of fields) {
      const [first] = path;
      for (const name of (typeof first === 'string' ? first : '').split('|'))
        expect([label, sectionOfKey(name)]).toEqual([label, section]);
    }
  });

  it('are there once', () => {
    const ways = fields.map(({ path }) => JSON.stringify(path));
    expect(new Set(ways).size).toBe(ways.length);
  });
});
