/** Operator mode in a configuration: what it takes the place of, and the text with it. */

import { applyEdits, removeValue } from '../config-text/edit.ts';
import { arrayAt, mapAt, nodeAt } from '../config-text/paths.ts';
import { lineEndOf } from '../config-text/layout.ts';
import { parseSyntax, type Syntax } from '../config-text/syntax.ts';

/** Who may come in is told by JWTs then; users and accounts of the text and an earlier operator have no place beside them. */
const replaced = [
  'authorization',
  'accounts',
  'no_auth_user',
  'operator|operators|root|roots|root_operator|root_operators',
  'resolver|account_resolver|accounts_resolver',
  'resolver_preload',
  'resolver_tls',
  'resolver_pinned_accounts',
  'system_account|system',
  'trusted|trusted_keys',
  'default_sentinel',
];

export interface Replaced {
  users: number;
  accounts: number;
  operator: boolean;
}

export function replacedBy(syntax: Syntax): Replaced {
  const node = nodeAt(syntax, ['accounts']);
  const accounts = node?.kind === 'map' ? node.entries : node?.kind === 'array' ? node.items : [];
  const inAccounts =
    node?.kind === 'map'
      ? node.entries.reduce(
          (sum, { key }) => sum + (arrayAt(syntax, ['accounts', { name: key }, 'users'])?.items.length ?? 0),
          0,
        )
      : 0;
  const single = mapAt(syntax, ['authorization'])?.entries.some(({ key }) => /^(user|username|token)$/i.test(key));
  return {
    users: (arrayAt(syntax, ['authorization', 'users'])?.items.length ?? 0) + inAccounts + (single === true ? 1 : 0),
    accounts: accounts.length,
    operator: nodeAt(syntax, ['operator|operators|root|roots|root_operator|root_operators']) !== undefined,
  };
}

/** The text with the lines of the operator at its end. Everything else stays as it is. */
export function withOperator(text: string, configuration: string): string {
  let result = text;
  for (const key of replaced) result = applyEdits(result, removeValue(parseSyntax(result), [key]));
  const end = lineEndOf(text);
  const lines = configuration.trimEnd().split(/\r?\n/).join(end);
  const { root } = parseSyntax(result);
  if (!root.bare) {
    // The whole stands in braces: so do these lines.
    const close = root.to - 1;
    return `${result.slice(0, close).trimEnd()}${end}${lines}${end}${result.slice(close)}`;
  }
  const before = result.trimEnd();
  return before === '' ? lines + end : `${before}${end}${end}${lines}${end}`;
}
