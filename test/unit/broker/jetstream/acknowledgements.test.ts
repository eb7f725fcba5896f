import { describe, expect, test } from 'vitest';
import { type Acknowledger, Acknowledgements } from '../../../../broker/jetstream/acknowledgements.ts';
import type { Sender } from '../../../../broker/jetstream/sender.ts';

/** Somebody who acknowledges, and what publishers hear of it. */
function owner(heard: string[], stream = 'S'): Acknowledger & { committedSequence: number } {
  const text = (bytes: Uint8Array, start: number, end: number): string =>
    Buffer.from(bytes.subarray(start, end)).toString('latin1');
  const sendBytes = (subject: Uint8Array, start: number, end: number, payload: Uint8Array, length: number): number =>
    heard.push(`${text(subject, start, end)} ${text(payload, 0, length)}`);
  return {
    sender: { sendBytes } as unknown as Sender,
    ackHead: Buffer.from(`{"stream":"${stream}","seq":`),
    committedSequence: 100,
    failureAnswer: 'failed',
  };
}

describe('Acknowledgements', () => {
  test('go out in the order in which they were asked for, whatever they say', () => {
    const heard: string[] = [];
    const stream = owner(heard);
    const acknowledgements = new Acknowledgements();
    acknowledgements.add(stream, 7, Buffer.from('..reply.1..'), 2, 9);
    acknowledgements.say(stream, 0, 'reply.2', '{"error":1}');
    acknowledgements.addText(stream, 8, 'reply.3', ',"duplicate": true');
    acknowledgements.say(stream, 0, 'reply.4', '');
    acknowledgements.flush();
    expect(heard).toEqual([
      'reply.1 {"stream":"S","seq":7}',
      'reply.2 {"error":1}',
      'reply.3 {"stream":"S","seq":8,"duplicate": true}',
      'reply.4 ',
    ]);
    acknowledgements.flush();
    expect(heard).toHaveLength(4);
  });

  test('a value of any length', () => {
    const heard: string[] = [];
    const stream = owner(heard);
    const acknowledgements = new Acknowledgements();
    const value = '9'.repeat(200_000);
    acknowledgements.addText(stream, 1, 'r'.repeat(70_000), `,"val":"${value}"`);
    acknowledgements.flush();
    expect(heard).toEqual([`${'r'.repeat(70_000)} {"stream":"S","seq":1,"val":"${value}"}`]);
  });

  test('what did not become safe is told so, though another message gets its sequence in the same turn', () => {
    const heard: string[] = [];
    const stream = owner(heard);
    const other = owner(heard, 'T');
    const acknowledgements = new Acknowledgements();
    acknowledgements.addText(stream, 100, 'r1', '');
    acknowledgements.addText(stream, 101, 'r2', '');
    acknowledgements.addText(other, 101, 'r3', '');
    acknowledgements.say(stream, 101, 'r4', 'flow');
    acknowledgements.disown(stream, 100);
    acknowledgements.addText(stream, 101, 'r5', '');
    stream.committedSequence = 101;
    other.committedSequence = 101;
    acknowledgements.flush();
    expect(heard).toEqual([
      'r1 {"stream":"S","seq":100}',
      'r2 failed',
      'r3 {"stream":"T","seq":101}',
      'r4 failed',
      'r5 {"stream":"S","seq":101}',
    ]);
  });
});
