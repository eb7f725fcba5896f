import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { onlyLooks } from '../../../../electron/connections/publish-rules.ts';
import { createJetStreamApi } from '../../../../electron/jetstream-api/client.ts';
import type { JetStreamApi } from '../../../../electron/jetstream-api/client.ts';
import { withoutOwnRequests } from '../../../../electron/jetstream-api/quiet-link.ts';
import { bytesOf, FakeLink, headerBlock, NOTHING } from '../../../support/fake-link.ts';

let link: FakeLink;
let api: JetStreamApi;

beforeEach(() => {
  link = new FakeLink();
  link.echo = false;
  api = createJetStreamApi(link);
});
afterEach(() => {
  api.dispose();
  vi.useRealTimers();
});

function answer(text: string, headers = NOTHING, index = link.sent.length - 1): void {
  const { reply, account } = link.sent[index]!;
  link.deliver(bytesOf(reply!), bytesOf(text), NOTHING, headers, account);
}

describe('requests of the JetStream API', () => {
  it('gives each answer to its own question, whatever their order', async () => {
    const first = api.request('STREAM.INFO.A', null);
    const second = api.request('STREAM.INFO.B', { subjects_filter: '>' });
    expect(link.sent.map(({ subject }) => subject)).toEqual(['$JS.API.STREAM.INFO.A', '$JS.API.STREAM.INFO.B']);
    expect(Buffer.from(link.sent[1]!.payload).toString()).toBe('{"subjects_filter":">"}');
    answer('{"it":"b"}', NOTHING, 1);
    answer('{"it":"a"}', NOTHING, 0);
    expect(await first).toEqual({ it: 'a' });
    expect(await second).toEqual({ it: 'b' });
    expect(link.subscriptions.size).toBe(1);
    api.dispose();
    expect(link.subscriptions.size).toBe(0);
  });

  it('keeps the words and numbers of a server that refuses', async () => {
    const asked = api.request('STREAM.INFO.A', null);
    answer('{"error":{"code":404,"err_code":10059,"description":"stream not found"}}');
    await expect(asked).rejects.toMatchObject({
      code: 'jetstream-refused',
      message: 'Stream not found.',
      details: { code: 404, errCode: 10059 },
    });
  });

  it('says that JetStream is not there, whichever subscription was told so', async () => {
    const asked = api.request('INFO', null);
    answer('', headerBlock([], ' 503'));
    await expect(asked).rejects.toMatchObject({ code: 'jetstream-unavailable' });
    const again = api.request('INFO', null);
    link.trouble({ type: 'no-responders', inbox: link.sent[1]!.reply! });
    await expect(again).rejects.toMatchObject({ code: 'jetstream-unavailable' });
  });

  it('does not wait for an answer to what may not be asked', async () => {
    const asked = api.request('INFO', null);
    link.trouble({ type: 'refused', text: 'Permissions Violation for Publish to "$JS.API.INFO"' });
    await expect(asked).rejects.toMatchObject({ code: 'jetstream-denied' });
  });

  it('gives up after its time, and when it is cancelled', async () => {
    vi.useFakeTimers();
    const failed = api.request('INFO', null, { timeoutMs: 2000 }).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(2000);
    expect(await failed).toMatchObject({ code: 'jetstream-timeout' });
    const stop = new AbortController();
    const cancelled = api.request('INFO', null, { signal: stop.signal });
    stop.abort();
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('refuses what is no JSON object', async () => {
    const asked = api.request('INFO', null);
    answer('[1');
    await expect(asked).rejects.toMatchObject({ code: 'jetstream-unreadable' });
  });

  it('asks in the account that is named, and hears answers of that one only', async () => {
    link.tellAccounts('APP', 'OTHER');
    const asked = api.request('INFO', null, { account: 'OTHER' });
    expect(link.sent[0]).toMatchObject({ account: 2 });
    const { reply } = link.sent[0]!;
    link.deliver(bytesOf(reply!), bytesOf('{"wrong":1}'), NOTHING, NOTHING, 1);
    link.deliver(bytesOf(reply!), bytesOf('{"right":1}'), NOTHING, NOTHING, 2);
    expect(await asked).toEqual({ right: 1 });
    await expect(api.request('INFO', null, { account: 'NONE' })).rejects.toMatchObject({ code: 'unknown-account' });
  });

  it('takes many answers until the caller has enough', async () => {
    const subjects: string[] = [];
    const asked = api.askMany('$JS.API.DIRECT.GET.A', NOTHING, ({ payload, status }) => {
      subjects.push(Buffer.from(payload).toString());
      return status === 204 ? 'done' : 'more';
    });
    answer('one');
    answer('two');
    answer('', headerBlock([], ' 204 EOB'));
    answer('late');
    await asked;
    expect(subjects).toEqual(['one', 'two', '']);
  });

  it('marks what only looks, so that a read-only connection lets it through', async () => {
    void api.request('INFO', null).catch(() => undefined);
    const publish = vi.spyOn(link, 'publish');
    void api.request('STREAM.PURGE.A', null, { change: true }).catch(() => undefined);
    void api.request('STREAM.INFO.A', null).catch(() => undefined);
    expect(publish.mock.calls.map(([, , options]) => options?.look)).toEqual([false, true]);
  });
});

describe('the link of the capture', () => {
  it('does not hear what the app asks by itself, and everything else', async () => {
    const quiet = withoutOwnRequests(link, api);
    const heard: string[] = [];
    quiet.subscribe(
      '>',
      undefined,
      ({ subject }) => heard.push(Buffer.from(subject).toString()),
      () => undefined,
    );
    const asked = api.request('INFO', null);
    const { reply } = link.sent[0]!;
    link.say('$JS.API.INFO', '', reply);
    answer('{}');
    await asked;
    link.say('$JS.API.INFO', '', '_INBOX.other.1');
    link.say('_INBOX.other.1', '{}');
    link.say('orders.new', 'x');
    expect(heard).toEqual(['$JS.API.INFO', '_INBOX.other.1', 'orders.new']);
    link.maxPayload = 7;
    expect(quiet.maxPayload).toBe(7);
    quiet.publish('orders.new', bytesOf('y'));
    expect(link.sent.at(-1)?.subject).toBe('orders.new');
  });
});

describe('questions that only look', () => {
  it.each([
    '$JS.API.INFO',
    '$JS.API.STREAM.LIST',
    '$JS.API.STREAM.INFO.A',
    '$JS.API.STREAM.MSG.GET.A',
    '$JS.API.STREAM.SNAPSHOT.A',
    '$JS.API.CONSUMER.INFO.A.b',
    '$JS.API.CONSUMER.LIST.A',
    '$JS.API.DIRECT.GET.A',
    '$JS.API.DIRECT.GET.A.orders.new',
    '$JS.hub.API.STREAM.NAMES',
  ])('%s is one', (subject) => expect(onlyLooks(subject, '_INBOX.1')).toBe(true));

  it.each([
    '$JS.API.STREAM.CREATE.A',
    '$JS.API.STREAM.PURGE.A',
    '$JS.API.STREAM.MSG.DELETE.A',
    '$JS.API.STREAM.RESTORE.A',
    '$JS.API.CONSUMER.MSG.NEXT.A.b',
    '$JS.API.CONSUMER.PAUSE.A.b',
    '$JS.API.CONSUMER.CREATE.A',
    '$JS.ACK.A.b.1.1.1.1.0',
    'x.$JS.API.INFO',
    '$JS.API.STREAM.INFO.A.more',
    'orders',
  ])('%s is none', (subject) => expect(onlyLooks(subject, '_INBOX.1')).toBe(false));

  it('without a reply subject nothing is, but what lets a backup go on', () => {
    expect(onlyLooks('$JS.API.INFO', undefined)).toBe(false);
    expect(onlyLooks('$JS.ACK.A.b.1.1.1.1.0', undefined)).toBe(false);
    expect(onlyLooks('$JS.SNAPSHOT.ACK.A.x.131072.1', undefined)).toBe(true);
  });
});
