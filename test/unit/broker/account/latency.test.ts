import { describe, expect, it } from 'vitest';
import {
  answeredMetric,
  badRequestMetric,
  failedMetric,
  type HeaderValues,
  isSampledTraceParent,
  sampleRequest,
} from '../../../../broker/account/latency.ts';
import type { ClientInfo, Requester } from '../../../../broker/account/requester.ts';
import type { PendingResponse, TrackedRequest } from '../../../../broker/account/responses.ts';

const byHeader = (headers: HeaderValues) => sampleRequest({ subject: 'm', sampling: 'headers' }, () => headers);

describe('which requests are measured', () => {
  it('all, without a look at their headers', () => {
    const outcome = sampleRequest({ subject: 'm', sampling: 100 }, () => {
      throw new Error('looked');
    });
    expect(outcome).toEqual({ sampled: true });
  });

  it('some of them, by chance', () => {
    const drawn = (random: number): boolean =>
      sampleRequest(
        { subject: 'm', sampling: 25 },
        () => ({}),
        () => random,
      ).sampled;
    expect([drawn(0), drawn(0.25), drawn(0.26), drawn(0.99)]).toEqual([true, true, false, false]);
  });

  it('those that chance left out, when a header asks for it', () => {
    const outcome = sampleRequest(
      { subject: 'm', sampling: 1 },
      () => ({ B3: ['1'] }),
      () => 0.9,
    );
    expect(outcome).toEqual({ sampled: true, header: { B3: ['1'] } });
  });

  it.each<[string, HeaderValues, HeaderValues | undefined]>([
    ['nothing', {}, undefined],
    ['another header', { 'Trace-Id': ['1'] }, undefined],
    ['Uber, sampled', { 'Uber-Trace-Id': ['a:b:c:1'] }, { 'Uber-Trace-Id': ['a:b:c:1'] }],
    [
      'Uber with context',
      { 'Uberctx-X': ['y'], 'Uber-Trace-Id': ['a:b:c:03'], Other: ['z'] },
      { 'Uber-Trace-Id': ['a:b:c:03'], 'Uberctx-X': ['y'] },
    ],
    ['Uber, not sampled', { 'Uber-Trace-Id': ['a:b:c:0'], B3: ['1'] }, undefined],
    ['Uber, malformed', { 'Uber-Trace-Id': ['a:b:1'] }, undefined],
    ['Uber, no number', { 'Uber-Trace-Id': ['a:b:c:x'] }, undefined],
    [
      'B3, sampled',
      {
        'X-B3-Sampled': ['1'],
        'X-B3-Traceid': ['t'],
        'X-B3-Spanid': ['s'],
        'X-B3-Parentspanid': ['p'],
        'X-B3-Other': ['o'],
      },
      { 'X-B3-Sampled': ['1'], 'X-B3-Traceid': ['t'], 'X-B3-Parentspanid': ['p'], 'X-B3-Spanid': ['s'] },
    ],
    ['B3, left to us', { 'X-B3-Traceid': ['t'] }, { 'X-B3-Traceid': ['t'] }],
    ['B3, denied', { 'X-B3-Sampled': ['0'], 'X-B3-Traceid': ['t'] }, undefined],
    ['B3 in one', { B3: ['t-s-1-p'] }, { B3: ['t-s-1-p'] }],
    ['B3 in one, left to us', { B3: ['t-s'] }, { B3: ['t-s'] }],
    ['B3 in one, denied', { B3: ['t-s-0'] }, undefined],
    ['B3 in one, denied shortly', { B3: ['0'] }, undefined],
    ['W3C, sampled', { Traceparent: ['00-t-p-01'] }, { Traceparent: ['00-t-p-01'] }],
    [
      'W3C with state',
      { Traceparent: ['00-t-p-01'], Tracestate: ['a=b'] },
      { Traceparent: ['00-t-p-01'], Tracestate: ['a=b'] },
    ],
    ['W3C, not sampled', { Traceparent: ['00-t-p-00'] }, undefined],
  ])('%s', (_name, headers, expected) => {
    expect(byHeader(headers)).toEqual(
      expected === undefined ? { sampled: false } : { sampled: true, header: expected },
    );
  });

  it.each<[string, boolean]>([
    ['00-t-p-01', true],
    ['00-t-p-7f', true],
    ['00-t-p-81', false],
    ['00-t-p-ff', false],
    ['00-t-p-1', false],
    ['00-t-p-zz', false],
    ['00-t-p', false],
    ['00-t-p-01-x', false],
  ])('traceparent %s: %s', (value, expected) => {
    expect(isSampledTraceParent(value)).toBe(expected);
  });
});

