import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseHead } from '../../broker/transport/websocket/request-head.ts';
import { webSocketTerms } from '../../broker/transport/websocket/terms.ts';
import { answerUpgrade } from '../../broker/transport/websocket/upgrade.ts';
import { deflated, frame, messages, receivedFrames, upgradeRequest } from '../support/raw-websocket-client.ts';
import { cuts, pieces } from './operations.ts';
import { type Agreement, canaries, MESSAGE_BYTES_MAX, WebSocketHarness } from './websocket-harness.ts';

const bytes = (maxLength: number): fc.Arbitrary<string> =>
  fc.oneof(
    fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)), maxLength }),
    fc.nat(maxLength).map((length) => 'abcdefg'.repeat(length / 7 + 1).slice(0, length)),
  );
const mask = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  minLength: 4,
  maxLength: 4,
});

const agreement: fc.Arbitrary<Agreement> = fc.record({
  compression: fc.boolean(),
  unmasked: fc.boolean(),
  browser: fc.boolean(),
  wholeWhenCompressed: fc.boolean(),
});

/** Something that a client sends: its bytes, what is read of it, and what is answered. */
interface Saying {
  bytes: string;
  read: string;
  answer: string;
}

const ping: fc.Arbitrary<Saying> = fc.tuple(bytes(125), mask).map(([payload, key]) => ({
  bytes: frame(9, payload, { mask: key }),
  read: '',
  answer: `\x8a${String.fromCharCode(payload.length)}${payload}`,
}));
const pong: fc.Arbitrary<Saying> = bytes(125).map((payload) => ({ bytes: frame(10, payload), read: '', answer: '' }));
const control = fc.oneof(ping, pong);

/** A message in frames, with control frames between them. */
const message = (compression: boolean): fc.Arbitrary<Saying> =>
  fc
    .record({
      payload: bytes(1500),
      opcode: fc.constantFrom(1, 2),
      compressed: compression ? fc.boolean() : fc.constant(false),
      fractions: cuts,
      masks: fc.array(mask, { minLength: 1, maxLength: 3 }),
      between: fc.array(control, { maxLength: 2 }),
    })
    .map(({ payload, opcode, compressed, fractions, masks, between }) => {
      const whole = compressed ? deflated(payload) : payload;
      const parts = whole === '' ? [''] : pieces(whole, fractions);
      const said: Saying = { bytes: '', read: payload, answer: '' };
      parts.forEach((part, index) => {
        said.bytes += frame(index === 0 ? opcode : 0, part, {
          final: index === parts.length - 1,
          compressed: compressed && index === 0,
          mask: masks[index % masks.length] as string,
        });
        const amid = between[index];
        if (amid === undefined || index === parts.length - 1) return;
        said.bytes += amid.bytes;
        said.answer += amid.answer;
      });
      return said;
    });

const conversation = agreement.chain((agreed) =>
  fc.tuple(fc.constant(agreed), fc.array(fc.oneof(message(agreed.compression), control), { maxLength: 8 })),
);

/** Bytes with some of them spoilt, or no frames at all. */
const hostile = conversation.chain(([agreed, sayings]) => {
  const right = sayings.map((one) => one.bytes).join('');
  const spoilt = fc
    .array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(2), bytes(4)), { maxLength: 3 })
    .map((changes) =>
      changes.reduce((text, [at, removed, added]) => {
        const index = Math.floor(at * text.length);
        return text.slice(0, index) + added + text.slice(index + removed);
      }, right),
    );
  const closes = bytes(20).map((payload) => right + frame(8, payload) + right);
  const unmasked = bytes(300).map((payload) => right + frame(2, payload, { mask: '' }) + right);
  return fc.tuple(
    fc.constant(agreed),
    fc.oneof({ weight: 4, arbitrary: spoilt }, { weight: 1, arbitrary: bytes(200) }, closes, unmasked),
  );
});

/** What was said is what is read and answered, however it is cut into frames and reads. */
function understands(harness: WebSocketHarness): fc.IProperty<[number[], [Agreement, Saying[]]]> {
  return fc.property(cuts, conversation, (fractions, [agreed, sayings]) => {
    const said = sayings.map((one) => one.bytes).join('');
    expect(harness.run(pieces(said, fractions), agreed)).toEqual({
      received: sayings.map((one) => one.read).join(''),
      end: '',
      sent: sayings.map((one) => one.answer).join(''),
    });
  });
}

