import { readCertificateNames } from '../auth/certificate/certificate-names.ts';
import { DerError } from '../auth/certificate/der.ts';
import { standardSubjectText } from '../auth/certificate/distinguished-name.ts';

/** Attributes that have a name in Go; the others come behind them, with their identifiers. */
const NAMED = /^2\.5\.4\.([35678]|9|10|11|17)$/;

/** The subject of a certificate (DER) as Go prints it: `CN=client,OU=Unit,O=Org,C=DE,2.5.4.12=Dr`. '' when it cannot be read. */
export function subjectText(certificate: Buffer): string {
  try {
    const { subject } = readCertificateNames(certificate);
    const others = subject
      .flat()
      .filter(({ type }) => !NAMED.test(type))
      .map(({ type, value = '' }) => `${type}=${value.replace(/[,+"\\<>;]|^[ #]| $/g, '\\$&')}`);
    return [standardSubjectText(subject), ...others.toReversed()].filter((part) => part !== '').join(',');
  } catch (error) {
    if (error instanceof DerError) return '';
    throw error;
  }
}
