import { posix } from 'node:path';
import { BrokerError } from '../base/broker-error.ts';
import { SERVER_VERSION } from '../limits.ts';
import { accountz } from './accountz.ts';
import { accstatz } from './accstatz.ts';
import { connz, type ConnzOptions } from './connz.ts';
import { indentedJson } from './go-json.ts';
import { health } from './healthz.ts';
import type { MonitorHost } from './host.ts';
import { Query, QueryError } from './query.ts';
import { RequestError } from './request-error.ts';
import type { Resources } from './resources.ts';
import { rootPage } from './root-page.ts';
import { stacks, variablesPage } from './runtime.ts';
import { jsz, type JszOptions } from './jsz.ts';
import { gatewayz, ipqueuesz, leafz, NO_RAFT, NOT_LEADER, routez } from './standalone.ts';
import { subsz } from './subsz.ts';
import { varz } from './varz.ts';

/** What a request over HTTP gets. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

type Endpoint = (query: Query) => HttpAnswer;

/** The endpoints of one broker, by path. Any method is served the same. */
export class HttpEndpoints {
  readonly #host: MonitorHost;
  readonly #resources: Resources;
  readonly #now: () => number;
  /** Requests by endpoint: `http_req_stats` of varz. */
  readonly requests = new Map<string, number>();
  readonly #base: string;
  readonly #endpoints: ReadonlyMap<string, Endpoint>;

  /** `basePath` stands in front of every path; '' or `/` for none. */
  constructor(host: MonitorHost, resources: Resources, now: () => number, basePath: string) {
    this.#host = host;
    this.#resources = resources;
    this.#now = now;
    this.#base = posix.join('/', basePath).replace(/(.)\/$/, '$1');
    this.#endpoints = new Map(
      Object.entries(this.#table()).map(([path, endpoint]) => [posix.join(this.#base, path), endpoint]),
    );
  }

