import fc from 'fast-check';
import { connect, createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startBroker } from '../support/in-process-broker.ts';
import { RawClient } from '../support/raw-client.ts';
import { cuts, hostileBytes, LIMITS, pieces } from './operations.ts';
import { expectProtocol, Witness } from './witness.ts';

/** Hostile clients at the same time, each with its bytes and how they are cut. */
const attack = fc.array(fc.tuple(hostileBytes, cuts), { minLength: 1, maxLength: 8 });

/** Lets one attack loose on the server behind `port`, while a witness watches. */
async function survive(port: number, clients: readonly [string, number[]][]): Promise<void> {
  using witness = await Witness.open(port);
  const heard = clients.map(async ([bytes, fractions]) => {
    using client = await RawClient.open(port);
    await client.sendSplit(pieces(bytes, fractions));
    // Half of them hang up without a word, the others listen a little.
    if (bytes.length % 2 === 0) await client.leave();
    else await new Promise((resolve) => setTimeout(resolve, 5));
    return client.pending;
  });
  await witness.testify();
  for (const received of await Promise.all(heard)) expectProtocol(received);
  await witness.testify();
}

function property(port: () => number): fc.IAsyncProperty<[[string, number[]][]]> {
  return fc.asyncProperty(attack, (clients) => survive(port(), clients));
}

let server: Awaited<ReturnType<typeof startBroker>>;
beforeAll(async () => {
  server = await startBroker({
    maxControlLine: LIMITS.controlLineBytesMax,
    maxPayload: LIMITS.payloadBytesMax,
    maxSubscriptions: 50,
  });
});
afterAll(() => server[Symbol.asyncDispose]());

describe('the broker', () => {
  test('serves others while it is abused, and says nothing but protocol', async () => {
    await fc.assert(
      property(() => server.port),
      {
        numRuns: 5000,
        interruptAfterTimeLimit: 6000,
        markInterruptAsFailure: false,
      },
    );
  });

  test('keeps nothing of clients that are gone', async () => {
    await expect.poll(() => server.broker.connections().length, { timeout: 5000 }).toBe(0);
    const { subscriptions, pendingBytes, connections } = server.broker.stats();
    expect({ subscriptions, pendingBytes, connections }).toEqual({ subscriptions: 0, pendingBytes: 0, connections: 0 });
  });
});

/** A server in front of the broker that spoils what passes through. */
async function spoiling(spoil: (bytes: Buffer) => Buffer): Promise<{ port: number } & AsyncDisposable> {
  const proxy = createServer((client) => {
    const behind = connect(server.port, '127.0.0.1');
    client.on('data', (bytes) => behind.write(bytes));
    behind.on('data', (bytes) => client.write(spoil(bytes)));
    for (const [one, other] of [
      [client, behind],
      [behind, client],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
      one.on('end', () => other.end());
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    port: (proxy.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => new Promise((resolve) => proxy.close(() => resolve())),
  };
}

const replaced = (from: string, to: string) => (bytes: Buffer) =>
  Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');

describe('a server that', () => {
  test.each([
    ['spoils bytes that are not ASCII', replaced('\xff', '?')],
    ['miscounts a header', replaced('HMSG witness.only 1 23', 'HMSG witness.only 1 22')],
    ['says an error of its own', replaced("'Unknown Protocol Operation'", "'Oops'")],
    ['forgets the blank behind INFO', replaced('} \r\n', '}\r\n')],
  ])('%s is found out', async (_name, spoil) => {
    await using spoilt = await spoiling(spoil);
    const { failed } = await fc.check(
      property(() => spoilt.port),
      { numRuns: 200, endOnFailure: true, timeout: 20_000 },
    );
    expect(failed).toBe(true);
  });
});
