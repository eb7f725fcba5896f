import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayAskForTrace, readTraceHeaders } from '../../../../broker/delivery/trace-headers.ts';

const block = (...lines: string[]): string => `NATS/1.0\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;

function asks(text: string): boolean {
  // Bytes of an earlier message lie around it.
  const bytes = Buffer.from(`\nNats-Trace-Dest${text}\nNats-Trace-Dest`, 'latin1');
  return mayAskForTrace(bytes, 16, text.length);
}

describe('headers that ask for a trace', () => {
  it.each([
    [block('Nats-Trace-Dest: T'), true],
    [block('A: b', 'Nats-Trace-Dest:T'), true],
    [block('traceparent: x'), true],
    [block('A: b', 'TRACEParent: x'), true],
    [block('A: Nats-Trace-Dest: T'), false],
    [block('nats-trace-dest: T'), false],
    [block('Nats-Trace-Only: 1'), false],
    [block('Nats-Trace'), false],
    [block('Tracestate: 1'), false],
    [block(), false],
  ])('%j: %s', (text, expected) => {
    expect(asks(text)).toBe(expected);
  });

  it('are never overlooked', () => {
    const line = fc.oneof(
      fc.constantFrom('Nats-Trace-Dest: T', 'traceparent: 00-a-b-01', 'TraceParent: 00-a-b-01'),
      fc.string({ unit: fc.constantFrom('N', 'T', 't', 'a', '-', ':', ' ', 'é'), maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), (lines) => {
        const text = block(...lines);
        if (readTraceHeaders(text) !== undefined) expect(asks(text)).toBe(true);
      }),
    );
  });
});

describe('what they ask for', () => {
  it('has every header with its values, names in order', () => {
    expect(
      readTraceHeaders(block('b:1', 'Nats-Trace-Dest: T', 'a:  2 ', 'B: 3', 'b: 4', 'empty:', ': no name', 'é: ü')),
    ).toEqual({
      values: { B: ['3'], 'Nats-Trace-Dest': ['T'], a: ['2'], b: ['1', '4'], '\ufffd': ['\ufffd'] },
      destination: 'T',
      only: false,
    });
  });

  it.each<[string[], { destination: string | undefined; only: boolean } | undefined]>([
    [['Nats-Trace-Dest: T', 'Nats-Trace-Only: TRUE'], { destination: 'T', only: true }],
    [['Nats-Trace-Dest: T', 'Nats-Trace-Only: no'], { destination: 'T', only: false }],
    [['Nats-Trace-Dest: T', 'Nats-Trace-Dest: U'], { destination: 'T', only: false }],
    [['traceparent: 00-a-b-01', 'Nats-Trace-Only: 1'], { destination: undefined, only: false }],
    [['traceparent: 00-a-b-00', 'traceparent: 00-a-b-01'], { destination: undefined, only: false }],
    [['traceparent: 00-a-b-00'], undefined],
    [['Nats-Trace-Dest: trace disabled', 'traceparent: 00-a-b-01'], undefined],
    [['Nats-Trace-Dest:'], undefined],
    [['Nats-Trace-Only: 1'], undefined],
  ])('%j', (lines, expected) => {
    const read = readTraceHeaders(block(...lines));
    expect(read && { destination: read.destination, only: read.only }).toEqual(expected);
  });

  it('is nothing in a block with a status, or a broken one', () => {
    expect(readTraceHeaders('NATS/1.0 503\r\nNats-Trace-Dest: T\r\n\r\n')).toBeUndefined();
    expect(readTraceHeaders('NATS/1.0\r\nNats-Trace-Dest: T')).toBeUndefined();
    expect(readTraceHeaders('')).toBeUndefined();
  });
});
