import { describe, expect, test } from 'vitest';
import type {
  PublishParams,
  PublishProgress,
  RequestParams,
  ResponderParams,
} from '../../../../electron/bridge/contract.ts';
import { compileBytes, compileText } from '../../../../electron/explorer/template.ts';
import { createExplorerFixture } from '../../../support/explorer-fixture.ts';
import type { ExplorerFixture } from '../../../support/explorer-fixture.ts';
import { bytesOf, headerBlock, NOTHING } from '../../../support/fake-link.ts';

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function publishParams(change: Partial<PublishParams> = {}): PublishParams {
  const payload = bytesOf('x');
  return {
    connection: 'test',
    subject: 'a',
    headers: [],
    payload,
    count: 1,
    intervalMs: 0,
    templates: false,
    ...change,
  };
}

function requestParams(change: Partial<RequestParams> = {}): RequestParams {
  const payload = bytesOf('?');
  return {
    connection: 'test',
    subject: 'q',
    headers: [],
    payload,
    timeoutMs: 1000,
    replies: 1,
    templates: false,
    ...change,
  };
}

function responderParams(change: Partial<ResponderParams> = {}): ResponderParams {
  return { connection: 'test', subject: 'q', mode: 'echo', headers: [], body: NOTHING, delayMs: 0, ...change };
}

/** Moves the clock on until the stream is through. */
async function collect<T>(fixture: ExplorerFixture, stream: AsyncIterable<T>, step = 10): Promise<T[]> {
  const items: T[] = [];
  const state = { ended: false };
  const reading = (async () => {
    for await (const item of stream) items.push(item);
  })().finally(() => {
    state.ended = true;
  });
  reading.catch(() => {});
  for (let round = 0; !state.ended && round < 10_000; round++) {
    await turn();
    fixture.clock.advance(step);
  }
  await reading;
  return items;
}

const publish = (fixture: ExplorerFixture, change: Partial<PublishParams>, signal = fixture.context) =>
  fixture.explorer.streams['publish.run'](publishParams(change), signal);
const request = (fixture: ExplorerFixture, change: Partial<RequestParams>, signal = fixture.context) =>
  fixture.explorer.streams['request.run'](requestParams(change), signal);

