import { eventJson, eventTime, newEventId } from '../base/event-text.ts';
import type { LatencyOptions } from '../options/accounts.ts';
import { type ClientInfo, orderedClientInfo, type Requester } from './requester.ts';
import type { PendingResponse, ResponseEnd, TrackedRequest } from './responses.ts';

/** Headers of a message by name in canonical form, each with its values in order. */
export type HeaderValues = Readonly<Record<string, readonly string[]>>;

/** Whether a request is measured, and the headers that asked for it. */
export interface Sampling {
  readonly sampled: boolean;
  readonly header?: HeaderValues;
}

const NOT_SAMPLED: Sampling = { sampled: false };

/**
 * Whether one request is measured. What chance does not choose may be asked for by a tracing header: Uber's, B3 in both
 * its forms, or W3C's. `headers` are looked at only when it comes to that.
 */
export function sampleRequest(
  { sampling }: LatencyOptions,
  headers: () => HeaderValues,
  random: () => number = Math.random,
): Sampling {
  if (sampling !== 'headers') {
    if (sampling >= 100) return { sampled: true };
    // As nats-server draws, one in a hundred more than asked for.
    if (Math.floor(random() * 100) <= sampling) return { sampled: true };
  }
  return sampledByHeader(headers());
}

function sampledByHeader(headers: HeaderValues): Sampling {
  const uber = headers['Uber-Trace-Id'];
  if (uber !== undefined) {
    const parts = (uber[0] ?? '').split(':');
    const flags = parts[3] ?? '';
    // The last digit has the bit that says it.
    const valid = parts.length === 4 && flags.length <= 2 && /[0-9a-f]$/i.test(flags);
    if (!valid || (parseInt(flags.slice(-1), 16) & 1) === 0) return NOT_SAMPLED;
    const context = Object.entries(headers).filter(([name]) => name.startsWith('Uberctx-'));
    return { sampled: true, header: Object.fromEntries([['Uber-Trace-Id', uber] as const, ...context]) };
  }
  const sampled = headers['X-B3-Sampled']?.[0];
  if (sampled === '0') return NOT_SAMPLED;
  if (sampled === '1' || headers['X-B3-Traceid'] !== undefined) return { sampled: true, header: b3Header(headers) };
  const b3 = headers['B3'];
  if (b3 !== undefined) {
    const parts = (b3[0] ?? '').split('-');
    const denied = parts.length > 2 ? parts[2] === '0' : parts.length === 1 && parts[0] === '0';
    return denied ? NOT_SAMPLED : { sampled: true, header: { B3: b3 } };
  }
  const parent = headers['Traceparent'];
  if (parent === undefined || !isSampledTraceParent(parent[0] ?? '')) return NOT_SAMPLED;
  const state = headers['Tracestate'];
  return { sampled: true, header: { Traceparent: parent, ...(state === undefined ? {} : { Tracestate: state }) } };
}

/** `00-<trace>-<parent>-01`: the last bit says that the trace is wanted. */
export function isSampledTraceParent(value: string): boolean {
  const parts = value.split('-');
  const flags = parts[3] ?? '';
  if (parts.length !== 4 || flags.length !== 2 || !/^[+-]?[0-9a-f]+$/i.test(flags)) return false;
  const number = parseInt(flags, 16);
  // It is read into eight bits with a sign there.
  return number <= 127 && (number & 1) === 1;
}

function b3Header(headers: HeaderValues): HeaderValues {
  const names = ['X-B3-Sampled', 'X-B3-Traceid', 'X-B3-Parentspanid', 'X-B3-Spanid'];
  return Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])));
}

const METRIC_TYPE = 'io.nats.server.metric.v1.service_latency';
const NANOS_PER_MS = 1e6;

interface MetricFields {
  readonly status: number;
  readonly description?: string;
  readonly requestor?: ClientInfo | undefined;
  readonly responder?: ClientInfo | undefined;
  readonly header?: HeaderValues | undefined;
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly serviceNanos: number;
  readonly systemNanos: number;
  readonly totalNanos: number;
}

/** An answer came. `systemMs` is what the server itself took, as far as it is known yet; times are since the epoch. */
export function answeredMetric(
  tracked: TrackedRequest,
  share: boolean,
  responder: Requester,
  now: number,
  systemMs: number,
): string {
  const requestor = tracked.requester?.clientInfo(share);
  const roundTripNanos = Math.round((now - tracked.startedAt) * NANOS_PER_MS);
  const systemNanos = responder.rttNanos > 0 ? Math.max(0, Math.round(systemMs * NANOS_PER_MS)) : 0;
  return metricJson({
    status: 200,
    requestor,
    responder: responder.clientInfo(true),
    header: tracked.header,
    start: startOf(tracked),
    serviceNanos: Math.max(0, roundTripNanos - responder.rttNanos),
    systemNanos,
    totalNanos: (tracked.requester?.rttNanos ?? 0) + roundTripNanos + systemNanos,
  });
}

/** No answer comes any more. Undefined when there is nothing to be told. */
export function failedMetric(response: PendingResponse, end: ResponseEnd): string | undefined {
  const { tracked, share, answered } = response;
  const failure = FAILURES[end];
  if (tracked === undefined || answered || failure === undefined) return undefined;
  return metricJson({
    ...failure,
    requestor: tracked.requester?.clientInfo(share),
    header: tracked.header,
    start: startOf(tracked),
    ...NO_TIMES,
  });
}

/** A request that nobody could answer, since it has no reply. */
export function badRequestMetric(
  requester: Requester | undefined,
  share: boolean,
  header: HeaderValues | undefined,
  now: number,
): string {
  return metricJson({
    status: 400,
    description: 'Bad Request',
    requestor: requester?.clientInfo(share),
    header,
    start: now - (requester?.rttNanos ?? 0) / NANOS_PER_MS,
    ...NO_TIMES,
  });
}

const FAILURES: Partial<Record<ResponseEnd, { status: number; description: string }>> = {
  undelivered: { status: 503, description: 'Service Unavailable' },
  expired: { status: 504, description: 'Service Timeout' },
  abandoned: { status: 408, description: 'Request Timeout' },
};

const NO_TIMES = { serviceNanos: 0, systemNanos: 0, totalNanos: 0 };

/** When the requester sent it, as far as can be told. */
function startOf({ startedAt, requester }: TrackedRequest): number {
  return startedAt - (requester?.rttNanos ?? 0) / NANOS_PER_MS;
}

function metricJson(fields: MetricFields): string {
  const { status, description, requestor, responder, header, start } = fields;
  return eventJson({
    type: METRIC_TYPE,
    id: newEventId(),
    timestamp: eventTime(performance.timeOrigin + performance.now()),
    status,
    description,
    requestor: requestor && orderedClientInfo(requestor),
    responder: responder && orderedClientInfo(responder),
    header: header && sortedByName(header),
    start: eventTime(start),
    service: fields.serviceNanos,
    system: fields.systemNanos,
    total: fields.totalNanos,
  });
}

function sortedByName(header: HeaderValues): HeaderValues {
  return Object.fromEntries(Object.entries(header).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
