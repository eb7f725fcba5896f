import { isPublicKey } from '../nkey.ts';
import type { ActivationClaims, ExportClaims, ImportClaims } from './claims.ts';
import { decodeActivationClaims } from './decode.ts';
import { quoteText } from './encoding.ts';
import type { Issues } from './issues.ts';
import { JwtError } from './jwt-error.ts';
import { checkInfo } from './validate-info.ts';
import { checkLocalSubject, checkSubject, hasWildcards, isContained, withoutReferences } from './validate-subjects.ts';

const PERCENT_MAX = 100;
const RESPONSE_TYPES = ['', 'Singleton', 'Stream', 'Chunked'];

export function validateExports(exports: readonly (ExportClaims | undefined)[], issues: Issues): void {
  for (const entry of exports) {
    if (entry === undefined) issues.error('null export is not allowed');
    else checkExport(entry, issues);
  }
  for (const type of ['service', 'stream'] as const) {
    // What is no service counts as a stream here.
    const subjects = exports
      .filter((entry) => entry !== undefined && (entry.type === 'service') === (type === 'service'))
      .map((entry) => entry?.subject ?? '');
    checkOverlaps(type, subjects, issues);
  }
}

/** `importer` is the key of the account that imports. */
export function validateImports(
  imports: readonly (ImportClaims | undefined)[],
  importer: string,
  issues: Issues,
): void {
  const byAccount = new Map<string, Set<string>>();
  for (const entry of imports) {
    if (entry === undefined) {
      issues.error('null import is not allowed');
      continue;
    }
    if (entry.type === 'service') {
      const subject = entry.to || withoutReferences(entry.local_subject) || entry.subject;
      const others = byAccount.get(entry.account) ?? new Set<string>();
      byAccount.set(entry.account, others);
      checkNamespace(subject, others, entry.account, issues);
      others.add(subject);
    }
    validateImport(entry, importer, issues);
  }
}

/** One import, with its activation token if it has one; whether the token counts now is not asked. */
export function validateImport(entry: ImportClaims, importer: string, issues: Issues): void {
  const service = entry.type === 'service';
  if (entry.type === '') issues.error('invalid import type: "unknown"');
  if (service && entry.allow_trace) issues.error('AllowTrace only valid for stream import');
  if (entry.account === '') issues.error('account to import from is not specified');
  if (entry.to !== '') issues.warning('the field to has been deprecated (use LocalSubject instead)');
  checkSubject(entry.subject, issues);
  if (entry.local_subject !== '') {
    checkLocalSubject(entry.local_subject, entry.subject, issues);
    if (entry.to !== '') issues.error('Local Subject replaces To');
  }
  const quoted = quoteText(entry.subject);
  if (entry.share && !service) {
    issues.error(`sharing information (for latency tracking) is only valid for services: ${quoted}`);
  }
  if (entry.token === '') return;
  const token = readToken(entry.token);
  if (token === undefined) return issues.error(`import ${quoted} contains an invalid activation token`);
  checkToken(token, entry, importer, issues);
}

export function validateActivation(claims: ActivationClaims, issues: Issues): void {
  if (claims.nats.kind === '') issues.error('invalid import type: "unknown"');
  checkSubject(claims.nats.subject, issues);
  if (claims.nats.issuer_account !== '' && !isPublicKey(claims.nats.issuer_account, 'account')) {
    issues.error('account_id is not an account public key');
  }
}

function checkToken(token: ActivationClaims, entry: ImportClaims, importer: string, issues: Issues): void {
  const quoted = quoteText(entry.subject);
  if (token.iss !== entry.account && token.nats.issuer_account !== entry.account) {
    issues.error(`activation token doesn't match account for import ${quoted}`);
  }
  if (token.sub !== importer) {
    issues.error(`activation token doesn't match account it is being included in, ${quoted}`);
  }
  if (token.nats.kind !== entry.type) {
    const kinds = [token.nats.kind, entry.type].map((kind) => kind || 'unknown');
    issues.error(`mismatch between token import type ${kinds[0]} and type of import ${kinds[1]}`);
  }
  validateActivation(token, issues);
  const subject = entry.type === 'service' && entry.to !== '' ? entry.to : entry.subject;
  if (!isContained(subject, token.nats.subject)) {
    issues.error(`activation token import subject ${quoteText(token.nats.subject)} doesn't match import ${quoted}`);
  }
}

function readToken(text: string): ActivationClaims | undefined {
  try {
    return decodeActivationClaims(text);
  } catch (error) {
    if (error instanceof JwtError) return undefined;
    throw error;
  }
}

function checkNamespace(subject: string, others: ReadonlySet<string>, account: string, issues: Issues): void {
  for (const other of others) {
    if (!isContained(subject, other) && !isContained(other, subject)) continue;
    const pair = `${quoteText(subject)} and ${quoteText(other)}`;
    issues.error(`overlapping subject namespace for ${pair} in same account ${quoteText(account)}`);
  }
  if (others.has(subject)) {
    issues.error(`overlapping subject namespace for ${quoteText(subject)} in account ${quoteText(account)}`);
  }
}

function checkExport(entry: ExportClaims, issues: Issues): void {
  const service = entry.type === 'service';
  if (entry.type === '') issues.error('invalid export type: "unknown"');
  if (service && !RESPONSE_TYPES.includes(entry.response_type)) {
    issues.error(`invalid response type for service: ${quoteText(entry.response_type)}`);
  }
  if (entry.type === 'stream') {
    if (entry.response_type !== '') {
      issues.error(`invalid response type for stream: ${quoteText(entry.response_type)}`);
    }
    if (entry.allow_trace) issues.error('AllowTrace only valid for service export');
  }
  if (entry.service_latency !== undefined) checkLatency(entry.service_latency, service, issues);
  if (entry.response_threshold < 0) issues.error('negative response threshold is invalid');
  if (entry.response_threshold > 0 && !service) issues.error('response threshold only valid for services');
  checkSubject(entry.subject, issues);
  if (entry.account_token_position > 0) checkAccountPosition(entry, issues);
  checkInfo(entry, issues);
}

function checkLatency(latency: { sampling: number; results: string }, service: boolean, issues: Issues): void {
  if (!service) issues.error('latency tracking only permitted for services');
  if (latency.sampling < 0 || latency.sampling > PERCENT_MAX) {
    issues.error('sampling percentage needs to be between 1-100');
  }
  checkSubject(latency.results, issues);
  if (hasWildcards(latency.results)) issues.error('results subject can not contain wildcards');
}

function checkAccountPosition(entry: ExportClaims, issues: Issues): void {
  const position = entry.account_token_position;
  const tokens = entry.subject.split('.');
  const token = tokens[position - 1];
  if (!hasWildcards(entry.subject)) {
    issues.error(`Account Token Position can only be used with wildcard subjects: ${entry.subject}`);
  } else if (token === undefined) {
    issues.error(`Account Token Position ${position} exceeds length of subject '${entry.subject}'`);
  } else if (token !== '*') {
    issues.error(`Account Token Position ${position} matches '${token}' but must match a * in: ${entry.subject}`);
  }
}

function checkOverlaps(type: 'service' | 'stream', subjects: readonly string[], issues: Issues): void {
  const contained = new Map<string, string>();
  for (const [index, inner] of subjects.entries()) {
    for (const [other, outer] of subjects.entries()) {
      if (index !== other && isContained(inner, outer) && !contained.has(outer)) contained.set(outer, inner);
    }
  }
  for (const [outer, inner] of contained) {
    issues.error(`${type} export subject ${quoteText(outer)} already exports ${quoteText(inner)}`);
  }
}
