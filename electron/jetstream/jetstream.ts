/**
 * JetStream of one connection for its windows. Looking makes nothing at the server: lists, states and messages come from
 * requests that a read-only connection may send, too.
 *
 *   looks.ts            lists that are looked at again and again, within a budget
 *   rows.ts, wire.ts    answers of the API as rows
 *   stored-messages.ts  messages by direct get or STREAM.MSG.GET
 *   find.ts             looking through them
 *   losses.ts           what would be lost
 *   deliveries.ts       what is delivered and not acknowledged
 *   lab.ts              pulling, listening and answering by hand
 *   advisories.ts       what JetStream says of itself
 *   backup.ts           snapshots on their way out; restores.ts on their way in; export.ts messages as lines
 */

import type { JetStreamRequests, JetStreamStreams } from '../bridge/contract.ts';
import type { RequestHandlers, StreamHandlers } from '../bridge/router.ts';
import type { JetStreamApi } from '../jetstream-api/client.ts';
import { AccountViews } from './account-views.ts';
import { backup } from './backup.ts';
import { exportMessages } from './export.ts';
import { Lab } from './lab.ts';
import { find } from './find.ts';
import { redrive } from './redrive.ts';
import { Restores } from './restores.ts';
import { timeText } from './wire.ts';

type Requests = Pick<RequestHandlers, keyof JetStreamRequests>;
type Streams = Pick<StreamHandlers, keyof JetStreamStreams>;

export interface JetStreamViews {
  readonly requests: Requests;
  readonly streams: Streams;
  dispose(): void;
}

export function createJetStreamViews(api: JetStreamApi): JetStreamViews {
  const accounts = new Map<number, AccountViews>();
  const lab = new Lab(api, (account, message) => of({ account }).delivered(message));
  const restores = new Restores(api);

  function of({ account }: { account?: string | undefined }): AccountViews {
    const number = api.accountNumber(account);
    let views = accounts.get(number);
    if (views === undefined) {
      views = new AccountViews(api, account, number);
      accounts.set(number, views);
    }
    return views;
  }

  const requests: Requests = {
    'jetstream.account': (params, { signal }) => of(params).account(signal),
    'jetstream.streams': (params) => of(params).streams(params),
    'jetstream.stream': (params, { signal }) => of(params).stream(params.stream, signal),
    'jetstream.subjects': (params, { signal }) => of(params).subjects(params, signal),
    'jetstream.stream.create': (params) => of(params).saveStream('CREATE', params.config),
    'jetstream.stream.update': (params) => of(params).saveStream('UPDATE', params.config),
    async 'jetstream.stream.delete'(params) {
      await of(params).change(`STREAM.DELETE.${params.stream}`, null);
      return {};
    },
    'jetstream.stream.purge': (params) => of(params).purge(params),
    'jetstream.stream.loss': (params, { signal }) => of(params).loss(params, signal),
    'jetstream.gaps': (params, { signal }) => of(params).gaps(params.stream, signal),
    'jetstream.messages': (params, { signal }) => of(params).messages(params, signal),
    'jetstream.message': (params, { signal }) => of(params).message(params.stream, { seq: params.sequence }, signal),
    'jetstream.seek': (params, { signal }) => of(params).seek(params, signal),
    async 'jetstream.message.delete'(params) {
      const body = { seq: params.sequence, ...(params.secure ? {} : { no_erase: true }) };
      await of(params).change(`STREAM.MSG.DELETE.${params.stream}`, body);
      of(params).forget(params.stream, params.sequence);
      return { deleted: true };
    },
    'jetstream.consumers': (params) => of(params).consumers(params),
    'jetstream.consumer': (params, { signal }) => of(params).consumer(params.stream, params.consumer, signal),
    'jetstream.consumer.create': (params) => of(params).saveConsumer('create', params.stream, params.config),
    'jetstream.consumer.update': (params) => of(params).saveConsumer('update', params.stream, params.config),
    async 'jetstream.consumer.delete'(params) {
      await of(params).change(`CONSUMER.DELETE.${params.stream}.${params.consumer}`, null);
      return {};
    },
    async 'jetstream.consumer.pause'(params) {
      const body = params.until === null ? {} : { pause_until: timeText(params.until) };
      return of(params).change<{ paused: boolean }>(`CONSUMER.PAUSE.${params.stream}.${params.consumer}`, body);
    },
    async 'jetstream.consumer.reset'(params) {
      const body = params.sequence === null ? null : { seq: params.sequence };
      const what = `CONSUMER.RESET.${params.stream}.${params.consumer}`;
      const { reset_seq: sequence } = await of(params).change<{ reset_seq: number }>(what, body);
      return { sequence };
    },
    async 'jetstream.consumer.unpin'(params) {
      await of(params).change(`CONSUMER.UNPIN.${params.stream}.${params.consumer}`, { group: params.group });
      return {};
    },
    'jetstream.deliveries': (params, { signal }) => of(params).deliveries(params, signal),
    'jetstream.lab.answer': ({ id, answer, delayMs, reason }, { signal }) =>
      lab.answer(id, answer, delayMs, reason, signal),
    'jetstream.redrive': (params, { signal }) => redrive(api, of(params), params, signal),
    async 'jetstream.restore.begin'({ account, description, changes }, { session }) {
      const restore = await restores.begin(account, description, changes);
      session.signal.addEventListener('abort', () => restores.cancel(restore), { once: true });
      return { restore };
    },
    async 'jetstream.restore.part'({ restore, bytes }) {
      await restores.part(restore, bytes);
      return {};
    },
    async 'jetstream.restore.end'(params) {
      try {
        return await restores.end(params.restore);
      } finally {
        of(params).changed();
      }
    },
    'jetstream.restore.cancel'({ restore }) {
      restores.cancel(restore);
      return {};
    },
  };

  const streams: Streams = {
    async *'jetstream.find'(params, { signal }) {
      const views = of(params);
      const { way, last } = await views.wayOf(params.stream, signal);
      yield* find(views.asking(signal), way, params, last);
    },
    async *'jetstream.lab.fetch'(params, { signal }) {
      const { account, stream, consumer } = params;
      const info = await of(params).consumerInfo(stream, consumer, signal);
      yield* lab.take(account, info, params, signal);
    },
    'jetstream.advisories': (params, { signal }) => of(params).advisories.watch(signal),
    'jetstream.backup': ({ account, stream, consumers }, { signal }) =>
      backup({ api, account, signal }, stream, consumers),
    async *'jetstream.export'(params, { signal }) {
      const views = of(params);
      const { way, first, last } = await views.wayOf(params.stream, signal);
      yield* exportMessages(views.asking(signal), way, params, { first, last });
    },
  };

  return {
    requests,
    streams,
    dispose() {
      for (const views of accounts.values()) views.dispose();
      restores.dispose();
    },
  };
}
