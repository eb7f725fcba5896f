import { request as httpRequest } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { deadline } from '../support/deadline.ts';
import type { RawClient } from '../support/raw-client.ts';
import { partMismatch, wholeMismatch } from './json-pattern.ts';
import type { Expected, MonitoringStep } from './monitoring-steps.ts';

/** How long a request goes without an answer before none is said to come. */
const SILENCE_MS = 250;
const ANSWER_MS_MAX = 10_000;

let inboxes = 0;

/** Runs a step of `monitoring-steps.ts`. `filled` puts in what `<id>` and `<cid:a>` stand for. */
export async function runMonitoringStep(
  step: MonitoringStep,
  raw: () => RawClient,
  httpPort: () => number,
  filled: (text: string) => string,
): Promise<void> {
  switch (step.do) {
    case 'http':
      return runHttp(step, httpPort(), filled);
    case 'request':
      return runRequest(step, raw(), filled);
    case 'event': {
      const message = await readMessage(raw());
      expect(message.subject).toBe(filled(step.subject));
      return compare(message.payload, step.expected);
    }
  }
}

/** A server may take a moment to let go of a connection that has closed. */
const SETTLED_MS_MAX = 2_000;
const SETTLING_MS = 25;

async function runHttp(
  step: Extract<MonitoringStep, { do: 'http' }>,
  port: number,
  filled: (text: string) => string,
): Promise<void> {
  const end = Date.now() + SETTLED_MS_MAX;
  for (;;) {
    try {
      return await askOnce(step, port, filled);
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
    }
  }
}

async function askOnce(
  { target, method, status, headers, expected }: Extract<MonitoringStep, { do: 'http' }>,
  port: number,
  filled: (text: string) => string,
): Promise<void> {
  const answer = await fetchText(port, filled(target), method);
  expect(answer.status, `status of ${target}: ${answer.body.slice(0, 500)}`).toBe(status);
  for (const [name, value] of Object.entries(headers)) {
    if (value instanceof RegExp) expect(answer.headers[name], name).toMatch(value);
    else expect(answer.headers[name], name).toBe(value);
  }
  compare(answer.body, expected);
}

interface HttpText {
  status: number | undefined;
  headers: Record<string, unknown>;
  body: string;
}

/** The target goes as it is: `fetch` would tidy it up. */
async function fetchText(port: number, path: string, method: string): Promise<HttpText> {
  const answer = new Promise<HttpText>((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, method, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end();
  });
  return deadline(answer, ANSWER_MS_MAX, () => `no answer to ${method} ${path}`);
}

async function runRequest(
  { subject, payload, headers, expected, answerHeaders }: Extract<MonitoringStep, { do: 'request' }>,
  raw: RawClient,
  filled: (text: string) => string,
): Promise<void> {
  const inbox = `_INBOX.case.${++inboxes}`;
  const sid = `inbox${inboxes}`;
  const body = filled(payload);
  raw.send(`SUB ${inbox} ${sid}\r\n`);
  if (headers === '') {
    raw.send(`PUB ${filled(subject)} ${inbox} ${body.length}\r\n${body}\r\n`);
  } else {
    const block = `NATS/1.0\r\n${headers}\r\n`;
    raw.send(`HPUB ${filled(subject)} ${inbox} ${block.length} ${block.length + body.length}\r\n${block}${body}\r\n`);
  }
  if ('silent' in expected) {
    await raw.expectQuiet(SILENCE_MS);
  } else {
    const message = await readMessage(raw);
    expect(message.subject, `an answer to ${subject}`).toBe(inbox);
    if (answerHeaders !== undefined) expect(message.headers).toMatch(answerHeaders);
    const packed = /Content-Encoding: gzip/.test(message.headers);
    compare(packed ? gunzipSync(Buffer.from(message.payload, 'latin1')).toString() : message.payload, expected);
  }
  raw.send(`UNSUB ${sid}\r\n`);
}

interface Message {
  subject: string;
  headers: string;
  payload: string;
}

async function readMessage(raw: RawClient): Promise<Message> {
  // What nats-server itself sends has an empty reply: two blanks.
  const line = await raw.expectMatch(/^(H?)MSG (\S+) \S+ (?:[^\s\d]\S*)? ?(?:(\d+) )?(\d+)\r\n/);
  const [, withHeaders, subject = '', headerBytes, totalBytes] = line;
  const body = await raw.expectMatch(new RegExp(`^[^]{${Number(totalBytes)}}\\r\\n`));
  const split = withHeaders === 'H' ? Number(headerBytes) : 0;
  return { subject, headers: body[0].slice(0, split), payload: body[0].slice(split, -2) };
}

/** `text` is latin1 or plain text; JSON in it is UTF-8 or ASCII. */
function compare(text: string, expected: Expected): void {
  if ('text' in expected) {
    if (expected.text instanceof RegExp) expect(text).toMatch(expected.text);
    else expect(text).toBe(expected.text);
    return;
  }
  if ('silent' in expected) return;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error(`not JSON: ${text.slice(0, 500)}`);
  }
  const fault = 'whole' in expected ? wholeMismatch(value, expected.whole) : partMismatch(value, expected.part);
  if (fault !== undefined) throw new Error(fault);
}