  /** `target` is the path and query as they came. */
  answer(target: string): HttpAnswer {
    const question = target.indexOf('?');
    const path = decodePath(question < 0 ? target : target.slice(0, question));
    const query = question < 0 ? '' : target.slice(question + 1);
    const clean = cleanPath(path);
    if (clean !== path) return moved(clean, query);
    try {
      if (path === this.#base) return this.#root();
      return this.#endpoints.get(path)?.(new Query(query)) ?? NOT_FOUND;
    } catch (error) {
      if (error instanceof QueryError || error instanceof RequestError) return text(400, error.message);
      // HTTP listens a moment before clients can connect.
      if (error instanceof BrokerError && error.code === 'invalid-state') return text(503, NOT_READY);
      throw error;
    }
  }

  #table(): Record<string, Endpoint> {
    const host = this.#host;
    const now = this.#now;
    const subscriptions: Endpoint = (query) => {
      this.#count('/subsz');
      const options = {
        subscriptions: query.boolean('subs'),
        offset: query.integer('offset'),
        limit: query.integer('limit'),
        account: query.text('acc'),
        test: query.text('test'),
      };
      return json(subsz(host, options, now()));
    };
    return {
      '/varz': () => {
        this.#count('/varz');
        return json(varz(host, this.#resources.usage(), this.requests, now()));
      },
      '/connz': (query) => {
        const options = connzOptions(query);
        this.#count('/connz');
        return json(connz(host, options, now()));
      },
      '/routez': (query) => {
        query.subscriptions();
        this.#count('/routez');
        return json(routez(host, now()));
      },
      '/gatewayz': (query) => {
        this.#count('/gatewayz');
        query.subscriptions();
        query.boolean('accs');
        return json(gatewayz(host, now()));
      },
      '/leafz': (query) => {
        this.#count('/leafz');
        query.boolean('subs');
        return json(leafz(host, now()));
      },
      '/subsz': subscriptions,
      '/subscriptionsz': subscriptions,
      '/stacksz': () => answer(200, stacks()),
      '/accountz': (query) => {
        this.#count('/accountz');
        return json(accountz(host, query.text('acc'), now()));
      },
      '/accstatz': (query) => {
        this.#count('/accstatz');
        return json(accstatz(host, { accounts: [], unused: query.boolean('unused') }, now()));
      },
      '/jsz': (query) => {
        this.#count('/jsz');
        const told = jsz(host, jszOptions(query), now());
        return told === undefined ? text(400, NOT_LEADER) : json(told);
      },
      '/healthz': (query) => this.#health(query),
      '/ipqueuesz': (query) => answer(200, indentedJson(ipqueuesz(query.boolean('all'), query.text('queues')), 3)),
      '/raftz': () => text(404, NO_RAFT),
      '/debug/vars': () => ({
        status: 200,
        headers: { 'Content-Type': 'application/json; charset=utf-8' },
        body: variablesPage(),
      }),
    };
  }

  #health(query: Query): HttpAnswer {
    this.#count('/healthz');
    const enabled = query.boolean('js-enabled');
    if (enabled) this.#host.log('warn', 'Healthcheck: js-enabled deprecated, use js-enabled-only instead');
    const enabledOnly = query.boolean('js-enabled-only') || enabled;
    const serverOnly = query.boolean('js-server-only');
    query.boolean('js-meta-only');
    const details = query.boolean('details');
    const [account, stream, consumer] = ['account', 'stream', 'consumer'].map((name) => query.text(name)) as [
      string,
      string,
      string,
    ];
    const found = health({ account, stream, consumer, details, enabledOnly, serverOnly }, this.#host.jetStream);
    if (found.error !== undefined) {
      this.#host.log('warn', `Healthcheck failed: ${JSON.stringify(found.error)}`);
    } else if (found.errors !== undefined) {
      this.#host.log('warn', `Healthcheck failed: ${found.errors.length} errors`);
    }
    // The status stands in the answer already.
    return answer(found.status_code, indentedJson({ ...found, status_code: undefined }, 0));
  }

  #root(): HttpAnswer {
    this.#count('/');
    const { natscopeVersion } = this.#host.options;
    return {
      status: 200,
      headers: { 'Content-Type': 'text/html; charset=utf-8' },
      body: rootPage(this.#base, SERVER_VERSION, natscopeVersion),
    };
  }

  #count(endpoint: string): void {
    this.requests.set(endpoint, (this.requests.get(endpoint) ?? 0) + 1);
  }
}

function connzOptions(query: Query): ConnzOptions {
  return {
    sort: query.text('sort'),
    auth: query.boolean('auth'),
    subscriptions: query.subscriptions(),
    offset: query.integer('offset'),
    limit: query.integer('limit'),
    clientId: query.unsigned('cid'),
    state: connectionState(query.text('state')),
    user: query.text('user'),
    account: query.text('acc'),
    mqttClient: query.text('mqtt_client'),
    // nats-server takes it over `$SYS` only.
    filterSubject: '',
  };
}

function connectionState(text: string): ConnzOptions['state'] {
  switch (text.toLowerCase()) {
    case '':
    case 'open':
      return 'open';
    case 'closed':
      return 'closed';
    case 'any':
    case 'all':
      return 'all';
  }
  throw new QueryError(`Error decoding state for ${text}`);
}

/** Without JetStream the options change nothing, but they have to make sense. */
function jszOptions(query: Query): JszOptions {
  const options = {
    account: query.text('acc'),
    accounts: query.boolean('accounts'),
    streams: query.boolean('streams'),
    consumers: query.boolean('consumers'),
    directConsumers: query.boolean('direct-consumers'),
    config: query.boolean('config'),
    offset: query.integer('offset'),
    limit: query.integer('limit'),
    leaderOnly: query.boolean('leader-only'),
    raft: query.boolean('raft'),
  };
  // A single server leads everything it has.
  query.boolean('stream-leader-only');
  return options;
}

function json(value: object): HttpAnswer {
  return answer(200, indentedJson(value));
}

function answer(status: number, body: string): HttpAnswer {
  return { status, headers: { 'Access-Control-Allow-Origin': '*', 'Content-Type': 'application/json' }, body };
}

function text(status: number, body: string): HttpAnswer {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body };
}

const NOT_READY = 'The server is starting or stopping; try again in a moment.\n';

const NOT_FOUND: HttpAnswer = {
  status: 404,
  headers: { 'Content-Type': 'text/plain; charset=utf-8', 'X-Content-Type-Options': 'nosniff' },
  body: '404 page not found\n',
};

/** A broken escape stays as it is: nothing is found there. */
function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Without `.`, `..` and doubled slashes; a slash at the end stays. */
function cleanPath(path: string): string {
  return posix.normalize(path.startsWith('/') ? path : `/${path}`);
}

function moved(path: string, query: string): HttpAnswer {
  const location = encodeURI(path) + (query === '' ? '' : `?${query}`);
  const shown = location
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&#34;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
  return {
    status: 301,
    headers: { 'Content-Type': 'text/html; charset=utf-8', Location: location },
    body: `<a href="${shown}">Moved Permanently</a>.\n\n`,
  };
}
