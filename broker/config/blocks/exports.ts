import type { ExportOptions, LatencyOptions, ResponseType } from '../../options/accounts.ts';
import { DurationError, parseGoDuration } from '../../base/duration-text.ts';
import { parseDecimal } from '../go/host-port.ts';
import { quote, shown, typeOf } from '../go/text.ts';
import type { Token } from '../grammar/token.ts';
import { type Keys, keys, readKeys, readOrFault } from '../fields.ts';
import { arrayOf, asArray, asBoolean, asInteger, asString, Fault, mapOf, type Scope } from '../report.ts';

/** Thresholds are milliseconds; what was said twice, or for the wrong kind of export, is told by the tokens. */
interface Draft {
  type?: 'stream' | 'service';
  subject?: string;
  accounts?: string[];
  responseType?: ResponseType;
  response?: Token;
  thresholdMs?: number;
  threshold?: Token;
  latency?: LatencyOptions;
  latencyToken?: Token;
  allowTrace?: boolean;
  allowTraceToken?: Token;
  position?: number;
}

const LATENCY_SAMPLING_DEFAULT = 100;

/** `exports` of an account. Throws a `Fault`. */
export function readExports(token: Token, scope: Scope): ExportOptions[] {
  const entries = arrayOf(token.value);
  if (entries === undefined) throw new Fault(token, `Exports should be an array, got ${typeOf(token.value)}`);
  return entries.map((entry) => scope.attempt(() => readExport(entry, scope))).filter((found) => found !== undefined);
}

function readExport(token: Token, scope: Scope): ExportOptions | undefined {
  return scope.guard((inner) => {
    const map = mapOf(inner.open(token));
    if (map === undefined) {
      throw new Fault(token, `Export Items should be a map with type entry, got ${typeOf(token.value)}`);
    }
    const draft: Draft = {};
    readKeys(map, EXPORT_KEYS, draft, inner);
    const { type, subject, accounts, responseType, thresholdMs, latency, allowTrace, position } = draft;
    // An entry that names neither is let pass, as nats-server does.
    if (type === undefined || subject === undefined) return undefined;
    const isService = type === 'service';
    return {
      type,
      subject,
      ...(accounts !== undefined && accounts.length > 0 && { accounts }),
      ...(isService && responseType !== undefined && { responseType }),
      ...(isService && thresholdMs !== undefined && { responseThresholdMs: thresholdMs }),
      ...(isService && latency !== undefined && { latency }),
      ...(isService && allowTrace !== undefined && { allowTrace }),
      ...(position !== undefined && { accountTokenPosition: position }),
    };
  });
}

const notForStreams = (directive: string): string => `Detected ${directive} directive on non-service`;