describe('publish', () => {
  test('one message with headers and reply, byte by byte', async () => {
    const fixture = createExplorerFixture();
    const headers = [{ name: 'A', value: '1' }];
    const items = await collect(fixture, publish(fixture, { payload: Uint8Array.of(0, 255), headers, reply: 'r' }));
    expect(items.at(-1)).toEqual({ sent: 1, count: 1, bytes: 2, done: true });
    expect(fixture.link.sent).toEqual([
      { subject: 'a', payload: Uint8Array.of(0, 255), reply: 'r', headers, account: 0 },
    ]);
  });

  test('many with placeholders, in subject, headers and payload', async () => {
    const fixture = createExplorerFixture();
    await collect(
      fixture,
      publish(fixture, {
        subject: 'a.{{count}}',
        headers: [{ name: 'N', value: 'n{{ count }}' }],
        payload: bytesOf('{"id":"{{uuid}}","at":"{{time}}","unix":{{unix}},"dice":{{random 1 6}},"ü":{{Count}}}'),
        count: 3,
        templates: true,
      }),
    );
    expect(fixture.link.sent.map((one) => one.subject)).toEqual(['a.1', 'a.2', 'a.3']);
    expect(fixture.link.sent[2]!.headers).toEqual([{ name: 'N', value: 'n3' }]);
    const body = JSON.parse(text(fixture.link.sent[1]!.payload)) as Record<string, unknown>;
    expect(body).toMatchObject({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      at: expect.stringMatching(/^2023-11-14T22:13:20/),
      unix: 1_700_000_000,
      ü: 2,
    });
    expect([1, 2, 3, 4, 5, 6]).toContain(body['dice']);
  });

  test('an interval is kept without drift, also by a window that takes no progress', async () => {
    const fixture = createExplorerFixture();
    const stream = publish(fixture, { count: 5, intervalMs: 100 });
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    for (let step = 0; step < 25; step++) {
      await turn();
      fixture.clock.advance(10);
    }
    await turn();
    expect(fixture.link.sent).toHaveLength(3);
    for (let step = 0; step < 30; step++) {
      await turn();
      fixture.clock.advance(10);
    }
    expect(fixture.link.sent).toHaveLength(5);
    await iterator.return?.();
  });

  test('it waits for the server when too much is on its way', async () => {
    const fixture = createExplorerFixture({ subscribe: [], limits: { publishPendingBytesMax: 1000 } });
    const { link } = fixture;
    const publishNow = link.publish.bind(link);
    let highest = 0;
    link.publish = (subject, payload, options) => {
      publishNow(subject, payload, options);
      link.pendingBytes += payload.length;
      highest = Math.max(highest, link.pendingBytes);
    };
    await collect(fixture, publish(fixture, { payload: new Uint8Array(100), count: 200 }));
    expect(link.sent).toHaveLength(200);
    expect(highest).toBeLessThanOrEqual(1100);
    expect(link.flushes).toBeGreaterThan(15);
  });

  test('it gives way to the rest of the thread and stops when it is cancelled', async () => {
    const fixture = createExplorerFixture({ subscribe: [] });
    const now = fixture.clock.now.bind(fixture.clock);
    let looks = 0;
    fixture.clock.now = () => now() + looks++ * 100;
    const abort = new AbortController();
    const stream = publish(fixture, { count: 1_000_000 }, { ...fixture.context, signal: abort.signal });
    const items: PublishProgress[] = [];
    const reading = (async () => {
      for await (const item of stream) items.push(item);
    })();
    for (let round = 0; round < 20; round++) {
      await turn();
      fixture.clock.advance(1);
    }
    const before = fixture.link.sent.length;
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(10_000);
    abort.abort();
    await reading;
    fixture.clock.advance(1000);
    await turn();
    expect(fixture.link.sent.length).toBeLessThanOrEqual(before + 100);
    expect(items.every((item) => !item.done)).toBe(true);
  });

  test('a link that fails ends it after what was sent', async () => {
    const fixture = createExplorerFixture();
    const stream = publish(fixture, { count: 10, intervalMs: 100 });
    setImmediate(() => {
      fixture.link.connected = false;
    });
    await expect(collect(fixture, stream)).rejects.toMatchObject({ code: 'not-connected' });
    expect(fixture.link.sent.length).toBeGreaterThan(0);
  });

  test.each([
    [{ subject: 'a.*' }, 'invalid-subject'],
    [{ subject: '' }, 'invalid-subject'],
    [{ reply: 'a b' }, 'invalid-subject'],
    [{ subject: 'a.{{nothing}}', templates: true }, 'invalid-template'],
    [{ payload: bytesOf('{{random 5}}'), templates: true }, 'invalid-template'],
    [{ payload: bytesOf('{{random 9 1}}'), templates: true }, 'invalid-template'],
    [{ payload: bytesOf('{{body}}'), templates: true }, 'invalid-template'],
    [{ count: 0 }, 'out-of-range'],
    [{ intervalMs: -1 }, 'out-of-range'],
  ])('%j is refused before anything is sent', async (change, code) => {
    const fixture = createExplorerFixture();
    await expect(collect(fixture, publish(fixture, change))).rejects.toMatchObject({ code });
    expect(fixture.link.sent).toEqual([]);
  });
});

describe('templates', () => {
  test('bytes around placeholders stay as they are', () => {
    const template = compileBytes(Uint8Array.of(0xff, ...bytesOf('{{count}}'), 0xfe, 0x7b, 0x7b), false);
    expect([...template.render({ count: 12, now: 0 })]).toEqual([0xff, 0x31, 0x32, 0xfe, 0x7b, 0x7b]);
    expect(compileText('ü{{count}}ü', false).render({ count: 1, now: 0 })).toBe('ü1ü');
    expect(compileText('{ {{ not } one }}', false).constant).toBe(true);
  });
});

