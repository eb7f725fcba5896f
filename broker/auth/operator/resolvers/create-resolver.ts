import { CACHED_ACCOUNTS_MAX_DEFAULT } from '../../../limits.ts';
import type { ResolverOptions } from '../../../options/authentication.ts';
import type { OperatorDependencies } from '../dependencies.ts';
import type { TrustedOperators } from '../operators.ts';
import { FolderResolver } from './folder-resolver.ts';
import { FullResolver } from './full-resolver.ts';
import { MemoryResolver } from './memory-resolver.ts';
import type { AccountResolver } from './resolver.ts';
import { UrlResolver } from './url-resolver.ts';

/** The resolver that the options ask for. Throws a `BrokerError` when it cannot be. */
export function createResolver(
  options: ResolverOptions,
  dependencies: OperatorDependencies,
  operators: TrustedOperators,
): AccountResolver {
  switch (options.type) {
    case 'memory':
      return new MemoryResolver(dependencies);
    case 'url':
      return new UrlResolver(dependencies, options.url, options.tls);
    case 'full':
      return new FullResolver(dependencies, operators, {
        folder: options.folder,
        deletion: options.deleteAllowed !== true ? 'none' : options.hardDelete === true ? 'remove' : 'rename',
        entriesMax: options.entriesMax || undefined,
        timeoutMs: options.timeoutMs,
        syncIntervalMs: options.syncIntervalMs,
      });
    case 'cache':
      return new FolderResolver(dependencies, operators, {
        full: false,
        folder: options.folder,
        deletion: 'remove',
        entriesMax: options.entriesMax || CACHED_ACCOUNTS_MAX_DEFAULT,
        evicts: true,
        ttlMs: options.ttlMs || undefined,
        timeoutMs: options.timeoutMs,
      });
  }
}
