import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { createClient } from '../../../../electron/bridge/client.ts';
import { decodeBody, encodeFrame, FrameKind, readFrameHead } from '../../../../electron/bridge/frames.ts';
import { callsMax, streamCreditItems } from '../../../../electron/bridge/limits.ts';
import { createRouter } from '../../../../electron/bridge/router.ts';
import type { CallContext, RouterOptions } from '../../../../electron/bridge/router.ts';
import { bridgePair } from '../../../support/bridge-pair.ts';

const info = {
  version: '1',
  serverVersion: '2.15.1',
  front: 'browser',
  platform: 'linux',
  dataFolder: '/tmp',
} as const;

function serve(options: Partial<RouterOptions>) {
  const router = createRouter({ requests: {}, streams: {}, ...options });
  const [window, core] = bridgePair();
  const stop = router.serve(core);
  return { router, window, core, stop, client: () => createClient(window) };
}

/** What the core sent, decoded. */
function answers(core: { sent: Uint8Array[] }) {
  return core.sent.map((frame) => {
    const head = readFrameHead(frame);
    return { kind: head?.kind, id: head?.id, body: decodeBody(frame, head?.bodyAt ?? 0) };
  });
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('requests', () => {
  it('are answered', async () => {
    const { client, router } = serve({ requests: { 'app.info': () => info } });
    await expect(client().request('app.info', {})).resolves.toEqual(info);
    await turn();
    expect(router.counters).toEqual({ sessions: 1, calls: 0, malformed: 0 });
  });

  it('fail with the code that was thrown', async () => {
    const { client } = serve({
      requests: {
        'sample.set': () => {
          throw Object.assign(new Error('The broker is not running. Start it first.'), { code: 'broker-stopped' });
        },
      },
    });
    await expect(client().request('sample.set', { running: true })).rejects.toMatchObject({
      code: 'broker-stopped',
      message: 'The broker is not running. Start it first.',
    });
  });

  it('report mistakes of our own', async () => {
    const onInternalError = vi.fn();
    const { client } = serve({
      requests: { 'app.info': () => Promise.reject(new TypeError('no')) },
      onInternalError,
    });
    await expect(client().request('app.info', {})).rejects.toMatchObject({ code: 'internal' });
    expect(onInternalError).toHaveBeenCalledWith('app.info', expect.any(TypeError));
  });

  it.each([
    ['a wrong type', { running: 'yes' }, 'running'],
    ['a missing field', {}, 'running'],
    ['a field too many', { running: true, also: 1 }, 'also'],
    ['no object', null, 'params'],
  ])('with params of %s do not reach the handler', async (_, params, field) => {
    const handler = vi.fn(() => ({ running: true }));
    const { client } = serve({ requests: { 'sample.set': handler } });
    await expect(client().request('sample.set', params as never)).rejects.toMatchObject({
      code: 'invalid-params',
      details: { field },
    });
    expect(handler).not.toHaveBeenCalled();
  });

  it('to names that nobody answers are refused', async () => {
    const { client } = serve({ requests: { 'app.info': () => info } });
    const bridge = client();
    for (const name of ['settings.get', 'toString', '__proto__', '']) {
      await expect(bridge.request(name as 'app.info', {})).rejects.toMatchObject({ code: 'unknown-name' });
    }
  });

  it('are aborted when the window cancels, and when it goes away', async () => {
    const signals: AbortSignal[] = [];
    const { client, window, router } = serve({
      requests: {
        'contexts.list': (_, { signal }: CallContext) => {
          signals.push(signal);
          return new Promise((resolve) => signal.addEventListener('abort', () => resolve([])));
        },
      },
    });
    const bridge = client();
    const abort = new AbortController();
    const first = bridge.request('contexts.list', {}, { signal: abort.signal });
    const second = bridge.request('contexts.list', {});
    await turn();
    abort.abort();
    await expect(first).rejects.toMatchObject({ name: 'AbortError' });
    await turn();
    expect(signals.map((signal) => signal.aborted)).toEqual([true, false]);
    window.close();
    await expect(second).rejects.toMatchObject({ code: 'closed' });
    await turn();
    expect(signals[1]?.aborted).toBe(true);
    expect(router.counters).toEqual({ sessions: 0, calls: 0, malformed: 0 });
  });

  it('over the limit are refused, the others go on', async () => {
    const { window, core, router } = serve({ requests: { 'contexts.list': () => new Promise(() => undefined) } });
    for (let id = 1; id <= callsMax + 1; id++) {
      window.send(encodeFrame(FrameKind.request, id, '', ['contexts.list', {}]));
    }
    await turn();
    expect(router.counters.calls).toBe(callsMax);
    expect(answers(core)).toEqual([
      { kind: FrameKind.error, id: callsMax + 1, body: expect.objectContaining({ code: 'too-many-calls' }) },
    ]);
  });
});

describe('streams', () => {
  const state = (running: boolean, rate: number) => ({ running, rate });

  it('send items and their end', async () => {
    const { client } = serve({
      streams: {
        'sample.watch': async function* () {
          for (let rate = 0; rate < 100; rate++) yield state(true, rate);
        },
      },
    });
    const seen: number[] = [];
    for await (const item of client().stream('sample.watch', {})) seen.push(item.rate);
    expect(seen).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  it('make no more items than the window has credit for', async () => {
    let made = 0;
    const { window, core } = serve({
      streams: {
        'sample.watch': async function* () {
          for (;;) yield state(true, made++);
        },
      },
    });
    window.send(encodeFrame(FrameKind.open, 7, '', ['sample.watch', {}, 3]));
    await turn();
    expect(made).toBe(3);
    expect(core.sent).toHaveLength(3);
    window.send(encodeFrame(FrameKind.credit, 7, '', 2));
    await turn();
    expect(core.sent).toHaveLength(5);
    window.close();
  });

  it('slow down with a window that does not take its items', async () => {
    let made = 0;
    const { client } = serve({
      streams: {
        'sample.watch': async function* () {
          for (;;) yield state(true, made++);
        },
      },
    });
    const iterator = client().stream('sample.watch', {})[Symbol.asyncIterator]();
    await iterator.next();
    await turn();
    expect(made).toBeLessThanOrEqual(streamCreditItems + 1);
    await iterator.return?.(undefined);
  });

  it('let go of their source when the window leaves the loop', async () => {
    const released = vi.fn();
    const { client, router } = serve({
      streams: {
        'sample.watch': async function* (_, { signal }) {
          try {
            yield state(true, 1);
            await new Promise((resolve) => signal.addEventListener('abort', resolve));
          } finally {
            released();
          }
        },
      },
    });
    for await (const item of client().stream('sample.watch', {})) {
      expect(item).toEqual(state(true, 1));
      break;
    }
    await turn();
    expect(released).toHaveBeenCalledOnce();
    expect(router.counters.calls).toBe(0);
  });

  it('that wait for credit end with the window', async () => {
    const { window, router } = serve({
      streams: {
        'sample.watch': async function* () {
          for (;;) yield state(true, 1);
        },
      },
    });
    window.send(encodeFrame(FrameKind.open, 1, '', ['sample.watch', {}, 1]));
    await turn();
    expect(router.counters.calls).toBe(1);
    window.close();
    await turn();
    expect(router.counters).toMatchObject({ sessions: 0, calls: 0 });
  });

  it('pass on what their source throws', async () => {
    const { client } = serve({
      streams: {
        'sample.watch': async function* () {
          yield state(true, 1);
          throw Object.assign(new Error('Over.'), { code: 'over' });
        },
      },
    });
    const read = async () => {
      for await (const item of client().stream('sample.watch', {})) void item;
    };
    await expect(read()).rejects.toMatchObject({ code: 'over' });
  });

  it('refuse credit that is none', async () => {
    const { window, core } = serve({ streams: { 'sample.watch': async function* () {} } });
    for (const [id, credit] of [0, -1, 1.5, '8', null, 1e9].entries()) {
      window.send(encodeFrame(FrameKind.open, id + 1, '', ['sample.watch', {}, credit]));
    }
    await turn();
    expect(answers(core).map((answer) => answer.body)).toEqual(
      Array(6).fill(expect.objectContaining({ code: 'malformed' })),
    );
  });
});

describe('hostile frames', () => {
  const options: RouterOptions = {
    requests: { 'app.info': () => info },
    streams: {
      'sample.watch': async function* () {
        yield { running: true, rate: 1 };
      },
    },
  };

  /** True when the router still answers after these frames. */
  async function survives(router: ReturnType<typeof serve>, frames: Uint8Array[]): Promise<boolean> {
    for (const frame of frames) router.core.deliver(frame);
    const before = router.core.sent.length;
    router.window.send(encodeFrame(FrameKind.request, 0xffff_fffe, '', ['app.info', {}]));
    await turn();
    return answers({ sent: router.core.sent.slice(before) }).some(
      (answer) => answer.kind === FrameKind.result && answer.id === 0xffff_fffe,
    );
  }

  it('of random bytes never take the router down', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 20 }), async (frames) => {
        expect(
          await survives(
            serve(options),
            frames.map((frame) => new Uint8Array(frame)),
          ),
        ).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('with a true header and a wrong body never take the router down', async () => {
    const body = fc.oneof(
      fc.anything({ maxDepth: 3 }).filter((value) => typeof value !== 'symbol' && typeof value !== 'function'),
      fc.tuple(fc.constantFrom('app.info', 'sample.watch', 'constructor'), fc.object(), fc.integer()),
    );
    const frame = fc
      .tuple(fc.constantFrom(...Object.values(FrameKind)), fc.integer({ min: 0, max: 3 }), body)
      .map(([kind, id, value]) => {
        try {
          return encodeFrame(kind, id, '', value);
        } catch {
          return encodeFrame(kind, id, '');
        }
      });
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 20 }), async (frames) => {
        expect(await survives(serve(options), frames)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('canary: a router that dies is noticed', async () => {
    const broken = serve(options);
    broken.core.close();
    await turn();
    expect(await survives(broken, [])).toBe(false);
  });
});
