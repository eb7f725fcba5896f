/** Lines of the protocol, as cases about accounts write them. Text is latin1. */

export function pub(subject: string, payload = '', reply = ''): string {
  return `PUB ${subject} ${reply === '' ? '' : `${reply} `}${payload.length}\r\n${payload}\r\n`;
}

/** `headers`: lines without their ends. */
export function hpub(subject: string, headers: readonly string[], payload = '', reply = ''): string {
  const block = headerBlock(headers);
  const sizes = `${block.length} ${block.length + payload.length}`;
  return `HPUB ${subject} ${reply === '' ? '' : `${reply} `}${sizes}\r\n${block}${payload}\r\n`;
}

export function msg(subject: string, sid: string, payload = '', reply = ''): string {
  return `MSG ${subject} ${sid} ${reply === '' ? '' : `${reply} `}${payload.length}\r\n${payload}\r\n`;
}

export function hmsg(subject: string, sid: string, headers: readonly string[], payload = '', reply = ''): string {
  const block = headerBlock(headers);
  const sizes = `${block.length} ${block.length + payload.length}`;
  return `HMSG ${subject} ${sid} ${reply === '' ? '' : `${reply} `}${sizes}\r\n${block}${payload}\r\n`;
}

/** What a requester is told whom nobody answers. */
export function unanswered(reply: string, sid: string, subject: string): string {
  const block = `NATS/1.0 503\r\nNats-Subject: ${subject}\r\n\r\n`;
  return `HMSG ${reply} ${sid} ${block.length} ${block.length}\r\n${block}\r\n`;
}

function headerBlock(lines: readonly string[]): string {
  return `NATS/1.0\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`;
}
