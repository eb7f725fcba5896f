/** Keys, hashes and operator trees for trying things out. Secrets go to who asked, or into files for him; nowhere else. */

import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { bcryptHash, createOperatorTree, newKeyPair } from '../../broker/index.ts';
import type { NkeyPair, OperatorTreeMade, OperatorTreeParams } from '../bridge/contract.ts';
import { BridgeError } from '../bridge/frames.ts';

/** bcrypt looks at no more of a password. */
const passwordBytesMax = 72;
/** For the owner only. */
const fileMode = 0o600;
const folderMode = 0o700;

export function makeKey(kind: NkeyPair['kind']): NkeyPair {
  const { publicKey, seed } = newKeyPair(kind);
  return { kind, publicKey, seed };
}

export async function hashPassword(password: string, cost: number): Promise<string> {
  if (Buffer.byteLength(password) > passwordBytesMax) {
    throw new BridgeError(
      'too-long',
      `bcrypt takes ${passwordBytesMax} bytes of a password at most. Choose a shorter one.`,
    );
  }
  return bcryptHash(password, cost);
}

/** Makes operator, accounts and users, and writes a creds file for each user and one file with the seeds of the others. */
export async function makeOperatorTree(params: OperatorTreeParams): Promise<OperatorTreeMade> {
  const folder = folderOf(params.folder);
  const tree = createOperatorTree({ operator: params.operator, accounts: params.accounts });
  const files = new Map<string, string>();
  const name = (...parts: string[]): string => {
    const wanted = join(folder, ...parts.slice(0, -1).map(fileName), fileName(parts.at(-1) ?? ''));
    let path = wanted;
    for (let number = 2; files.has(path); number++) path = wanted.replace(/(\.\w+)$/, `-${number}$1`);
    return path;
  };
  const accounts = tree.accounts.map((account) => ({
    name: account.name,
    publicKey: account.publicKey,
    system: account === tree.systemAccount,
    users: account.users.map((user) => {
      const file = name(account.name, `${user.name}.creds`);
      files.set(file, user.creds);
      return { name: user.name, publicKey: user.publicKey, file };
    }),
  }));
  const seedsFile = name(`${tree.operator.name}.seeds`);
  const seeds = [tree.operator, ...tree.accounts].map((one) => `${one.publicKey} ${one.seed} ${one.name}\n`);
  files.set(seedsFile, seeds.join(''));
  await writeAll(files);
  return {
    operator: { name: tree.operator.name, publicKey: tree.operator.publicKey },
    accounts,
    seedsFile,
    configuration: tree.configuration,
  };
}

/** Nothing that is there is overwritten. What was written before a failure stays, and the error says which failed. */
async function writeAll(files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, content] of files) {
    try {
      await mkdir(join(path, '..'), { recursive: true, mode: folderMode });
      await writeFile(path, content, { mode: fileMode, flag: 'wx' });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const reason = code === 'EEXIST' ? 'is there already' : `cannot be written (${code ?? String(error)})`;
      throw new BridgeError('not-saved', `${path} ${reason}. Choose another folder.`);
    }
  }
}

function folderOf(path: string): string {
  return resolve(path.replace(/^~(?=$|[\\/])/, homedir()));
}

function fileName(text: string): string {
  const safe = text.replace(/[^\p{L}\p{N}._-]+/gu, '_').replace(/^\.+/, '_');
  return safe === '' ? '_' : safe;
}