/** Whatever the bytes are, the cuts between reads change nothing, nothing is thrown, and what is sent is frames. */
function ignoresCuts(harness: WebSocketHarness): fc.IProperty<[number[], [Agreement, string]]> {
  return fc.property(cuts, hostile, (fractions, [agreed, said]) => {
    const whole = harness.run([said], agreed);
    expect(harness.run(pieces(said, fractions), agreed)).toEqual(whole);
    expect(harness.run(pieces(said, undefined), agreed)).toEqual(whole);
    const frames = receivedFrames(`\r\n\r\n${whole.sent}`);
    expect(frames.every(({ first }, index) => first === 0x8a || (first === 0x88 && index === frames.length - 1))).toBe(
      true,
    );
    expect(frames.some(({ first }) => first === 0x88)).toBe(whole.end !== '');
    if (!agreed.unmasked && !agreed.compression && whole.end === '') {
      expect(whole.received.length).toBeLessThanOrEqual(said.length);
    }
  });
}

/** A frame without a mask ends a connection that did not agree to it. */
function wantsMasks(harness: WebSocketHarness): fc.IProperty<[string]> {
  return fc.property(bytes(300), (payload) => {
    const agreed = { compression: false, unmasked: false, browser: false, wholeWhenCompressed: false };
    expect(harness.run([frame(2, payload, { mask: '' })], agreed)).toMatchObject({
      received: '',
      end: 'mask bit missing',
    });
  });
}

/** What is written is what a client reads, in frames that suit it. */
function speaks(harness: WebSocketHarness): fc.IProperty<[Agreement, string[][]]> {
  const groups = fc.array(fc.array(bytes(9000), { minLength: 1, maxLength: 3 }), { maxLength: 4 });
  return fc.property(agreement, groups, (agreed, written) => {
    const frames = receivedFrames(`\r\n\r\n${harness.write(written, agreed)}`);
    expect(messages(frames)).toBe(written.flat().join(''));
    if (!agreed.browser) expect(frames.length).toBe(written.length);
    else if (!agreed.wholeWhenCompressed || !agreed.compression) {
      for (const { payload } of frames) expect(payload.length).toBeLessThanOrEqual(4096);
    }
  });
}

const properties = { understands, ignoresCuts, wantsMasks, speaks };
const bounds = { numRuns: 5000, interruptAfterTimeLimit: 2000, markInterruptAsFailure: false } as const;

describe('WebSocket', () => {
  test.each(Object.entries(properties))('%s', (_name, property) => {
    fc.assert(property(new WebSocketHarness()) as fc.IProperty<unknown>, bounds);
  });

  test('unfolds nothing beyond its limit', () => {
    const agreed = { compression: true, unmasked: false, browser: false, wholeWhenCompressed: false };
    fc.assert(
      fc.property(fc.nat(4000), (length) => {
        const heard = new WebSocketHarness().run(
          [frame(2, deflated('x'.repeat(length)), { compressed: true })],
          agreed,
        );
        const fits = length <= MESSAGE_BYTES_MAX;
        expect(heard).toMatchObject({
          received: fits ? 'x'.repeat(length) : '',
          end: fits ? '' : 'maximum payload exceeded',
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('a WebSocket that', () => {
  test.each(Object.entries(canaries))('%s is found out', (_name, harness) => {
    const found = Object.values(properties).some(
      (property) => fc.check(property(harness) as fc.IProperty<unknown>, { numRuns: 1000, endOnFailure: true }).failed,
    );
    expect(found).toBe(true);
  });
});

describe('an upgrade request', () => {
  const terms = webSocketTerms(
    { port: -1, noTls: true, sameOrigin: true, compression: true, jwtCookie: 'jwt' },
    { hasUsers: false, hasOperators: true },
  );
  const spoilt = fc
    .tuple(
      fc.dictionary(
        fc.constantFrom('Origin', 'Cookie', 'Host', 'X-Forwarded-For', 'Content-Length', 'Connection'),
        fc.string(),
      ),
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(3), bytes(4)), { maxLength: 4 }),
    )
    .map(([headers, changes]) =>
      changes.reduce((text, [at, removed, added]) => {
        const index = Math.floor(at * text.length);
        return text.slice(0, index) + added + text.slice(index + removed);
      }, upgradeRequest(headers)),
    );

  test('of any kind gets an answer of HTTP, and nothing of it gets into the lines of the answer', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          spoilt,
          bytes(300).map((text) => `${text}\r\n\r\n`),
        ),
        (text) => {
          const parsed = parseHead(Buffer.from(text, 'latin1'), 65_536);
          if (parsed.state !== 'read') return;
          const { answer } = answerUpgrade(parsed.head, terms, new Date(0));
          expect(answer).toMatch(/^HTTP\/1\.[01] \d{3} [A-Za-z ]+\r\n(?:[A-Za-z-]+: [^\r\n]*\r\n)*\r\n/);
        },
      ),
      { numRuns: 20_000, interruptAfterTimeLimit: 2000, markInterruptAsFailure: false },
    );
  });
});