class Party implements Requester {
  readonly account: string;
  readonly rttNanos: number;
  readonly clientId = 1;
  readonly clientName = '';
  readonly briefInfo = '';
  readonly briefBlock = '';

  constructor(account: string, rttNanos: number) {
    this.account = account;
    this.rttNanos = rttNanos;
  }

  clientInfo(detailed: boolean): ClientInfo {
    const brief = { rtt: this.rttNanos, acc: this.account };
    return detailed ? { ...brief, kind: 'Client', host: '127.0.0.1', user: '', tags: [] } : brief;
  }
}

const START = Date.parse('2026-01-02T03:04:05.006Z');
const tracked = (more: Partial<TrackedRequest> = {}): TrackedRequest => ({
  requester: new Party('B', 2_000_000),
  header: undefined,
  startedAt: START,
  ...more,
});

/** The metric with its own id and time checked and taken out; what is left keeps its order. */
function entries(json: string | undefined): [string, unknown][] {
  const { id, timestamp, ...rest } = JSON.parse(json ?? '') as Record<string, unknown>;
  expect(id).toMatch(/^[0-9A-Za-z]{22}$/);
  expect(timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/);
  return Object.entries(rest);
}

describe('metrics', () => {
  it('of an answer', () => {
    const metric = answeredMetric(tracked(), false, new Party('A', 1_000_000), START + 10, 0.5);
    expect(entries(metric)).toEqual([
      ['type', 'io.nats.server.metric.v1.service_latency'],
      ['status', 200],
      ['requestor', { acc: 'B', rtt: 2_000_000 }],
      ['responder', { host: '127.0.0.1', acc: 'A', rtt: 1_000_000, kind: 'Client' }],
      ['start', '2026-01-02T03:04:05.004Z'],
      ['service', 9_000_000],
      ['system', 500_000],
      ['total', 12_500_000],
    ]);
    expect(Object.keys((JSON.parse(metric) as { responder: object }).responder)).toEqual([
      'host',
      'acc',
      'rtt',
      'kind',
    ]);
  });

  it('never has less than nothing', () => {
    const metric = answeredMetric(tracked(), true, new Party('A', 99_000_000), START + 1, 0);
    expect(entries(metric)).toContainEqual(['service', 0]);
  });

  it.each([
    ['undelivered', 503, 'Service Unavailable'],
    ['expired', 504, 'Service Timeout'],
    ['abandoned', 408, 'Request Timeout'],
  ] as const)('of a request that is %s', (end, status, description) => {
    const header = { Tracestate: ['b'], Traceparent: ['<a>'] };
    const response = { tracked: tracked({ header }), share: true, answered: false } as unknown as PendingResponse;
    const metric = failedMetric(response, end);
    expect(entries(metric)).toEqual([
      ['type', 'io.nats.server.metric.v1.service_latency'],
      ['status', status],
      ['description', description],
      ['requestor', { host: '127.0.0.1', acc: 'B', rtt: 2_000_000, kind: 'Client' }],
      ['header', { Traceparent: ['<a>'], Tracestate: ['b'] }],
      ['start', '2026-01-02T03:04:05.004Z'],
      ['service', 0],
      ['system', 0],
      ['total', 0],
    ]);
    expect(metric).toContain('"Traceparent":["\\u003ca\\u003e"],"Tracestate"');
  });

  it('are not made of what was answered, or is not measured', () => {
    const response = { tracked: tracked(), share: false, answered: true } as unknown as PendingResponse;
    expect(failedMetric(response, 'expired')).toBeUndefined();
    expect(failedMetric({ ...response, answered: false, tracked: undefined }, 'expired')).toBeUndefined();
    expect(failedMetric({ ...response, answered: false }, 'answered')).toBeUndefined();
  });

  it('of a request without a reply', () => {
    expect(entries(badRequestMetric(new Party('B', 0), false, undefined, START))).toEqual([
      ['type', 'io.nats.server.metric.v1.service_latency'],
      ['status', 400],
      ['description', 'Bad Request'],
      ['requestor', { acc: 'B' }],
      ['start', '2026-01-02T03:04:05.006Z'],
      ['service', 0],
      ['system', 0],
      ['total', 0],
    ]);
  });
});
