/**
 * What the params of every request and stream must look like. The contract gives the types; a schema whose output does
 * not fit its type does not compile. Fields that nobody named are refused.
 */

import * as v from 'valibot';
import { bucketRequestSchemas, bucketStreamSchemas } from './buckets-schemas.ts';
import type { Requests, Streams } from './contract.ts';
import { jetstreamRequestSchemas, jetstreamStreamSchemas } from './jetstream-schemas.ts';

type Calls<T> = Record<keyof T, { params: unknown }>;
type Schemas<T extends Calls<T>> = { [N in keyof T]: v.GenericSchema<unknown, T[N]['params']> };

/** With every optional field there, at any depth. */
type Whole<T> = T extends Uint8Array | string | number | boolean | null
  ? T
  : T extends readonly (infer E)[]
    ? Whole<E>[]
    : { [K in keyof T]-?: Whole<T[K]> };

/** `never` for a name whose schema lacks a field of the contract: an optional field would be refused without a word. */
type Complete<T extends Calls<T>, S extends Schemas<T>> = {
  [N in keyof T]: Whole<v.InferOutput<S[N]>> extends Whole<T[N]['params']> ? Schemas<T>[N] : never;
};

const whole = (minimum: number, maximum = Number.MAX_SAFE_INTEGER) =>
  v.pipe(v.number(), v.integer(), v.minValue(minimum), v.maxValue(maximum));
const text = (maximum: number) => v.pipe(v.string(), v.maxLength(maximum));
/** A path, a URL, a name: nothing a person types is longer. */
const line = text(4096);
/** Subjects are limited by the server's max_control_line; ours is far above its default of 4 KiB. */
const subject = v.pipe(v.string(), v.minLength(1), v.maxLength(65_536));
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(255));
const account = v.exactOptional(v.pipe(v.string(), v.minLength(1), v.maxLength(4096)));
const bytes = v.instance(Uint8Array);
const none = v.strictObject({}) as v.GenericSchema<unknown, Record<string, never>>;

const on = <E extends v.ObjectEntries>(entries: E) => v.strictObject({ connection: id, ...entries });

const headers = v.pipe(v.array(v.strictObject({ name: text(65_536), value: text(1_048_576) })), v.maxLength(10_000));

const authentication = v.variant('method', [
  v.strictObject({ method: v.literal('none') }),
  v.strictObject({ method: v.literal('user'), user: line, password: line }),
  v.strictObject({ method: v.literal('token'), token: line }),
  v.strictObject({ method: v.literal('nkey'), seedFile: v.exactOptional(line), seed: v.exactOptional(line) }),
  v.strictObject({ method: v.literal('creds'), file: line }),
  v.strictObject({ method: v.literal('jwt'), jwt: text(65_536), seed: v.exactOptional(line) }),
]);

const profile = v.strictObject({
  id: text(255),
  name: text(200),
  colour: v.picklist(['cyan', 'blue', 'green', 'amber', 'red', 'violet', 'grey']),
  servers: v.pipe(v.array(line), v.maxLength(100)),
  readOnly: v.boolean(),
  authentication,
  tls: v.strictObject({
    caFile: v.exactOptional(line),
    certFile: v.exactOptional(line),
    keyFile: v.exactOptional(line),
    serverName: v.exactOptional(line),
    first: v.exactOptional(v.boolean()),
    skipNameCheck: v.exactOptional(v.boolean()),
  }),
  inboxPrefix: v.exactOptional(line),
  jetstreamDomain: v.exactOptional(line),
  subscribe: v.pipe(v.array(text(65_536)), v.maxLength(1000)),
  exclude: v.pipe(v.array(text(65_536)), v.maxLength(1000)),
});

const viewOptions = {
  scope: whole(0),
  filter: v.nullable(v.strictObject({ mode: v.picklist(['text', 'regex', 'expression']), text: text(65_536) })),
  sort: v.picklist(['name', 'rate', 'count', 'last']),
  pausedAt: v.nullable(whole(0)),
};

/** Large installations have some hundred KiB. */
const configText = text(4 * 1024 * 1024);
const name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(200));

/** More rows than any screen has: a pull is a few screenfuls at most. */
const rowsMax = 5000;

