import { publicKeyKind } from '../../auth/nkey.ts';
import { quote, typeOf } from '../go/text.ts';
import type { Token } from '../grammar/token.ts';
import { type Keys, keys, readKeys } from '../fields.ts';
import { arrayOf, asString, Fault, mapOf, type Scope } from '../report.ts';

/** `proxies`: public keys of proxies that connections may come through. Throws a `Fault`. */
export function readProxies(token: Token, scope: Scope): string[] {
  const trusted: string[] = [];
  scope.guard((inner) => {
    const map = mapOf(inner.open(token));
    if (map === undefined) {
      throw new Fault(token, `expected proxies to be a map/struct, got ${typeOf(token.value)}`);
    }
    readKeys(map, PROXIES_KEYS, trusted, inner);
  });
  return trusted;
}

const PROXIES_KEYS: Keys<string[]> = keys<string[]>({
  trusted: (into, token, scope) => {
    scope.guard((inner) => {
      const entries = arrayOf(inner.open(token));
      if (entries === undefined) {
        throw new Fault(token, `expected proxies' trusted field to be an array, got ${typeOf(token.value)}`);
      }
      for (const entry of entries) {
        const map = mapOf(inner.open(entry));
        if (map !== undefined) readKeys(map, PROXY_KEYS, into, inner);
        else {
          inner.report.error(entry, `expected proxies' trusted entry to be a map/struct, got ${typeOf(entry.value)}`);
        }
      }
    });
  },
});

const PROXY_KEYS: Keys<string[]> = keys<string[]>({
  'key|public_key': (into, token) => {
    const key = asString(token.value);
    if (publicKeyKind(key) === undefined) throw new Fault(token, `invalid proxy key ${quote(key)}`);
    into.push(key);
  },
});
