import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Authority } from '../support/certificates.ts';

/** Certificates that configurations name as `$CERTS/name.pem` and `$CERTS/name.key`; `$CERTS/ca.pem` stands for all but `stranger`. */
export type CertificateName = 'server' | 'second' | 'rsa' | 'client' | 'stranger' | 'expired';

let made: Promise<string> | undefined;

/** A folder with all of them, made when the first case asks for it. */
export function certificateFolder(): Promise<string> {
  made ??= make();
  return made;
}

/** Takes the folder away again, if it was made. */
export async function removeCertificates(): Promise<void> {
  const folder = made;
  made = undefined;
  if (folder !== undefined) await rm(await folder, { recursive: true, force: true });
}

async function make(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'natscope-certificates-'));
  const authority = await Authority.create(folder, 'Conformance CA');
  const elsewhere = await Authority.create(join(folder, 'elsewhere'), 'Another CA');
  if (authority === undefined || elsewhere === undefined) throw new Error('cases with TLS need the openssl program');
  const names = 'DNS:localhost,IP:127.0.0.1';
  await Promise.all([
    authority.issue({ name: 'server', names, usage: 'serverAuth' }),
    authority.issue({ name: 'second', names: 'DNS:second.example', usage: 'serverAuth' }),
    authority.issue({ name: 'rsa', names, usage: 'serverAuth', key: 'rsa' }),
    authority.issue({
      name: 'client',
      subject: '/CN=ada/O=Example',
      names: 'email:ada@example.org',
      usage: 'clientAuth',
    }),
    authority.issue({ name: 'expired', usage: 'clientAuth', validDays: [-9, -1] }),
    elsewhere.issue({ name: 'stranger', usage: 'clientAuth' }),
  ]);
  return folder;
}

/** Where a certificate and its key are. */
export function certificateFiles(folder: string, name: CertificateName): { cert: string; key: string } {
  const place = name === 'stranger' ? join(folder, 'elsewhere') : folder;
  return { cert: join(place, `${name}.pem`), key: join(place, `${name}.key`) };
}
