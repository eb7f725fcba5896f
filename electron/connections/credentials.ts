/**
 * What a profile says of authentication and TLS, made into what goes on the wire. Files are read anew for each attempt,
 * because creds and certificates are renewed in place. Nothing here puts a secret into an error, a fact or a summary.
 */

import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import { fromSeed } from '@nats-io/nkeys';
import type { Authentication, TlsOptions } from '../bridge/contract.ts';
import { ConnectFailure } from './failure-catalogue.ts';
import type { Fact, FailureCode } from './failure-catalogue.ts';
import { credentialBytesMax } from './limits.ts';

/** The fields of CONNECT that authenticate. */
export interface ConnectFields {
  user?: string;
  pass?: string;
  auth_token?: string;
  nkey?: string;
  jwt?: string;
  sig?: string;
}

export interface Credentials {
  /** Throws nothing: all that can fail was tried when the credentials were loaded. */
  fields(nonce: string | undefined): ConnectFields;
  /** Who asks, without secrets: `user ann`, `creds UAQ3…X7PL, account PLANT`. Empty when nobody does. */
  summary: string;
  facts: Fact[];
  /** Milliseconds since the epoch; absent when they do not expire. */
  expiresAt?: number;
  /** Whether the server must send a nonce to sign. */
  signs: boolean;
}

export interface TlsFiles {
  ca?: string[];
  cert?: Buffer;
  key?: Buffer;
}

/** `~/` at the beginning is the home folder, as in every shell. */
export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') || path.startsWith('~\\') ? join(homedir(), path.slice(1)) : path;
}

/** Throws `ConnectFailure` of the step `connect`. */
export async function loadCredentials(authentication: Authentication): Promise<Credentials> {
  switch (authentication.method) {
    case 'none':
      return { fields: () => ({}), summary: '', facts: [], signs: false };
    case 'user': {
      const { user, password } = authentication;
      return {
        fields: () => ({ user, pass: password }),
        summary: `user ${user}`,
        facts: [{ label: 'User', value: user }],
        signs: false,
      };
    }
    case 'token':
      return { fields: () => ({ auth_token: authentication.token }), summary: 'token', facts: [], signs: false };
    case 'nkey': {
      const signer = signerOf(await seedOf(authentication));
      return {
        fields: (nonce) => ({ nkey: signer.publicKey, ...signer.sign(nonce) }),
        summary: `nkey ${shortKey(signer.publicKey)}`,
        facts: [{ label: 'NKey', value: signer.publicKey }],
        signs: true,
      };
    }
    case 'creds': {
      const text = await readSmall(authentication.file, 'Creds file', {
        missing: 'creds-missing',
        unreadable: 'creds-unreadable',
        malformed: 'creds-malformed',
      });
      const [jwt, seed] = credsParts(text.toString('utf8'));
      if (jwt === undefined || seed === undefined) {
        throw new ConnectFailure('creds-malformed', { facts: [{ label: 'Creds file', value: authentication.file }] });
      }
      return jwtCredentials('creds', jwt, seed);
    }
    case 'jwt':
    default:
      return jwtCredentials('JWT', authentication.jwt.trim(), authentication.seed?.trim() || undefined);
  }
}

