import { isValidSubject } from '../../subject/validity.ts';
import { SCOPE_EXPANSIONS_MAX } from '../../limits.ts';
import type { UserClaims, UserPermissionLimits } from '../jwt/claims.ts';
import { quoteText } from '../jwt/encoding.ts';
import { JwtError } from '../jwt/jwt-error.ts';
import { textToLatin1 } from '../../base/latin1.ts';

/** What a template may ask of the account. */
export interface TemplateAccount {
  readonly name: string;
  readonly tags: readonly string[];
}

/** Whether a user JWT says nothing of permissions and limits, as one signed by a scoped key has to. */
export function hasNoPermissions(user: UserPermissionLimits): boolean {
  const lists = [user.pub.allow, user.pub.deny, user.sub.allow, user.sub.deny, user.src, user.times];
  return (
    [...lists, user.allowed_connection_types].every((list) => list.length === 0) &&
    user.resp === undefined &&
    user.times_location === '' &&
    user.subs === 0 &&
    user.data === 0 &&
    user.payload === 0 &&
    !user.bearer_token &&
    !user.proxy_required
  );
}

/**
 * The permissions of a scoped user: the template with `{{name()}}` and the like filled in. An entry with tags becomes one
 * for every combination of their values. Entries to deny that cannot be filled in make an error, those to allow are
 * left out. Throws a `JwtError`.
 */
export function fillTemplate(
  template: UserPermissionLimits,
  user: UserClaims,
  account: TemplateAccount,
): UserPermissionLimits {
  const allow = (list: readonly string[]): readonly string[] => fillList(list, user, account, false);
  const deny = (list: readonly string[]): readonly string[] => fillList(list, user, account, true);
  const fill = ({ allow: allowed, deny: denied }: UserPermissionLimits['pub']): UserPermissionLimits['pub'] => {
    const filled = { allow: allow(allowed), deny: deny(denied) };
    // Nothing left of what was allowed must not mean that everything is.
    return allowed.length > 0 && filled.allow.length === 0 && !filled.deny.includes('>')
      ? { ...filled, deny: [...filled.deny, '>'] }
      : filled;
  };
  const sub = fill(template.sub);
  return { ...template, sub, pub: fill(template.pub) };
}

const PLACEHOLDER = /\{{2}([^}]+)\}{2}/g;

function fillList(
  list: readonly string[],
  user: UserClaims,
  account: TemplateAccount,
  denies: boolean,
): readonly string[] {
  if (!list.some((entry) => entry.match(PLACEHOLDER) !== null)) return list;
  const filled: string[] = [];
  for (const entry of list) {
    const places = [...entry.matchAll(PLACEHOLDER)].map(([text, operation]) => ({
      text,
      values: valuesOf((operation as string).trim(), entry, user, account, denies),
    }));
    const count = places.reduce((product, { values }) => product * values.length, 1);
    if (count > 1 && filled.length + count > SCOPE_EXPANSIONS_MAX) {
      throw new JwtError(`template expansion exceeds limit: ${SCOPE_EXPANSIONS_MAX}`);
    }
    for (const subject of combinations(entry, places)) {
      if (isValidSubject(textToLatin1(subject))) filled.push(subject);
      else if (denies) throw new JwtError('generated invalid subject');
    }
  }
  return filled;
}

/** Every way to put values into the places, the last place varying fastest. */
function* combinations(
  entry: string,
  places: readonly { readonly text: string; readonly values: readonly string[] }[],
): Generator<string> {
  const [place, ...others] = places;
  if (place === undefined) return yield entry;
  for (const value of place.values)
    yield* combinations(
      entry.replaceAll(place.text, () => value),
      others,
    );
}

function valuesOf(
  operation: string,
  entry: string,
  user: UserClaims,
  account: TemplateAccount,
  denies: boolean,
): readonly string[] {
  const lower = operation.toLowerCase();
  if (lower === 'name()') return [user.name];
  if (lower === 'subject()') return [user.sub];
  if (lower === 'account-name()') return [account.name];
  if (lower === 'account-subject()') return [user.nats.issuer_account];
  const tag = /^(account-)?tag\((.*)\)$/is.exec(operation);
  if (tag === null) {
    throw new JwtError(`template operation in ${quoteText(entry)}: ${quoteText(operation)} is not defined`);
  }
  const [, ofAccount, key = ''] = tag;
  const prefix = `${key.toLowerCase()}:`;
  const values = (ofAccount === undefined ? user.nats.tags : account.tags)
    .filter((text) => text.startsWith(prefix))
    .map((text) => text.slice(prefix.length));
  if (values.length > 0) return values;
  if (denies) throw new JwtError(`generated invalid subject ${quoteText(entry)}: ${quoteText(key)} is not defined`);
  // Makes a subject that is none, which is then left out.
  return [' '];
}
