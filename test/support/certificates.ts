import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificate {
  cert: string;
  key: string;
}

export interface CertificateRequest {
  name: string;
  /** `DNS:localhost,IP:127.0.0.1`. */
  names?: string;
  /** Days from now, negative for the past. */
  validDays?: [from: number, to: number];
}

const dayMs = 86_400_000;

/** An authority of its own, made with the openssl program at the time of the test; paths of PEM files. */
export class Authority {
  readonly ca: string;
  readonly #folder: string;
  readonly #key: string;

  private constructor(folder: string) {
    this.#folder = folder;
    this.ca = join(folder, 'ca.pem');
    this.#key = join(folder, 'ca.key');
  }

  /** Undefined when there is no openssl on this machine. */
  static async create(folder: string, name: string): Promise<Authority | undefined> {
    await mkdir(folder, { recursive: true });
    const authority = new Authority(folder);
    await writeFile(
      join(folder, 'ca.conf'),
      [
        '[ca]',
        'default_ca = authority',
        '[authority]',
        `dir = ${folder}`,
        `database = ${join(folder, 'index.txt')}`,
        `new_certs_dir = ${folder}`,
        'default_md = sha256',
        'policy = any',
        'rand_serial = yes',
        'unique_subject = no',
        'copy_extensions = copy',
        '[any]',
        'commonName = supplied',
        '[req]',
        'distinguished_name = dn',
        '[dn]',
      ].join('\n'),
    );
    await writeFile(join(folder, 'index.txt'), '');
    try {
      await openssl(
        ['req', '-x509', ...newKey, '-keyout', authority.#key, '-out', authority.ca, '-days', '30'],
        ['-subj', `/CN=${name}`, '-config', join(folder, 'ca.conf')],
        ['-addext', 'basicConstraints=critical,CA:TRUE'],
      );
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    return authority;
  }

  async issue({ name, names, validDays = [-1, 20] }: CertificateRequest): Promise<Certificate> {
    const file = join(this.#folder, name.replace(/\W/g, '-'));
    const config = ['-config', join(this.#folder, 'ca.conf')];
    const alternative = names === undefined ? [] : ['-addext', `subjectAltName=${names}`];
    await openssl(
      ['req', ...newKey, '-keyout', `${file}.key`, '-out', `${file}.csr`, '-subj', `/CN=${name}`],
      alternative,
      config,
    );
    const [from, to] = validDays.map((days) => asn1Time(Date.now() + days * dayMs));
    await openssl(
      ['ca', '-batch', '-notext', '-in', `${file}.csr`, '-out', `${file}.pem`, '-cert', this.ca, '-keyfile', this.#key],
      ['-startdate', from ?? '', '-enddate', to ?? ''],
      config,
    );
    return { cert: `${file}.pem`, key: `${file}.key` };
  }
}

const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

async function openssl(...args: string[][]): Promise<void> {
  await run('openssl', args.flat(), { timeout: 20_000 });
}

function asn1Time(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;
}