function jwtCredentials(kind: string, jwt: string, seed: string | undefined): Credentials {
  const claims = readClaims(jwt);
  const signer = seed === undefined ? undefined : signerOf(seed);
  const expiresAt = typeof claims.exp === 'number' && claims.exp > 0 ? claims.exp * 1000 : undefined;
  const account = claims.nats?.issuer_account ?? claims.iss;
  const facts: Fact[] = [];
  if (typeof claims.name === 'string' && claims.name !== '') facts.push({ label: 'User', value: claims.name });
  if (typeof claims.sub === 'string') facts.push({ label: 'NKey', value: claims.sub });
  if (typeof account === 'string') facts.push({ label: 'Account', value: account });
  if (signer !== undefined && typeof claims.sub === 'string' && signer.publicKey !== claims.sub) {
    facts.push({ label: 'Seed is of', value: signer.publicKey, bad: true });
  }
  const who = typeof claims.sub === 'string' ? ` ${shortKey(claims.sub)}` : '';
  const where = typeof account === 'string' ? `, account ${shortKey(account)}` : '';
  return {
    fields: (nonce) => ({ jwt, ...signer?.sign(nonce) }),
    summary: `${kind}${who}${where}`,
    facts,
    signs: signer !== undefined,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

interface Claims {
  name?: unknown;
  sub?: unknown;
  iss?: unknown;
  exp?: unknown;
  nats?: { issuer_account?: unknown };
}

function readClaims(jwt: string): Claims {
  const parts = jwt.split('.');
  try {
    const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
    if (parts.length === 3 && typeof claims === 'object' && claims !== null) return claims;
  } catch {
    // Told below: text that is no base64 and text that is no JSON need the same remedy.
  }
  throw new ConnectFailure('jwt-malformed', {
    facts: [{ label: 'JWT', value: `${jwt.length} characters`, bad: true }],
  });
}

interface Signer {
  publicKey: string;
  sign(nonce: string | undefined): { sig?: string };
}

function signerOf(seed: string): Signer {
  try {
    const pair = fromSeed(new TextEncoder().encode(seed));
    const publicKey = pair.getPublicKey();
    return {
      publicKey,
      sign: (nonce) =>
        nonce === undefined
          ? {}
          : { sig: Buffer.from(pair.sign(new TextEncoder().encode(nonce))).toString('base64url') },
    };
  } catch {
    const facts = [{ label: 'Seed', value: `${seed.length} characters, ${seedFault(seed)}`, bad: true }];
    throw new ConnectFailure('seed-malformed', { facts });
  }
}

function seedFault(seed: string): string {
  if (seed.startsWith('U') || seed.startsWith('A')) return 'looks like a public key';
  if (!seed.startsWith('S')) return 'does not begin with SU';
  return 'a character is wrong or missing';
}

async function seedOf(authentication: { seedFile?: string; seed?: string }): Promise<string> {
  if (authentication.seed !== undefined && authentication.seed.trim() !== '') return authentication.seed.trim();
  if (authentication.seedFile === undefined || authentication.seedFile === '') throw new ConnectFailure('seed-missing');
  const text = (
    await readSmall(authentication.seedFile, 'Seed file', {
      missing: 'seed-file-missing',
      unreadable: 'seed-file-unreadable',
      malformed: 'seed-malformed',
    })
  ).toString('utf8');
  // A seed file may have comments, and a creds file holds a seed as well.
  const seed = /\bS[UAONCXP][A-Z2-7]{40,}\b/.exec(text)?.[0];
  if (seed === undefined) {
    throw new ConnectFailure('seed-malformed', { facts: [{ label: 'Seed file', value: authentication.seedFile }] });
  }
  return seed;
}

/** The two blocks of a creds file: the user JWT and the seed (format of `nsc`). */
function credsParts(text: string): [string | undefined, string | undefined] {
  const blocks = [...text.matchAll(/-{3,}\s*BEGIN[^\n]*-{3,}\s*\n\s*([^\s-][^\s]*)\s*\n\s*-{3,}\s*END/gi)];
  return [blocks[0]?.[1], blocks[1]?.[1]];
}

function shortKey(key: string): string {
  return /^[A-Z2-7]{56}$/.test(key) ? `${key.slice(0, 4)}…${key.slice(-4)}` : key;
}

/** Throws `ConnectFailure` of the step `tls`, naming the field and the file. */
export async function loadTlsFiles(tls: TlsOptions): Promise<TlsFiles> {
  const files: TlsFiles = {};
  const codes = { missing: 'file-missing', unreadable: 'file-unreadable', malformed: 'file-malformed' } as const;
  if (tls.caFile) files.ca = certificatesOf(await readSmall(tls.caFile, 'CA file', codes), 'CA file', tls.caFile);
  if (!tls.certFile !== !tls.keyFile) {
    const label = tls.certFile ? 'Key file' : 'Certificate file';
    throw new ConnectFailure('key-without-certificate', { facts: [{ label, value: 'not given', bad: true }] });
  }
  if (tls.certFile && tls.keyFile) {
    files.cert = await readSmall(tls.certFile, 'Certificate file', codes);
    certificatesOf(files.cert, 'Certificate file', tls.certFile);
    files.key = await readSmall(tls.keyFile, 'Key file', codes);
    checkKey(files.cert, files.key, tls.keyFile);
  }
  return files;
}

/** The certificates of a PEM file, each of which can be read. */
function certificatesOf(bytes: Buffer, label: string, path: string): string[] {
  const blocks = bytes
    .toString('latin1')
    .match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED )?CERTIFICATE-----/g);
  const facts: Fact[] = [{ label, value: path }];
  if (blocks === null) {
    facts.push({ label: 'Content', value: 'no PEM certificate', bad: true });
    throw new ConnectFailure('file-malformed', { facts });
  }
  for (const [index, block] of blocks.entries()) {
    try {
      void new X509Certificate(block);
    } catch {
      facts.push({ label: 'Content', value: `certificate ${index + 1} cannot be read`, bad: true });
      throw new ConnectFailure('file-malformed', { facts });
    }
  }
  return blocks;
}

function checkKey(cert: Buffer, key: Buffer, path: string): void {
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const detail = `${(error as NodeJS.ErrnoException).code ?? ''} ${(error as Error).message}`;
    const facts = [{ label: 'Key file', value: path }];
    // Every kind of PEM key says ENCRYPTED in its head when it is; error texts of TLS libraries differ.
    if (key.includes('ENCRYPTED')) throw new ConnectFailure('key-encrypted', { facts });
    if (/MISMATCH/i.test(detail)) throw new ConnectFailure('key-mismatch', { facts });
    throw new ConnectFailure('file-malformed', {
      facts: [...facts, { label: 'Content', value: 'no PEM key', bad: true }],
    });
  }
}

async function readSmall(
  path: string,
  label: string,
  codes: { missing: FailureCode; unreadable: FailureCode; malformed: FailureCode },
): Promise<Buffer> {
  const place = expandHome(path);
  const facts: Fact[] = [{ label, value: path }];
  let size: number;
  try {
    const found = await stat(place);
    if (!found.isFile()) {
      throw new ConnectFailure(codes.malformed, {
        facts: [...facts, { label: 'Kind', value: 'not a file', bad: true }],
      });
    }
    size = found.size;
    if (size <= credentialBytesMax) return await readFile(place);
  } catch (error) {
    if (error instanceof ConnectFailure) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    throw new ConnectFailure(missing ? codes.missing : codes.unreadable, { detail: code, facts });
  }
  throw new ConnectFailure(codes.malformed, {
    facts: [...facts, { label: 'Size', value: `${size} bytes, at most ${credentialBytesMax} are read`, bad: true }],
  });
}
