/**
 * The thread of one connection: its composition root. NATS client, capture and queries live here, so that a busy
 * connection slows neither the app nor another connection.
 */

import { parentPort, threadId, workerData } from 'node:worker_threads';
import { LOCAL_CONNECTION } from './bridge/contract.ts';
import { createRouter } from './bridge/router.ts';
import { messagePortTransport } from './bridge/transports.ts';
import { createBuckets } from './buckets/buckets.ts';
import { createAccountConnector } from './connections/account-connector.ts';
import { createConnector } from './connections/connector.ts';
import type { ConnectorOptions } from './connections/connector.ts';
import type { FromThread, ThreadOptions, ToThread } from './connections/messages.ts';
import { profileSubscriptions } from './connections/profile-subscriptions.ts';
import { attachBudget } from './explorer/budget.ts';
import { createSystemClock } from './explorer/clock.ts';
import { createExplorer } from './explorer/explorer.ts';
import { createJetStreamApi } from './jetstream-api/client.ts';
import { withoutOwnRequests } from './jetstream-api/quiet-link.ts';
import { createJetStreamViews } from './jetstream/jetstream.ts';

if (parentPort === null) throw new Error('thread.ts runs as a worker');
const port = parentPort;
const { profile, budget } = workerData as ThreadOptions;
const say = (message: FromThread): void => port.postMessage(message);

const options: ConnectorOptions = {
  profile,
  // The capture counts a message once, however many subscriptions it came by.
  onState: (state) => say({ type: 'state', state: { ...state, rate: state.rate > 0 ? explorer.rate : 0 } }),
  onFailure: (server) => say({ type: 'failure', server }),
  log: (level, text) => say({ type: 'log', level, text }),
};
/** The local broker lets the app into all of its accounts. */
const several = profile.id === LOCAL_CONNECTION ? createAccountConnector(options) : null;
const connector = several ?? createConnector(options);
/** For every feature that speaks with JetStream; it asks nothing by itself. */
const jetstreamApi = createJetStreamApi(connector.link);
const explorer = createExplorer({
  link: withoutOwnRequests(connector.link, jetstreamApi),
  clock: createSystemClock(),
  budget: attachBudget(budget, threadId),
  observer: profile.id === LOCAL_CONNECTION,
});
const buckets = createBuckets(jetstreamApi);
const jetstream = createJetStreamViews(jetstreamApi);
const router = createRouter({
  requests: { ...explorer.requests, ...buckets.requests, ...jetstream.requests },
  streams: { ...explorer.streams, ...buckets.streams, ...jetstream.streams },
  onInternalError: (name, error) => {
    say({ type: 'log', level: 'error', text: `${name}: ${error instanceof Error ? error.stack : String(error)}` });
  },
});
const stops = new Set<() => void>();
const subscribed = profileSubscriptions(explorer.requests, (text) => say({ type: 'log', level: 'warn', text }));
await subscribed.follow(profile);

async function reopen(): Promise<void> {
  await connector.close();
  connector.open();
}

port.on('message', (message: ToThread) => {
  switch (message.type) {
    case 'open':
      connector.open();
      return;
    case 'close':
      void connector.close();
      return;
    case 'profile':
      connector.setProfile(message.profile);
      void subscribed.follow(message.profile);
      if (message.reconnect && connector.state.phase !== 'closed') void reopen();
      return;
    case 'access':
      several?.setAccess(message.access);
      return;
    case 'attach': {
      const stop = router.serve(messagePortTransport(message.port));
      stops.add(stop);
      message.port.once('close', () => stops.delete(stop));
      return;
    }
    case 'stop':
      for (const stop of stops) stop();
      void connector.close().finally(() => {
        buckets.dispose();
        jetstream.dispose();
        jetstreamApi.dispose();
        explorer.dispose();
        port.close();
      });
  }
});
