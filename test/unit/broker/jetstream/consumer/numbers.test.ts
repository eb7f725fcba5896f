import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AckReplyWriter } from '../../../../../broker/jetstream/consumer/ack-reply.ts';
import { AckSubject } from '../../../../../broker/jetstream/consumer/ack-subject.ts';
import { ByteReader, ByteWriter } from '../../../../../broker/jetstream/consumer/journal-bytes.ts';
import { message } from './host-double.ts';

const number = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constantFrom(0, 9, 10, 2 ** 31 - 1, 2 ** 31, 1e9, 1e15));

describe('ack subjects', () => {
  it('say their numbers in full, and are read again', () => {
    const writer = new AckReplyWriter('ORDERS', 'new');
    const reader = new AckSubject('ORDERS', 'new');
    fc.assert(
      fc.property(
        fc.array(number, { minLength: 4, maxLength: 4 }),
        fc.nat(2 ** 33),
        fc.nat(999_999_999),
        (n, s, ns) => {
          const [deliveries = 0, sequence = 0, consumerSequence = 0, pending = 0] = n;
          writer.write(deliveries, sequence, consumerSequence, { seconds: s, nanos: ns }, pending);
          const text = Buffer.from(writer.bytes.subarray(0, writer.end)).toString();
          const time = `${s}${String(ns).padStart(9, '0')}`;
          expect(text).toBe(`$JS.ACK.ORDERS.new.${deliveries}.${sequence}.${consumerSequence}.${time}.${pending}`);
          expect(reader.read(message('', '', '', text))).toBe(true);
          expect([reader.deliveries, reader.sequence, reader.consumerSequence]).toEqual([
            deliveries,
            sequence,
            consumerSequence,
          ]);
        },
      ),
    );
  });

  it.each(['1.2.3.4', '1.2.3.4.5.6', '1..3.4.5', '1.2.3.4.', ''])('are none when they end in %j', (numbers) => {
    const reader = new AckSubject('S', 'C');
    expect(reader.read(message('', '', '', `$JS.ACK.S.C.${numbers}`))).toBe(false);
  });

  it('have -1 for what is no number', () => {
    const reader = new AckSubject('S', 'C');
    expect(reader.read(message('', '', '', '$JS.ACK.S.C.1.2x.x3.4.5'))).toBe(true);
    expect([reader.deliveries, reader.sequence, reader.consumerSequence]).toEqual([1, -1, -1]);
  });
});

describe('numbers of the journal', () => {
  it('come back as they went in', () => {
    const signed = fc.integer({ min: -(2 ** 51), max: 2 ** 51 });
    fc.assert(
      fc.property(fc.array(number), fc.array(signed), (plain, either) => {
        const writer = new ByteWriter(1);
        for (const value of plain) writer.number(value);
        for (const value of either) writer.signed(value);
        const reader = new ByteReader(writer.bytes.subarray(0, writer.length));
        expect(plain.map(() => reader.number())).toEqual(plain);
        expect(either.map(() => reader.signed())).toEqual(either.map((value) => value + 0));
        expect(reader.done).toBe(true);
      }),
    );
  });

  it('end with an error where the bytes end', () => {
    expect(() => new ByteReader(Uint8Array.of(0x80)).number()).toThrow(RangeError);
    expect(() => new ByteReader(new Uint8Array(9).fill(0xff)).number()).toThrow(RangeError);
  });
});
