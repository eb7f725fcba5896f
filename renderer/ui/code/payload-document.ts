import type { JsonLines, JsonProblem } from './json-lines.ts';
import { JsonScan } from './json-scan.ts';
import { codeLimits } from './limits.ts';
import { isText, mayBeJson, meantAsJson, saysJson, type KindSource, type PayloadKind } from './payload-kind.ts';

/** A payload as it was understood. */
export interface PayloadDocument {
  bytes: Uint8Array;
  /** The payload goes on after `bytes`. */
  partial: boolean;
  kind: PayloadKind;
  source: KindSource;
  json: JsonLines | null;
  /** What is wrong with a payload that was meant as JSON. */
  problem: JsonProblem | null;
  /** JSON it may be, but it is over the limit of what is read as such. */
  tooLong: boolean;
}

/** What is needed of a message to understand what it carries. */
interface Readable {
  /** The whole payload, or its first bytes. */
  payload: Uint8Array;
  payloadBytes: number;
  headers: readonly { name: string; value: string }[];
}

/** Understands a payload. Big ones are read in slices; null when `signal` ended that. */
export async function readPayload(detail: Readable, signal: AbortSignal): Promise<PayloadDocument | null> {
  const reading = begin(detail);
  if (!reading.scan) return reading.finish();
  const atOnce = detail.payload.length <= codeLimits.readBytesAtOnce;
  while (!reading.scan.run(atOnce ? Number.POSITIVE_INFINITY : codeLimits.jsonTokensPerSlice)) {
    await new Promise((resolve) => setTimeout(resolve));
    if (signal.aborted) return null;
  }
  return reading.finish();
}

function begin(detail: Readable): { scan: JsonScan | null; finish: () => PayloadDocument } {
  const bytes = detail.payload;
  const partial = bytes.length < detail.payloadBytes;
  const contentType = detail.headers.find((header) => header.name.toLowerCase() === 'content-type')?.value;
  const scan = mayBeJson(bytes, contentType) ? new JsonScan(bytes, partial) : null;
  const tooLong = bytes.length > codeLimits.jsonBytesMax && meantAsJson(bytes, contentType);
  return {
    scan,
    finish() {
      const common = { bytes, partial, tooLong };
      if (detail.payloadBytes === 0) return { ...common, kind: 'empty', source: 'bytes', json: null, problem: null };
      if (scan && !scan.problem) {
        const source = saysJson(contentType) ? 'Content-Type' : 'looks like it';
        return { ...common, kind: 'json', source, json: scan.lines(), problem: null };
      }
      const problem = scan && meantAsJson(bytes, contentType) ? scan.problem : null;
      if (isText(bytes, partial)) {
        const declared = contentType !== undefined && /^text\//i.test(contentType.trim());
        return { ...common, kind: 'text', source: declared ? 'Content-Type' : 'bytes', json: null, problem };
      }
      return { ...common, kind: 'binary', source: 'bytes', json: null, problem };
    },
  };
}
