import type { AccountOptions, MappingOptions } from '../options/accounts.ts';
import { isSubset } from '../subject/subset.ts';

/** What is found below `$JS.<domain>.API.`, and where it is: the API, and the subjects of buckets. */
const BELOW_DOMAIN = [
  ['INFO', '$JS.API.INFO'],
  ...['STREAM', 'CONSUMER', 'DIRECT', 'META', 'SERVER', 'ACCOUNT'].map(
    (part) => [`${part}.>`, `$JS.API.${part}.>`] as const,
  ),
  ['$KV.>', '$KV.>'],
  ['$OBJ.>', '$OBJ.>'],
] as const;

/** The API under the name of the domain, as accounts with an API have it. `own`: mappings that the account has anyway. */
export function domainMappings(domain: string, own: readonly MappingOptions[] = []): MappingOptions[] {
  return BELOW_DOMAIN.map(([below, to]) => mapping(`$JS.${domain}.API.${below}`, to)).filter(
    ({ source }) => !own.some((other) => other.source === source),
  );
}

/** The same for the system account. */
export function systemDomainMappings(domain: string): MappingOptions[] {
  return [mapping(`$JS.${domain}.API.>`, '$JS.API.>')];
}

/** Whether an account has the API of another one under the usual subjects. */
export function importsApi({ imports = [] }: AccountOptions): boolean {
  return imports.some(({ type, subject, to, prefix }) => {
    if (type !== 'service') return false;
    return isSubset('$JS.API.INFO', to || (prefix ? `${prefix}.${subject}` : subject));
  });
}

function mapping(source: string, subject: string): MappingOptions {
  return { source, destinations: [{ subject, weight: 100 }] };
}
