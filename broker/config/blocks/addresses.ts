import { formatGoUrl, type GoUrl, parseGoUrl } from '../go/url.ts';
import { quote } from '../go/text.ts';
import type { Token } from '../grammar/token.ts';
import { asString, Fault, type Report, type Scope } from '../report.ts';

/** An address of another server, as it is written again. Throws a `Fault`. `kind`: `route`, `gateway` … */
export function readAddress(text: string, token: Token, kind: string): string {
  return formatGoUrl(readUrl(text, token, kind));
}

export function readUrl(text: string, token: Token, kind: string): GoUrl {
  const url = parseGoUrl(text.trim());
  if (typeof url === 'string') throw new Fault(token, `error parsing ${kind} url [${quote(text.trim())}]`);
  return url;
}

/**
 * Addresses of other servers; one that is there twice is warned of and left out. Undefined where something is wrong with one
 * of them, which is reported.
 */
export function readAddresses(entries: readonly Token[], kind: string, scope: Scope): string[] | undefined {
  const seen = new Set<string>();
  const addresses: string[] = [];
  let faults = 0;
  const failed = (report: Report, fault: Fault): void => {
    faults++;
    report.add(fault);
  };
  const complete = scope.guard((inner) => {
    for (const entry of entries) {
      const text = asString(inner.open(entry));
      if (seen.has(text)) {
        inner.report.warnOf(text, entry, `Duplicate ${kind} entry detected`);
        continue;
      }
      seen.add(text);
      try {
        addresses.push(readAddress(text, entry, kind));
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        failed(inner.report, error);
      }
    }
    return true;
  });
  return complete === true && faults === 0 ? addresses : undefined;
}
