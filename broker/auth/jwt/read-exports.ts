import type { ExportClaims, ExportKind, ImportClaims } from './claims.ts';
import { JwtError } from './jwt-error.ts';
import { mismatch, type ObjectReader } from './object-reader.ts';

export function readExportKind(value: unknown): ExportKind {
  if (value === undefined || value === null) return '';
  if (value === 'stream' || value === 'service') return value;
  if (typeof value !== 'string') throw mismatch(value, 'ExportType', 'string');
  throw new JwtError(`unknown export type ${JSON.stringify(value)}`);
}

export function readImports(nats: ObjectReader): (ImportClaims | undefined)[] {
  return nats
    .list('imports')
    .map((value, index) => (value === null ? undefined : readImport(nats.item('imports', index))));
}

export function readExports(nats: ObjectReader): (ExportClaims | undefined)[] {
  return nats
    .list('exports')
    .map((value, index) => (value === null ? undefined : readExport(nats.item('exports', index))));
}

/** Times by key. */
export function readRevocations(reader: ObjectReader): ReadonlyMap<string, number> {
  const revocations = new Map<string, number>();
  for (const [key, value] of reader.entries('revocations')) {
    const time = value ?? 0;
    if (typeof time !== 'number' || !Number.isInteger(time)) {
      throw mismatch(value, reader.path('revocations'), 'int64');
    }
    revocations.set(key, time);
  }
  return revocations;
}

function readImport(reader: ObjectReader): ImportClaims {
  return {
    name: reader.string('name'),
    subject: reader.string('subject'),
    account: reader.string('account'),
    token: reader.string('token'),
    to: reader.string('to'),
    local_subject: reader.string('local_subject'),
    type: readExportKind(reader.raw('type')),
    share: reader.boolean('share'),
    allow_trace: reader.boolean('allow_trace'),
  };
}

function readExport(reader: ObjectReader): ExportClaims {
  return {
    name: reader.string('name'),
    subject: reader.string('subject'),
    type: readExportKind(reader.raw('type')),
    token_req: reader.boolean('token_req'),
    revocations: readRevocations(reader),
    response_type: reader.string('response_type'),
    response_threshold: reader.integer('response_threshold'),
    service_latency: reader.has('service_latency') ? readLatency(reader.object('service_latency')) : undefined,
    account_token_position: reader.integer('account_token_position'),
    advertise: reader.boolean('advertise'),
    allow_trace: reader.boolean('allow_trace'),
    description: reader.string('description'),
    info_url: reader.string('info_url'),
  };
}

function readLatency(reader: ObjectReader): { sampling: number; results: string } {
  const sampling = reader.raw('sampling');
  const byHeaders = typeof sampling === 'string' && sampling.toLowerCase() === 'headers';
  return { sampling: byHeaders ? 0 : reader.integer('sampling'), results: reader.string('results') };
}