describe('request', () => {
  test('one reply with its latency, while everything is subscribed to', async () => {
    const fixture = createExplorerFixture();
    fixture.link.subscribe(
      'q',
      undefined,
      (message) => {
        const reply = text(message.reply);
        fixture.clock.advance(3);
        fixture.link.deliver(bytesOf(reply), bytesOf('!'), NOTHING, headerBlock([{ name: 'A', value: 'b' }]));
      },
      () => {},
    );
    const events = await collect(fixture, request(fixture, {}));
    expect(events.map((event) => event.type)).toEqual(['sent', 'reply', 'end']);
    expect(events[1]).toMatchObject({ latency: 3000, payload: bytesOf('!'), headers: [{ name: 'A', value: 'b' }] });
    expect(events[2]).toEqual({ type: 'end', reason: 'replies', count: 1 });
    const { list } = await fixture.pull(await fixture.open());
    expect(list!.rows.map((row) => row.kind)).toEqual(['request', 'reply']);
    expect(fixture.link.subscriptions.size).toBe(2);
  });

  test('all replies that come before the time-out, or so many', async () => {
    for (const [replies, reason, count] of [
      [0, 'timeout', 3],
      [2, 'replies', 2],
      [5, 'timeout', 3],
    ] as const) {
      const fixture = createExplorerFixture({ subscribe: [] });
      for (let index = 0; index < 3; index++) {
        fixture.link.subscribe(
          'q',
          undefined,
          (message) => fixture.link.say(text(message.reply), `${index}`),
          () => {},
        );
      }
      const events = await collect(fixture, request(fixture, { replies }));
      expect(events.at(-1)).toEqual({ type: 'end', reason, count });
      expect(events.filter((event) => event.type === 'reply')).toHaveLength(count);
      expect(fixture.link.subscriptions.size).toBe(3);
    }
  });

  test('no responders ends it, whichever subscription the server tells', async () => {
    const direct = createExplorerFixture({ subscribe: [] });
    const publishNow = direct.link.publish.bind(direct.link);
    direct.link.publish = (subject, payload, options) => {
      publishNow(subject, payload, options);
      direct.link.deliver(bytesOf(options!.reply!), NOTHING, NOTHING, headerBlock([], ' 503'));
    };
    const events = await collect(direct, request(direct, {}));
    expect(events.at(-1)).toEqual({ type: 'end', reason: 'no-responders', count: 0 });

    const captured = createExplorerFixture({ subscribe: ['_INBOX.>'] });
    const send = captured.link.publish.bind(captured.link);
    captured.link.publish = (subject, payload, options) => {
      send(subject, payload, options);
      const [capture] = captured.link.subscriptions;
      const headers = headerBlock([], ' 503');
      capture!.onMessage({ subject: bytesOf(options!.reply!), reply: NOTHING, headers, payload: NOTHING, account: 0 });
    };
    const others = await collect(captured, request(captured, {}));
    expect(others.at(-1)).toEqual({ type: 'end', reason: 'no-responders', count: 0 });
  });

  test('nothing comes, it is cancelled, or the connection ends', async () => {
    const silent = createExplorerFixture();
    const events = await collect(silent, request(silent, { timeoutMs: 50 }));
    expect(events.at(-1)).toEqual({ type: 'end', reason: 'timeout', count: 0 });

    const abort = new AbortController();
    const cancelled = request(silent, {}, { ...silent.context, signal: abort.signal });
    setImmediate(() => abort.abort());
    expect((await collect(silent, cancelled, 0)).at(-1)).toEqual({ type: 'end', reason: 'cancelled', count: 0 });

    const closed = request(silent, {});
    setImmediate(() => silent.explorer.dispose());
    expect((await collect(silent, closed, 0)).at(-1)).toEqual({ type: 'end', reason: 'closed', count: 0 });
    expect(silent.link.subscriptions.size).toBe(0);
    expect(silent.clock.waiting).toBe(0);
  });

  test('a slow window loses bytes of replies, never their number', async () => {
    const fixture = createExplorerFixture({
      subscribe: [],
      limits: { repliesWaitingBytesMax: 250, repliesWaitingMax: 6 },
    });
    fixture.link.subscribe(
      'q',
      undefined,
      (message) => {
        const reply = text(message.reply);
        for (let index = 0; index < 10; index++) fixture.link.deliver(bytesOf(reply), new Uint8Array(100));
      },
      () => {},
    );
    const events = await collect(fixture, request(fixture, { replies: 10 }));
    const replies = events.filter((event) => event.type === 'reply');
    expect(replies.map((event) => event.payload.length)).toEqual([100, 100, 0, 0, 0]);
    expect(replies.every((event) => event.payloadBytes === 100)).toBe(true);
    expect(events.at(-1)).toEqual({ type: 'end', reason: 'replies', count: 10 });
  });

  test('an inbox that the server refuses is explained', async () => {
    const fixture = createExplorerFixture({ subscribe: [] });
    const stream = request(fixture, {});
    setImmediate(() => [...fixture.link.subscriptions][0]!.onError('Permissions Violation'));
    await expect(collect(fixture, stream, 0)).rejects.toMatchObject({ code: 'inbox-refused' });
  });

  test('a link that is closed says so at once', async () => {
    const fixture = createExplorerFixture({ subscribe: [] });
    fixture.link.connected = false;
    await expect(collect(fixture, request(fixture, {}))).rejects.toMatchObject({ code: 'not-connected' });
    expect(fixture.link.subscriptions.size).toBe(0);
  });
});

