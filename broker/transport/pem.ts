/** A block of a PEM file. */
export interface PemBlock {
  /** `CERTIFICATE`, `EC PRIVATE KEY` … */
  readonly type: string;
  readonly der: Buffer;
  /** The block as it stands in the file. */
  readonly text: string;
}

/** The blocks of a PEM file in their order; what is between them counts for nothing. */
export function* pemBlocks(text: string): Generator<PemBlock> {
  const begin = /^-----BEGIN ([^\r\n]*?)-----[ \t]*\r?$/gm;
  for (let match = begin.exec(text); match !== null; match = begin.exec(text)) {
    const type = match[1] as string;
    const bodyStart = match.index + match[0].length;
    const end = new RegExp(`^-----END ${escaped(type)}-----`, 'm').exec(text.slice(bodyStart));
    if (end === null) continue;
    // Headers such as `Proc-Type: 4,ENCRYPTED` stand above the first empty line.
    const body = text.slice(bodyStart, bodyStart + end.index).replace(/^(?:\s*[\w-]+:[^\n]*\n)+\s*\n/, '');
    const base64 = body.replaceAll(/\s+/g, '');
    if (!/^[A-Za-z0-9+/]*={0,2}$/.test(base64)) continue;
    const textEnd = bodyStart + end.index + end[0].length;
    begin.lastIndex = textEnd;
    yield { type, der: Buffer.from(base64, 'base64'), text: `${text.slice(match.index, textEnd)}\n` };
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