const requests = {
  'app.info': none,
  'settings.get': none,
  'settings.set': v.strictObject({
    theme: v.exactOptional(v.picklist(['system', 'dark', 'light'])),
    panes: v.exactOptional(v.record(text(200), v.pipe(v.number(), v.finite()))),
    captureBytesMax: v.exactOptional(whole(16 * 1024 * 1024, 4 * 1024 * 1024 * 1024)),
    brokerConfigFile: v.exactOptional(v.nullable(line)),
  }),
  'broker.start': v.strictObject({ port: v.exactOptional(v.union([v.literal(-1), whole(1, 65_535)])) }),
  'broker.stop': none,
  'broker.restart': none,
  'broker.pending': none,
  'broker.config.check': v.strictObject({ text: configText }),
  'broker.config.apply': v.strictObject({ text: configText }),
  'broker.config.discard': none,
  'broker.config.open': v.strictObject({ file: v.nullable(v.pipe(line, v.minLength(1))) }),
  'broker.config.reveal': none,
  'broker.jetstream': none,
  'broker.people': v.strictObject({
    open: v.nullable(v.pipe(v.array(line), v.maxLength(10_000))),
    filter: text(1000),
    sort: v.picklist(['name', 'since', 'subscriptions', 'in', 'out', 'pending', 'roundTrip']),
    first: whole(0),
    count: whole(0, rowsMax),
  }),
  'broker.person': v.strictObject({ clientId: whole(0) }),
  'broker.kick': v.strictObject({ clientId: whole(0) }),
  'tools.nkey': v.strictObject({ kind: v.picklist(['operator', 'account', 'user', 'server', 'curve']) }),
  // bcrypt looks at the first 72 bytes; what is longer is refused where it is made.
  'tools.bcrypt': v.strictObject({ password: v.pipe(line, v.minLength(1)), cost: whole(4, 15) }),
  'tools.operator': v.strictObject({
    operator: name,
    accounts: v.pipe(
      v.array(v.strictObject({ name, users: v.pipe(v.array(name), v.maxLength(100)) })),
      v.minLength(1),
      v.maxLength(100),
    ),
    folder: v.pipe(line, v.minLength(1)),
  }),
  'sample.set': v.strictObject({ running: v.boolean() }),
  'connections.save': v.strictObject({ profile }),
  'connections.remove': on({}),
  'connections.open': on({}),
  'connections.close': on({}),
  'connections.diagnose': v.strictObject({ profile }),
  'contexts.list': none,
  'contexts.import': v.strictObject({ names: v.pipe(v.array(line), v.maxLength(1000)) }),
  'dialog.file': v.strictObject({ title: text(200) }),
  'dialog.folder': v.strictObject({ title: text(200) }),

  'explorer.view.open': on(viewOptions),
  'explorer.view.set': on({
    view: whole(0),
    options: v.strictObject({
      scope: v.exactOptional(viewOptions.scope),
      filter: v.exactOptional(viewOptions.filter),
      sort: v.exactOptional(viewOptions.sort),
      pausedAt: v.exactOptional(viewOptions.pausedAt),
    }),
  }),
  'explorer.view.close': on({ view: whole(0) }),
  'explorer.pull': on({
    view: whole(0),
    tree: v.nullable(v.strictObject({ first: whole(0), count: whole(0, rowsMax) })),
    list: v.nullable(
      v.strictObject({
        first: whole(0),
        count: whole(0, rowsMax),
        tail: v.boolean(),
        gone: v.exactOptional(whole(0)),
      }),
    ),
  }),
  'explorer.tree.expand': on({ view: whole(0), node: whole(0), open: v.boolean(), deep: v.boolean() }),
  'explorer.tree.reveal': on({ view: whole(0), subject: text(65_536), account }),
  'explorer.tree.pin': on({ node: whole(0), pinned: v.boolean() }),
  'explorer.search': on({ text: text(65_536), limit: whole(1, 1000) }),
  'explorer.message': on({ sequence: whole(0), payloadBytesMax: whole(0, 64 * 1024 * 1024) }),
  'explorer.list.index': on({ view: whole(0), sequence: whole(0) }),
  'explorer.latest': on({ node: whole(0) }),
  'explorer.history': on({ node: whole(0), before: whole(0), limit: whole(1, rowsMax) }),
  'explorer.clear': on({}),
  'subscriptions.add': on({ subject, account, queue: v.exactOptional(line), exclude: v.boolean() }),
  'subscriptions.mute': on({ id: whole(0), muted: v.boolean() }),
  'subscriptions.remove': on({ id: whole(0) }),
  'responders.add': on({
    account,
    subject,
    queue: v.exactOptional(line),
    mode: v.picklist(['echo', 'template']),
    headers,
    body: bytes,
    delayMs: whole(0, 60_000),
  }),
  'responders.remove': on({ id: whole(0) }),
  ...bucketRequestSchemas,
  ...jetstreamRequestSchemas,
} satisfies Schemas<Requests>;

const streams = {
  'settings.watch': none,
  'broker.watch': none,
  'broker.config.watch': none,
  'connections.watch': none,
  'sample.watch': none,
  'log.watch': none,
  'diagnosis.watch': on({}),
  'commands.watch': none,
  'publish.run': on({
    account,
    subject,
    reply: v.exactOptional(text(65_536)),
    headers,
    payload: bytes,
    count: whole(1, 1_000_000),
    intervalMs: whole(0, 3_600_000),
    templates: v.boolean(),
  }),
  'request.run': on({
    account,
    subject,
    headers,
    payload: bytes,
    timeoutMs: whole(1, 600_000),
    replies: whole(0, 1_000_000),
    templates: v.boolean(),
  }),
  'responders.watch': on({}),
  ...bucketStreamSchemas,
  ...jetstreamStreamSchemas,
} satisfies Schemas<Streams>;

export const requestSchemas: Complete<Requests, typeof requests> = requests;
export const streamSchemas: Complete<Streams, typeof streams> = streams;
