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
  /** Whole name as openssl takes it (`/CN=ada/O=Example`); only the `name` when left out. */
  subject?: string;
  /** What it may be used for (`serverAuth`, `clientAuth`); anything when left out. */
  usage?: string;
  /** Kind of its key: P-256 when left out. */
  key?: 'rsa' | 'ed25519';
}

const dayMs = 86_400_000;

/** An authority of its own, made with the openssl program at the time of the test; paths of PEM files. */
export class Authority {
  readonly ca: string;
  readonly #folder: string;
  readonly #key: string;
  /** The authority's books can be written by one at a time. */
  #issued: Promise<unknown> = Promise.resolve();

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
        'organizationName = optional',
        'organizationalUnitName = optional',
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

  issue(request: CertificateRequest): Promise<Certificate> {
    const certificate = this.#issued.then(() => this.#issue(request));
    this.#issued = certificate.catch(() => undefined);
    return certificate;
  }

  async #issue(request: CertificateRequest): Promise<Certificate> {
    const { name, names, validDays = [-1, 20], subject = `/CN=${name}`, usage, key } = request;
    const file = join(this.#folder, name.replace(/\W/g, '-'));
    const config = ['-config', join(this.#folder, 'ca.conf')];
    const extensions = [
      ...(names === undefined ? [] : ['-addext', `subjectAltName=${names}`]),
      ...(usage === undefined ? [] : ['-addext', `extendedKeyUsage=${usage}`]),
    ];
    const keyKind = key === undefined ? newKey : ['-newkey', key === 'rsa' ? 'rsa:2048' : key, '-nodes'];
    await openssl(
      ['req', ...keyKind, '-keyout', `${file}.key`, '-out', `${file}.csr`, '-subj', subject],
      extensions,
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