describe('responders', () => {
  const answers = (fixture: ExplorerFixture) => fixture.link.sent.map((one) => [one.subject, text(one.payload)]);

  test('echo gives payload and headers back; what asks for no answer is ignored', async () => {
    const fixture = createExplorerFixture();
    const { id } = await fixture.call('responders.add', responderParams());
    fixture.link.say('q', 'ping', 'r.1', [{ name: 'A', value: '1' }]);
    fixture.link.say('q', 'no reply');
    expect(fixture.link.sent).toEqual([
      { subject: 'r.1', payload: bytesOf('ping'), reply: undefined, headers: [{ name: 'A', value: '1' }], account: 0 },
    ]);
    const watch = fixture.explorer.streams['responders.watch']({ connection: 'test' }, fixture.context);
    const iterator = watch[Symbol.asyncIterator]();
    fixture.clock.advance(200);
    const { value } = (await iterator.next()) as { value: unknown };
    expect(value).toEqual([expect.objectContaining({ id, answered: 1, ignored: 1, subject: 'q', mode: 'echo' })]);
    await fixture.call('responders.remove', { id });
    expect(((await iterator.next()) as { value: unknown }).value).toEqual([]);
    fixture.link.say('q', 'ping', 'r.2');
    expect(fixture.link.sent).toHaveLength(1);
    await expect(fixture.call('responders.remove', { id })).rejects.toMatchObject({ code: 'unknown-responder' });
  });

  test('a template answers with what it was asked', async () => {
    const fixture = createExplorerFixture();
    const body = bytesOf('{{count}}:{{subject}}:{{body}}:{{header X-Id}}');
    const headers = [{ name: 'S', value: '{{subject}}' }];
    await fixture.call(
      'responders.add',
      responderParams({ subject: 'q.>', queue: 'w', mode: 'template', body, headers }),
    );
    fixture.link.say('q.ü', 'body ü', 'r.1', [{ name: 'x-id', value: 'idü' }]);
    fixture.link.say('q.b', '', 'r.2');
    expect(answers(fixture)).toEqual([
      ['r.1', '1:q.ü:body ü:idü'],
      ['r.2', '2:q.b::'],
    ]);
    expect(fixture.link.sent[0]!.headers).toEqual([{ name: 'S', value: 'q.ü' }]);
    await expect(
      fixture.call('responders.add', responderParams({ mode: 'template', body: bytesOf('{{bodi}}') })),
    ).rejects.toMatchObject({ code: 'invalid-template' });
  });

  test('a delay holds the answer, and what waits goes with the responder', async () => {
    const fixture = createExplorerFixture({ limits: { responderWaitingMax: 2 } });
    const { id } = await fixture.call('responders.add', responderParams({ delayMs: 100 }));
    for (const name of ['one', 'two', 'three']) fixture.link.say('q', name, `r.${name}`);
    fixture.clock.advance(99);
    expect(answers(fixture)).toEqual([]);
    fixture.clock.advance(1);
    expect(answers(fixture)).toEqual([
      ['r.one', 'one'],
      ['r.two', 'two'],
    ]);
    fixture.link.say('q', 'four', 'r.four');
    await fixture.call('responders.remove', { id });
    fixture.clock.advance(1000);
    expect(answers(fixture)).toHaveLength(2);
  });

  test('an answer that cannot be sent shows why', async () => {
    const fixture = createExplorerFixture();
    await fixture.call('responders.add', responderParams());
    fixture.link.readOnly = true;
    fixture.link.say('q', 'x', 'r');
    fixture.clock.advance(200);
    const watch = fixture.explorer.streams['responders.watch']({ connection: 'test' }, fixture.context);
    const { value } = (await watch[Symbol.asyncIterator]().next()) as { value: { error?: string }[] };
    expect(value[0]!.error).toContain('read-only');
  });
});
