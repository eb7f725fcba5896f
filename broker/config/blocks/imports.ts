import type { ImportOptions } from '../../options/accounts.ts';
import { quote, typeOf } from '../go/text.ts';
import type { Token } from '../grammar/token.ts';
import { type Keys, keys, readKeys, text } from '../fields.ts';
import { arrayOf, asBoolean, asString, Fault, mapOf, type Scope } from '../report.ts';

interface Draft {
  type?: 'stream' | 'service';
  account?: string | undefined;
  subject?: string | undefined;
  prefix?: string;
  to?: string;
  toToken?: Token;
  share?: boolean;
  allowTrace?: boolean;
  allowTraceToken?: Token;
}

/** `imports` of an account. Throws a `Fault`. */
export function readImports(token: Token, scope: Scope): ImportOptions[] {
  const entries = arrayOf(token.value);
  if (entries === undefined) throw new Fault(token, `Imports should be an array, got ${typeOf(token.value)}`);
  const imports: ImportOptions[] = [];
  for (const entry of entries) {
    const found = scope.attempt(() => readImport(entry, scope));
    if (found === undefined) continue;
    const local = found.to || found.subject;
    const same = imports.find(
      (other) =>
        other.type === 'service' &&
        found.type === 'service' &&
        other.account === found.account &&
        (other.to || other.subject) === local,
    );
    if (same === undefined) imports.push(found);
    else {
      const before = `account ${quote(same.account)}, subject ${quote(same.subject)}`;
      scope.report.error(
        entry,
        `Duplicate service import subject ${quote(local)}, previously used in import for ${before}`,
      );
    }
  }
  return imports;
}

function readImport(token: Token, scope: Scope): ImportOptions | undefined {
  return scope.guard((inner) => {
    const map = mapOf(inner.open(token));
    if (map === undefined) {
      throw new Fault(token, `Import Items should be a map with type entry, got ${typeOf(token.value)}`);
    }
    const draft: Draft = {};
    readKeys(map, IMPORT_KEYS, draft, inner);
    const { type, account, subject, prefix, to, toToken, share, allowTrace } = draft;
    if (type === 'stream' && prefix && to) {
      throw new Fault(toToken, "Stream import can not have a 'prefix' and a 'to' property");
    }
    // An entry that names neither is let pass, as nats-server does.
    if (type === undefined || account === undefined || subject === undefined) return undefined;
    const isStream = type === 'stream';
    return {
      type,
      account,
      subject,
      ...(to !== undefined && to !== '' && { to }),
      ...(isStream && prefix !== undefined && prefix !== '' && { prefix }),
      ...(!isStream && share !== undefined && { share }),
      ...(isStream && allowTrace !== undefined && { allowTrace }),
    };
  });
}

const NOT_FOR_SERVICES = 'Detected allow_trace directive on a non-stream';

const IMPORT_KEYS: Keys<Draft> = keys<Draft>({
  stream: (into, token, scope) => {
    if (into.type === 'service') throw new Fault(token, 'Detected stream but already saw a service');
    readOrigin(into, token, scope, 'stream');
  },
  service: (into, token, scope) => {
    if (into.type === 'stream') throw new Fault(token, 'Detected service but already saw a stream');
    if (into.allowTraceToken !== undefined) throw new Fault(into.allowTraceToken, NOT_FOR_SERVICES);
    readOrigin(into, token, scope, 'service');
  },
  prefix: (into, token) => {
    into.prefix = asString(token.value);
  },
  to: (into, token) => {
    into.to = asString(token.value);
    into.toToken = token;
  },
  share: (into, token) => {
    into.share = asBoolean(token.value);
  },
  allow_trace: (into, token) => {
    if (into.type === 'service') throw new Fault(token, NOT_FOR_SERVICES);
    into.allowTrace = asBoolean(token.value);
    into.allowTraceToken = token;
  },
});

interface Origin {
  account?: string | undefined;
  subject?: string | undefined;
}

const ORIGIN_KEYS: Keys<Origin> = keys<Origin>({ account: text('account'), subject: text('subject') });

/** `{account, subject}`: where it comes from. */
function readOrigin(into: Draft, token: Token, scope: Scope, type: 'stream' | 'service'): void {
  const map = mapOf(token.value);
  if (map === undefined) {
    const what = type === 'stream' ? 'Stream' : 'Service';
    throw new Fault(token, `${what} entry should be an account map, got ${typeOf(token.value)}`);
  }
  const origin: Origin = {};
  // What a wrong type has ended has no name either.
  const read = scope.guard((inner) => {
    readKeys(map, ORIGIN_KEYS, origin, inner);
    return origin;
  });
  if (!read?.account || !read.subject) throw new Fault(token, 'Expect an account name and a subject');
  into.type = type;
  into.account = read.account;
  into.subject = read.subject;
}
