import { describe, expect, test } from 'vitest';
import { decodeAccountClaims } from '../../../../../broker/auth/jwt/decode.ts';
import { accountOptions, permissionsOf } from '../../../../../broker/auth/operator/account-options.ts';
import type { AccountOptions } from '../../../../../broker/options/accounts.ts';
import { TestOperator } from '../../../../support/operator-tree.ts';

const operator = new TestOperator();
const exporter = operator.account('EXPORTER');

function optionsOf(nats: object, name = 'ACCOUNT'): AccountOptions {
  const jwt = operator.account(name, nats as Record<string, unknown>).jwt();
  return accountOptions(decodeAccountClaims(jwt), jwt);
}

describe('what claims say of an account', () => {
  test('name, token and limits', () => {
    const account = operator.account('ACCOUNT', {
      limits: { conn: 3, subs: 4, payload: 5, data: 6, leaf: 0, disallow_bearer: true },
    });
    const jwt = account.jwt();
    expect(accountOptions(decodeAccountClaims(jwt), jwt)).toMatchObject({
      name: account.key,
      displayName: 'ACCOUNT',
      jwt,
      limits: {
        connectionsMax: 3,
        leafNodesMax: 0,
        subscriptionsMax: 4,
        payloadBytesMax: 5,
        dataBytesMax: 6,
        importsMax: -1,
        exportsMax: -1,
        wildcardExports: true,
        disallowBearer: true,
      },
      exports: [],
      imports: [],
      mappings: [],
    });
  });

  test('exports', () => {
    const { exports } = optionsOf({
      exports: [
        { type: 'stream', subject: 'ü.>', token_req: true, revocations: { '*': 7 } },
        {
          type: 'service',
          subject: 'q.*',
          response_type: 'Chunked',
          response_threshold: 1_500_000_000,
          service_latency: { sampling: 'headers', results: 'lat' },
          account_token_position: 2,
          allow_trace: true,
        },
      ],
    });
    expect(exports).toEqual([
      {
        type: 'stream',
        subject: 'ü.>',
        tokenRequired: true,
        revocations: { '*': 7 },
        responseType: undefined,
        responseThresholdMs: undefined,
        latency: undefined,
        accountTokenPosition: undefined,
        allowTrace: false,
      },
      {
        type: 'service',
        subject: 'q.*',
        tokenRequired: false,
        revocations: undefined,
        responseType: 'chunked',
        responseThresholdMs: 1500,
        latency: { subject: 'lat', sampling: 'headers' },
        accountTokenPosition: 2,
        allowTrace: true,
      },
    ]);
  });

  test.each([
    [{ type: 'stream', subject: 'a.*' }, { subject: 'a.*' }],
    [
      { type: 'stream', subject: 'a.*', local_subject: 'b.$1' },
      { subject: 'a.*', to: 'b.$1' },
    ],
    [
      { type: 'stream', subject: 'a', to: 'pre' },
      { subject: 'a', prefix: 'pre' },
    ],
    [
      { type: 'service', subject: 'a.*', share: true },
      { subject: 'a.*', share: true },
    ],
    [
      { type: 'service', subject: 'there', local_subject: 'here' },
      { subject: 'there', to: 'here' },
    ],
    [
      { type: 'service', subject: 'here', to: 'there' },
      { subject: 'there', to: 'here' },
    ],
    [
      { type: 'stream', subject: 'a', allow_trace: true },
      { subject: 'a', allowTrace: true },
    ],
  ])('imports %j', (wanted, expected) => {
    const [found] = optionsOf({ imports: [{ account: exporter.key, ...wanted }] }).imports ?? [];
    expect(found).toMatchObject({ type: wanted.type, account: exporter.key, ...expected });
    expect({ to: undefined, prefix: undefined, token: undefined, ...found }).toMatchObject({
      to: undefined,
      prefix: undefined,
      ...expected,
    });
  });

  test('mappings, trace and JetStream', () => {
    const options = optionsOf({
      mappings: {
        'a.*': [
          { subject: 'b.$1', weight: 30 },
          { subject: 'c.$1', weight: 70, cluster: 'K' },
        ],
        d: [{ subject: 'e' }],
      },
      trace: { dest: 'traces', sampling: 40 },
      limits: { mem_storage: 5, disk_storage: -1, streams: -1, consumer: 2, max_ack_pending: 0 },
    });
    expect(options.mappings).toEqual([
      {
        source: 'a.*',
        destinations: [
          { subject: 'b.$1', weight: 30, cluster: undefined },
          { subject: 'c.$1', weight: 70, cluster: 'K' },
        ],
      },
      { source: 'd', destinations: [{ subject: 'e', weight: 100, cluster: undefined }] },
    ]);
    expect(options.trace).toEqual({ destination: 'traces', samplingPercent: 40 });
    expect(options.jetstream).toEqual({
      '': {
        max_memory: 5,
        max_store: -1,
        max_streams: -1,
        max_consumers: 2,
        memory_max_stream_bytes: -1,
        store_max_stream_bytes: -1,
        max_bytes_required: false,
        max_ack_pending: -1,
      },
    });
    const tiered = optionsOf({ limits: { tiered_limits: { R1: { disk_storage: 7 }, R3: {} } } }).jetstream;
    expect(tiered).toMatchObject({ R1: { max_store: 7 }, R3: { max_store: 0 } });
    expect(optionsOf({ limits: { tiered_limits: { R1: {} } } }).jetstream).toBeUndefined();
    expect(optionsOf({ trace: { dest: 'all', sampling: 0 } }).trace).toEqual({
      destination: 'all',
      samplingPercent: 100,
    });
    expect(optionsOf({}).jetstream).toBeUndefined();
  });

  test('permissions: nothing said is nothing, and who may answer may do nothing else unless it is said', () => {
    const none = { allow: [], deny: [] };
    expect(permissionsOf({ pub: none, sub: none, resp: undefined })).toBeUndefined();
    expect(
      permissionsOf({ pub: { allow: ['a'], deny: [] }, sub: { allow: [], deny: ['b q'] }, resp: undefined }),
    ).toEqual({
      publish: { allow: ['a'], deny: undefined },
      subscribe: { allow: undefined, deny: ['b q'] },
    });
    expect(permissionsOf({ pub: none, sub: none, resp: { max: 0, ttl: 0 } })).toEqual({
      publish: { allow: [] },
      subscribe: undefined,
      allowResponses: { messagesMax: 1, expiresMs: 120_000 },
    });
    expect(
      permissionsOf({ pub: { allow: ['a'], deny: [] }, sub: none, resp: { max: -1, ttl: 5_000_000 } }),
    ).toMatchObject({
      publish: { allow: ['a'] },
      allowResponses: { messagesMax: -1, expiresMs: 5 },
    });
  });
});
