import type { CertificateNames } from './certificate-names.ts';
import {
  domainComponentsText,
  nameOfSubject,
  namesEqual,
  namesMatch,
  parseDistinguishedName,
  standardSubjectText,
} from './distinguished-name.ts';

/**
 * Finds the user that a certificate stands for (`verify_and_map`), in nats-server's order: addresses, DNS names and URIs
 * of the alternative names, then the subject as a distinguished name (in its order, then in any), then the subject as Go
 * writes it, with domain components and without. `users` are the names of those who may come in this way.
 */
export function userOfCertificate(names: CertificateNames, users: ReadonlySet<string>): string | undefined {
  const { emails, dnsNames, uris, subject } = names;
  if (emails.length + dnsNames.length + uris.length + subject.length === 0) return undefined;
  const alternative = [...emails, ...dnsNames, ...uris].find((name) => users.has(name));
  if (alternative !== undefined) return alternative;
  const byName = userOfSubject(names, users);
  if (byName !== undefined) return byName;
  const text = standardSubjectText(subject);
  const domain = domainComponentsText(subject);
  const texts = domain === '' ? [text] : [`${text},${domain}`, text];
  return texts.find((candidate) => candidate !== '' && users.has(candidate));
}

function userOfSubject({ subject }: CertificateNames, users: ReadonlySet<string>): string | undefined {
  const wanted = nameOfSubject(subject);
  if (wanted === undefined) return undefined;
  let reordered: string | undefined;
  for (const user of users) {
    const name = parseDistinguishedName(user);
    if (name === undefined) continue;
    if (namesEqual(name, wanted)) return user;
    if (reordered === undefined && namesMatch(name, wanted)) reordered = user;
  }
  return reordered;
}