const EXPORT_KEYS: Keys<Draft> = keys<Draft>({
  stream: (into, token) => {
    if (into.type === 'service') {
      throw new Fault(token, `Detected stream ${quoted(token)} but already saw a service`);
    }
    if (into.response !== undefined) throw new Fault(into.response, notForStreams('response'));
    if (into.latencyToken !== undefined) throw new Fault(into.latencyToken, notForStreams('latency'));
    if (into.allowTraceToken !== undefined) throw new Fault(into.allowTraceToken, notForStreams('allow_trace'));
    into.subject = name(token, 'stream');
    into.type = 'stream';
  },
  service: (into, token) => {
    if (into.type === 'stream') {
      throw new Fault(token, `Detected service ${quoted(token)} but already saw a stream`);
    }
    into.subject = name(token, 'service');
    into.type = 'service';
  },
  'response|response_type': (into, token) => {
    if (into.response !== undefined) throw new Fault(token, 'Duplicate response type definition');
    into.response = token;
    const { value } = token;
    if (typeof value !== 'string') {
      throw new Fault(token, `Expected response type to be string, got ${typeOf(value)}`);
    }
    const type = RESPONSE_TYPES.get(value.toLowerCase());
    if (type === undefined) throw new Fault(token, `Unknown response type: ${quote(value)}`);
    into.responseType = type;
    if (into.type === 'stream') throw new Fault(token, notForStreams('response'));
  },
  'threshold|response_threshold|response_max_time|response_time': (into, token) => {
    if (into.threshold !== undefined) throw new Fault(token, 'Duplicate response threshold detected');
    into.threshold = token;
    const { value } = token;
    const wrong = (got: string): Fault =>
      new Fault(token, `Expected response threshold to be a parseable time duration, got ${got}`);
    if (typeof value !== 'string') throw wrong(typeOf(value));
    try {
      into.thresholdMs = parseGoDuration(value);
    } catch (error) {
      throw error instanceof DurationError ? wrong(quote(value)) : error;
    }
    if (into.type === 'stream') throw new Fault(token, notForStreams('response'));
  },
  accounts: (into, token, scope) => {
    const names = asArray(token.value).map((entry) => asString(scope.open(entry)));
    into.accounts = [...(into.accounts ?? []), ...names];
  },
  latency: (into, token, scope) => {
    into.latencyToken = token;
    into.latency = readLatency(token, scope);
    if (into.type === 'stream') throw new Fault(token, notForStreams('latency'));
  },
  account_token_position: (into, token) => {
    into.position = asInteger(token.value);
    // nats-server looks for a token of that number, and reports what Go says of that.
    if (into.position < 0) throw new Fault(token, 'account_token_position can not be negative');
  },
  allow_trace: (into, token) => {
    into.allowTraceToken = token;
    into.allowTrace = asBoolean(token.value);
    if (into.type === 'stream') throw new Fault(token, notForStreams('allow_trace'));
  },
});

const RESPONSE_TYPES = new Map<string, ResponseType>([
  ['single', 'singleton'],
  ['singleton', 'singleton'],
  ['stream', 'stream'],
  ['chunk', 'chunked'],
  ['chunked', 'chunked'],
]);

/** `%q` of any value; Go marks those that it cannot quote. */
function quoted(token: Token): string {
  const { value } = token;
  return typeof value === 'string' ? quote(value) : shown(value);
}

function name(token: Token, type: string): string {
  if (typeof token.value === 'string') return token.value;
  throw new Fault(token, `Expected ${type} name to be string, got ${typeOf(token.value)}`);
}

function readLatency(token: Token, scope: Scope): LatencyOptions {
  const { value } = token;
  if (typeof value === 'string') return { subject: value, sampling: LATENCY_SAMPLING_DEFAULT };
  const map = mapOf(value);
  if (map === undefined) {
    throw new Fault(token, `Expected latency entry to be a map/struct or string, got ${typeOf(value)}`);
  }
  return readOrFault(scope.report, (inner) => {
    const samplingToken = map.get('sampling');
    const sampling = samplingToken === undefined ? LATENCY_SAMPLING_DEFAULT : readSampling(samplingToken, inner);
    const subject = map.get('subject');
    if (subject === undefined) throw new Fault(token, 'Latency subject required, but missing');
    if (typeof subject.value !== 'string') {
      // nats-server names the type that it wants as the one that it got.
      throw new Fault(subject, 'Expected latency subject to be a string, got string');
    }
    return { subject: subject.value, sampling };
  });
}

function readSampling(token: Token, scope: Scope): number | 'headers' {
  const value = scope.open(token);
  let percent: number | undefined;
  if (typeof value === 'bigint') percent = Number(value);
  else if (typeof value !== 'string') {
    throw new Fault(token, `Expected latency sample to be a string or map/struct, got ${typeOf(value)}`);
  } else if (value.trim().toLowerCase() === 'headers') return 'headers';
  else {
    const digits = value.endsWith('%') ? value.slice(0, -1) : value;
    percent = parseDecimal(digits);
    if (percent === undefined) {
      throw new Fault(token, `Failed to parse latency sample: strconv.Atoi: parsing ${quote(digits)}: invalid syntax`);
    }
  }
  if (percent < 1 || percent > 100) throw new Fault(token, 'bad sampling percentage, should be 1-100');
  return percent;
}
