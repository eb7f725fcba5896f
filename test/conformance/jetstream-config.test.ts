import { afterAll, describe, expect, inject, test } from 'vitest';
import { newestCompared } from '../support/real-servers.ts';
import type { ConfigCase } from './jetstream-config/case.ts';
import { consumerCases } from './jetstream-config/consumer-cases.ts';
import { consumerUpdateCases } from './jetstream-config/consumer-update-cases.ts';
import { mixedCases } from './jetstream-config/mixed-cases.ts';
import { DRAWN_NAME, ModelAccount } from './jetstream-config/model.ts';
import { requestCases } from './jetstream-config/request-cases.ts';
import { RealAccounts, TERMS } from './jetstream-config/servers.ts';
import { spoiltCases } from './jetstream-config/spoilt-cases.ts';
import { streamCases } from './jetstream-config/stream-cases.ts';
import { streamUpdateCases } from './jetstream-config/stream-update-cases.ts';

/**
 * What our functions make of requests to create and update streams and consumers, and what the real server makes of them:
 * the whole answer, byte for byte, but for times, drawn names and how far a consumer or source is.
 */
const real = newestCompared(inject('realServers'));
const accounts = new RealAccounts(real?.path ?? '');
afterAll(() => accounts[Symbol.asyncDispose]());

const groups: Readonly<Record<string, readonly ConfigCase[]>> = {
  requests: requestCases,
  streams: streamCases,
  'stream updates': streamUpdateCases,
  consumers: consumerCases,
  'consumer updates': consumerUpdateCases,
  mixed: mixedCases,
  spoilt: spoiltCases,
};

/** Files of a stream that was deleted go a moment later. */
const SETTLED_MS = 200;

for (const [group, cases] of Object.entries(groups)) {
  describe.skipIf(real === undefined)(`JetStream ${group} as nats-server has them`, () => {
    test.each(cases.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
      let differences = await compare(one);
      if (differences.length > 0) {
        // A new stream of the same name finds the old one's state there, if it comes too soon.
        await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
        differences = await compare(one);
      }
      expect(differences).toEqual([]);
    });
  });
}

/** What the two say differently. */
async function compare({ account = 'plain', requests }: ConfigCase): Promise<object[]> {
  const link = await accounts.link(account);
  const model = new ModelAccount(TERMS[account]);
  const differences: object[] = [];
  for (const [subject, content = '', headers] of requests) {
    const body = typeof content === 'string' ? content : Buffer.from(JSON.stringify(content)).toString('latin1');
    const ours = model.request(subject, body, headers);
    const theirs = await link.request(`$JS.API.${subject}`, body, headers);
    const [shownOurs, shownTheirs] = [comparable(ours, ours), comparable(theirs, ours)];
    if (shownOurs !== shownTheirs) differences.push({ subject, body, ours: shownOurs, theirs: shownTheirs });
  }
  await clear(link);
  return differences;
}

async function clear(link: Awaited<ReturnType<RealAccounts['link']>>): Promise<void> {
  const { streams } = JSON.parse(await link.request('$JS.API.STREAM.NAMES', '')) as { streams: string[] | null };
  for (const name of streams ?? []) await link.request(`$JS.API.STREAM.DELETE.${name}`, '');
}

/** Without what no two servers have in common. */
function comparable(answer: string, ours: string): string {
  const text = answer
    .replace(/"(created|ts|_nats\.ver)":"[^"]*"/g, '"$1":""')
    // What the zero time sometimes becomes there of streams that begin later.
    .replace('"last_ts":"1754-08-30T22:43:41.128654848Z"', '"last_ts":"0001-01-01T00:00:00Z"')
    .replace(/"delivered":\{[^}]*\},"ack_floor":\{[^}]*\}/, '"delivered":{}')
    .replace(/"pause_remaining":\d+/, '"pause_remaining":1')
    .replace(/"lag":\d+,("seq":\d+,)?"active":-?\d+(,"error":\{[^}]*\})?/g, '"lag":0');
  return ours.includes(`"name":"${DRAWN_NAME}"`)
    ? text.replace(/("stream_name":"[^"]*","name":)"[0-9A-Za-z]{8}"/, `$1"${DRAWN_NAME}"`)
    : inOrder(text);
}

/** Sources are told in no order. */
function inOrder(answer: string): string {
  return answer.replace(/(?<="consumer_count":\d+\},"sources":)\[.*\](?=,"ts")/, (sources) =>
    (JSON.parse(sources) as object[])
      .map((source) => JSON.stringify(source))
      .toSorted()
      .join(),
  );
}
