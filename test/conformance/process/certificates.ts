import { Authority } from '../../support/certificates.ts';

/** Issues `ca.pem`, `server.pem` and `server.key`, `other.pem` and `other.key` into a folder. */
export async function issueCertificates(folder: string): Promise<void> {
  const authority = await Authority.create(folder, 'Test');
  if (authority === undefined) throw new Error('these cases need the program openssl');
  await authority.issue({ name: 'server', names: 'IP:127.0.0.1,DNS:localhost' });
  await authority.issue({ name: 'other' });
}
