/**
 * Sample traffic: an application on the local broker, made of real NATS connections, so that there is something to look
 * at before anything of one's own is connected.
 */

import { connect, headers } from '@nats-io/transport-node';
import type { MsgHdrs, NatsConnection } from '@nats-io/transport-node';
import { createState } from '../bridge/feed.ts';
import type { State } from '../bridge/feed.ts';
import { createShop } from './shop.ts';
import type { SampleMessage, Shop } from './shop.ts';

export interface SampleState {
  running: boolean;
  /** Messages a second, replies included. */
  rate: number;
}

/** A server, and what to show there. */
export interface SampleWay {
  server: string;
  user?: string;
  pass?: string;
}

export interface SampleTraffic {
  readonly state: State<SampleState>;
  /**
   * Connects and begins, by the first of these ways that lets it in. Resolves when messages flow; rejects when there is
   * none. Does nothing while it runs.
   */
  start(...ways: readonly SampleWay[]): Promise<void>;
  /** Ends it, its connections included. */
  stop(): Promise<void>;
  dispose(): Promise<void>;
}

export interface SampleOptions {
  random?: () => number;
  now?: () => number;
  log?: (level: 'warn', text: string) => void;
}

const tickMs = 50;
/** Calls of the shop per tick. With the replies of its services it makes about 120 messages a second. */
const messagesPerTick = 5.4;
const rateMs = 1000;
const requestMsMax = 2000;

export function createSampleTraffic(options: SampleOptions = {}): SampleTraffic {
  const { random = Math.random, now = Date.now, log } = options;
  const state = createState<SampleState>({ running: false, rate: 0 });
  let end: (() => Promise<void>) | null = null;
  let queue: Promise<unknown> = Promise.resolve();

  function inTurn(work: () => Promise<void>): Promise<void> {
    const turn = queue.then(work);
    queue = turn.catch(() => undefined);
    return turn;
  }

  async function start(ways: readonly SampleWay[]): Promise<void> {
    if (end !== null) return;
    const connections: NatsConnection[] = [];
    const left = [...ways];
    const open = async (name: string): Promise<NatsConnection> => {
      const [way] = left;
      if (way === undefined) throw new Error('There is no way to the broker.');
      const { server, ...credentials } = way;
      try {
        const connection = await connect({ servers: server, name, reconnect: false, ...credentials });
        connections.push(connection);
        return connection;
      } catch (error) {
        if (left.length === 1) throw error;
        left.shift();
        return await open(name);
      }
    };
    try {
      const shop = createShop(random, now);
      const [front, plant, payments, inventory] = [
        await open('sample-shop'),
        await open('sample-plant'),
        await open('sample-payments'),
        await open('sample-inventory'),
      ];
      let sent = 0;
      const count = () => void sent++;
      answer(payments, 'payments.authorize', shop, count);
      answer(payments, 'payments.capture', shop, count);
      answer(inventory, 'inventory.reserve', shop, count);
      await Promise.all([payments.flush(), inventory.flush()]);

      let due = 0;
      const ticking = setInterval(() => {
        for (due += messagesPerTick; due >= 1; due--) {
          const message = shop.next();
          const from = message.subject.startsWith('sensors.') ? plant : front;
          if (from.isClosed()) return;
          send(from, message);
          sent++;
        }
      }, tickMs);
      let before = now();
      const counting = setInterval(() => {
        const at = now();
        state.set({ running: true, rate: Math.round((sent * 1000) / Math.max(1, at - before)) });
        before = at;
        sent = 0;
      }, rateMs);

      const mine = async () => {
        end = null;
        clearInterval(ticking);
        clearInterval(counting);
        state.set({ running: false, rate: 0 });
        await Promise.all(connections.map((connection) => connection.close()));
      };
      end = mine;
      for (const connection of connections) {
        void connection.closed().then(() => {
          if (end !== mine) return undefined;
          log?.('warn', 'The sample traffic ended: the broker closed its connection.');
          return mine();
        });
      }
      state.set({ running: true, rate: 0 });
    } catch (error) {
      await Promise.all(connections.map((connection) => connection.close()));
      throw error;
    }
  }

  const stop = async () => {
    await end?.();
  };

  return {
    state,
    start: (...ways) => inTurn(() => start(ways)),
    stop: () => inTurn(stop),
    async dispose() {
      await inTurn(stop);
      state.close();
    },
  };
}

function answer(service: NatsConnection, subject: string, shop: Shop, count: () => void): void {
  service.subscribe(subject, {
    queue: 'service',
    callback: (error, message) => {
      // Anybody may publish here, an empty payload included: what the shop cannot read is not answered.
      if (error !== null) return;
      try {
        if (message.respond(shop.answer(subject, message.data))) count();
      } catch {
        message.respond(new TextEncoder().encode('{"ok":false,"reason":"not readable"}'));
      }
    },
  });
}

function send(from: NatsConnection, message: SampleMessage): void {
  const { subject, payload } = message;
  const carried = message.headers === undefined ? {} : { headers: toHeaders(message.headers) };
  if (message.request === undefined) from.publish(subject, payload, carried);
  // No responders and a late answer are part of the picture; a connection that closes is told of by itself.
  else void from.request(subject, payload, { timeout: requestMsMax, ...carried }).catch(() => undefined);
}

function toHeaders(fields: Record<string, string>): MsgHdrs {
  const block = headers();
  for (const [name, value] of Object.entries(fields)) block.set(name, value);
  return block;
}
