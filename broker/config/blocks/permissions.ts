import type { PermissionsOptions, ResponsePermissions, SubjectPermissions } from '../../options/permissions.ts';
import { isValidSubject } from '../../subject/validity.ts';
import { quote, shown, typeOf } from '../go/text.ts';
import type { Token } from '../grammar/token.ts';
import { durationOf, type Keys, keys, readKeys, type Reader } from '../fields.ts';
import { arrayOf, asInteger, Fault, mapOf, type Scope } from '../report.ts';

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

const RESPONSES_DEFAULT: ResponsePermissions = { messagesMax: 1, expiresMs: 120_000 };

/** `permissions`; undefined where a wrong type has ended it. Throws a `Fault`, which says its place unless not `placed`. */
export function readPermissions(token: Token, scope: Scope, placed = true): PermissionsOptions | undefined {
  return scope.guard((inner) => {
    const map = mapOf(inner.open(token));
    if (map === undefined) {
      throw new Fault(token, `Expected permissions to be a map/struct, got ${shown(token.value)}`, placed);
    }
    const permissions: Writable<PermissionsOptions> = {};
    const unknown = (key: string, field: Token): void =>
      inner.unknown(key, field, `Unknown field ${quote(key)} parsing permissions`);
    readKeys(map, PERMISSION_KEYS, permissions, inner, { unknown });
    // Who may answer may not publish anything else, unless that is said.
    if (permissions.allowResponses !== undefined && permissions.publish?.allow === undefined) {
      permissions.publish = { ...permissions.publish, allow: [] };
    }
    return permissions;
  });
}

const PERMISSION_KEYS: Keys<Writable<PermissionsOptions>> = keys<Writable<PermissionsOptions>>({
  // Routes say import and export.
  'pub|publish|import': (into, token, scope) => {
    into.publish = readSubjectPermissions(token, scope, false);
  },
  'sub|subscribe|export': (into, token, scope) => {
    into.subscribe = readSubjectPermissions(token, scope, true);
  },
  'publish_allow_responses|allow_responses': (into, token, scope) => {
    if (typeof token.value === 'boolean') into.allowResponses = token.value ? RESPONSES_DEFAULT : undefined;
    else into.allowResponses = readResponses(token, scope);
  },
});

/** With `queues` a subject may have a queue name behind it. */
function readSubjectPermissions(token: Token, scope: Scope, queues: boolean): SubjectPermissions | undefined {
  const map = mapOf(token.value);
  if (map === undefined) return withoutEmpty({ allow: readSubjects(token, scope, queues, false) });
  return scope.guard((inner) => {
    if (map.size === 0) return undefined;
    const permissions: Writable<SubjectPermissions> = {};
    const unknown = (key: string, field: Token): void =>
      inner.unknown(
        key,
        field,
        `Unknown field name ${quote(key)} parsing subject permissions, only 'allow' or 'deny' are permitted`,
      );
    readKeys(map, queues ? SUBSCRIBE_KEYS : PUBLISH_KEYS, permissions, inner, { unknown });
    return withoutEmpty(permissions);
  });
}

function subjectKeys(queues: boolean): Keys<Writable<SubjectPermissions>> {
  const list =
    (name: 'allow' | 'deny'): Reader<Writable<SubjectPermissions>> =>
    (into, field, scope) => {
      into[name] = readSubjects(field, scope, queues);
    };
  return keys({ allow: list('allow'), deny: list('deny') });
}

const PUBLISH_KEYS = subjectKeys(false);
const SUBSCRIBE_KEYS = subjectKeys(true);

/** An empty list says nothing, as if it was not there. */
function withoutEmpty({ allow, deny }: SubjectPermissions): SubjectPermissions {
  return {
    ...(allow !== undefined && allow.length > 0 && { allow }),
    ...(deny !== undefined && deny.length > 0 && { deny }),
  };
}

/** A subject or an array of them. Throws a `Fault`, which says its place unless not `placed`. */
export function readSubjects(token: Token, scope: Scope, queues: boolean, placed = true): string[] {
  const value = scope.open(token);
  const subjects: string[] = [];
  const entries = arrayOf(value);
  if (typeof value === 'string') subjects.push(value);
  else if (entries === undefined) {
    throw new Fault(
      token,
      `Expected subject permissions to be a subject, or array of subjects, got ${typeOf(value)}`,
      placed,
    );
  } else {
    for (const entry of entries) {
      const subject = scope.open(entry);
      if (typeof subject !== 'string') {
        throw new Fault(entry, 'Subject in permissions array cannot be cast to string');
      }
      subjects.push(subject);
    }
  }
  const reason = subjectsFault(subjects, queues);
  if (reason !== undefined) throw new Fault(token, reason, placed);
  return subjects;
}

/** What is wrong with the subjects of permissions; undefined: nothing. */
export function subjectsFault(subjects: readonly string[], queues: boolean): string | undefined {
  for (const subject of subjects) {
    if (isValidSubject(subject)) continue;
    const [name = '', queue = '', ...more] = queues ? subject.split(/[\s\u0085]+/).filter((word) => word !== '') : [];
    if (queue === '' || more.length > 0) return `subject ${quote(subject)} is not a valid subject`;
    if (!isValidSubject(name)) return `subject ${quote(name)} is not a valid subject`;
    if (!isValidSubject(queue)) return `queue ${quote(queue)} is not a valid queue`;
  }
  return undefined;
}

function readResponses(token: Token, scope: Scope): ResponsePermissions | undefined {
  return scope.guard((inner) => {
    const map = mapOf(inner.open(token));
    if (map === undefined) {
      inner.report.error(token, 'error parsing response permissions, expected a boolean or a map');
      return undefined;
    }
    const responses: Writable<ResponsePermissions> = { ...RESPONSES_DEFAULT };
    const unknown = (key: string, field: Token): void =>
      inner.unknown(key, field, `Unknown field ${quote(key)} parsing permissions`);
    const read = inner.attempt(() => {
      readKeys(map, RESPONSE_KEYS, responses, inner, { unknown, stopAtFault: true });
      return responses;
    });
    return read;
  });
}

const RESPONSE_KEYS: Keys<Writable<ResponsePermissions>> = keys<Writable<ResponsePermissions>>({
  // 0 is the default, and less than 0 no limit.
  'max|max_msgs|max_messages|max_responses': (into, token) => {
    into.messagesMax = asInteger(token.value) || RESPONSES_DEFAULT.messagesMax;
  },
  'expires|expiration|ttl': (into, token) => {
    if (typeof token.value !== 'string') {
      throw new Fault(token, 'error parsing expires, not a duration string');
    }
    into.expiresMs = durationOf(token.value, token, 'error parsing expires: ') || RESPONSES_DEFAULT.expiresMs;
  },
});
