/**
 * An application as people run them: a haulier with vehicles that report positions, depots with stock, queue workers that
 * take jobs, and two services of the NATS services framework that are asked for prices and routes. Real connections of
 * the public client library, one per part, on whatever server is named.
 */

import { connect, headers, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';
import { Svcm } from '@nats-io/services';
import { positionRecord } from './application-messages.ts';

export interface ApplicationOptions {
  port: number;
  user?: string;
  pass?: string;
  /** Messages a second, replies left out. */
  rate?: number;
}

export interface Application extends AsyncDisposable {
  /** Messages published so far, replies left out. */
  readonly published: number;
  /** Replies that came back. */
  readonly answered: number;
  stop(): Promise<void>;
}

interface Step {
  subject: string;
  payload: string | Uint8Array;
  headers?: Record<string, string>;
  request?: true;
}

const tickMs = 50;
const rateDefault = 150;
const requestMsMax = 2000;

const regions = ['north', 'south', 'east'];
const vehicles = ['v-101', 'v-102', 'v-117', 'v-230', 'v-231'];
const depots = ['hamburg', 'lyon', 'gdansk'];
const articles = ['pallet', 'crate', 'barrel', 'roll'];

export async function startApplication(options: ApplicationOptions): Promise<Application> {
  const { port, rate = rateDefault } = options;
  const shared: ConnectionOptions = {
    servers: `127.0.0.1:${port}`,
    // The broker of an app may still be starting.
    waitOnFirstConnect: true,
    reconnectTimeWait: 50,
    ...(options.user === undefined ? {} : { user: options.user, pass: options.pass ?? '' }),
  };
  const connections: NatsConnection[] = [];
  const open = async (name: string): Promise<NatsConnection> => {
    const connection = await connect({ ...shared, name });
    connections.push(connection);
    return connection;
  };
  let timer: NodeJS.Timeout | undefined;
  const stop = async (): Promise<void> => {
    clearInterval(timer);
    await Promise.all(connections.splice(0).map((connection) => connection.close()));
  };
  try {
    const fleet = await open('fleet');
    const office = await open('office');
    await startServices(await open('pricing'));
    const workers = [await open('worker-1'), await open('worker-2')];
    for (const worker of workers) takeJobs(worker);
    await Promise.all(connections.map((connection) => connection.flush()));

    let published = 0;
    let answered = 0;
    let due = 0;
    let turn = 0;
    timer = setInterval(() => {
      for (due += (rate * tickMs) / 1000; due >= 1; due--) {
        const step = stepOf(turn++);
        const from = step.subject.startsWith('fleet.') ? fleet : office;
        if (from.isClosed()) return;
        published++;
        if (step.request === undefined) from.publish(step.subject, step.payload, { ...carried(step) });
        else {
          from
            .request(step.subject, step.payload, { timeout: requestMsMax, ...carried(step) })
            .then(() => answered++)
            // Nobody answers `routes.toll`; that is a part of the picture.
            .catch(() => undefined);
        }
      }
    }, tickMs);
    return {
      get published() {
        return published;
      },
      get answered() {
        return answered;
      },
      stop,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function carried(step: Step): { headers?: ReturnType<typeof headers> } {
  if (step.headers === undefined) return {};
  const block = headers();
  for (const [name, value] of Object.entries(step.headers)) block.set(name, value);
  return { headers: block };
}

async function startServices(connection: NatsConnection): Promise<void> {
  // The services package has a copy of the core with its own, older types; the connection is the same at run time.
  const services = new Svcm(connection as unknown as ConstructorParameters<typeof Svcm>[0]);
  const pricing = await services.add({ name: 'pricing', version: '1.4.0', description: 'Quotes for a transport' });
  pricing.addGroup('pricing').addEndpoint('quote', (error, message) => {
    if (error !== null) return;
    const asked = message.json<{ kilometres: number; article: string }>();
    message.respond(JSON.stringify({ ...asked, price: (asked.kilometres * 1.38).toFixed(2), currency: 'EUR' }));
  });
  const routing = await services.add({ name: 'routing', version: '0.9.2' });
  routing.addGroup('routes').addEndpoint('plan', (error, message) => {
    if (error === null) message.respond(JSON.stringify({ legs: 3, kilometres: 412, tolls: true }));
  });
}

/** One of several workers on a queue group; what it finished it says on the job's own subject. */
function takeJobs(worker: NatsConnection): void {
  worker.subscribe('jobs.pack', {
    queue: 'packers',
    callback: (error, message) => {
      if (error !== null) return;
      const { job } = message.json<{ job: number }>();
      worker.publish(`jobs.done.${job % 8}`, JSON.stringify({ job, state: 'packed', by: worker.info?.client_id ?? 0 }));
    },
  });
}

/** What happens at a turn; the same turn always gives the same subject. */
function stepOf(turn: number): Step {
  const vehicle = vehicles[turn % vehicles.length] ?? '';
  const region = regions[turn % regions.length] ?? '';
  const depot = depots[turn % depots.length] ?? '';
  const drift = Math.sin(turn / 40);
  switch (turn % 10) {
    case 0:
    case 1:
    case 2:
      return {
        subject: `fleet.${region}.${vehicle}.position`,
        payload: JSON.stringify({
          lat: round(53.5 + drift),
          lon: round(9.9 - drift),
          speed: Math.round(62 + drift * 20),
        }),
      };
    case 3:
      return { subject: `fleet.${region}.${vehicle}.frame`, payload: positionRecord(turn, 53.5 + drift, 9.9, vehicle) };
    case 4:
      return { subject: `fleet.${region}.${vehicle}.state`, payload: turn % 70 === 4 ? 'HALT' : 'DRIVING' };
    case 5:
      return {
        subject: `depots.${depot}.stock.${articles[turn % articles.length]}`,
        payload: JSON.stringify({ count: 400 + (turn % 90), reserved: turn % 17, unit: 'pcs' }),
        headers: { 'Content-Type': 'application/json', 'X-Depot': depot },
      };
    case 6:
      return {
        subject: 'jobs.pack',
        payload: JSON.stringify({ job: turn, article: articles[turn % articles.length] }),
      };
    case 7:
      return {
        subject: 'pricing.quote',
        payload: JSON.stringify({ kilometres: 40 + (turn % 900), article: articles[turn % articles.length] }),
        headers: { 'X-Request-Id': turn.toString(16).padStart(16, '0') },
        request: true,
      };
    case 8:
      return {
        subject: turn % 40 === 8 ? 'routes.toll' : 'routes.plan',
        payload: JSON.stringify({ to: depot }),
        request: true,
      };
    default:
      return { subject: `audit.${depot}`, payload: `gate ${turn % 4} opened for ${vehicle}` };
  }
}

function round(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}
