/**
 * Writes down what nats-server answers, while cases are written: every `draft()` in a case file becomes the source of what came.
 *
 *     node test/conformance/jetstream/record.ts [part of a case's name]
 *
 * Read what it wrote: it says what the server does, not whether the case asks for what was meant.
 */

import { readFile, writeFile } from 'node:fs/promises';
import { findRealServers, newestCompared } from '../../support/real-servers.ts';
import { realTarget } from '../target.ts';
import type { Message } from './client.ts';
import { groups } from './groups.ts';
import { JetStreamServers } from './servers.ts';
import { type Recorder, runJetStreamCase } from './session.ts';
import { answerSource, messageSource } from './source.ts';
import { Draft, type JetStreamCase } from './steps.ts';

const SIDE_BY_SIDE = 6;

const { servers: found } = await findRealServers();
const real = newestCompared(found);
if (real === undefined) throw new Error('there is no nats-server to ask');

const wanted = process.argv[2] ?? '';
const drafts: JetStreamCase[] = groups
  .flatMap((group) => group.cases)
  .filter((one) => one.name.includes(wanted) && hasDraft(one.steps));

const sources = new Map<string, Set<string>>();
const write = (draft: Draft, source: string): void => {
  sources.set(draft.place, (sources.get(draft.place) ?? new Set()).add(source));
};
const recorder: Recorder = {
  answer: (draft, actual, names) => write(draft, answerSource(actual, draft.what, names)),
  messages: (draft, actual: readonly Message[], names) =>
    write(draft, actual.map((message) => messageSource(message, names)).join(', ')),
};

{
  await using servers = new JetStreamServers(realTarget(real), groups);
  const queue = [...drafts];
  const work = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
      const testCase = one;
      try {
        await servers.use(testCase, (server, seat) => runJetStreamCase(testCase, server, seat, recorder));
      } catch (error) {
        process.stderr.write(`${testCase.name}: ${error instanceof Error ? error.message : String(error)}\n\n`);
      }
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
}

const places = [...sources].map(([place, texts]) => {
  const [, file = '', line = '', column = ''] = /^(.*):(\d+):(\d+)$/.exec(place) ?? [];
  return { file, line: Number(line), column: Number(column), texts: [...texts] };
});
for (const file of new Set(places.map((place) => place.file))) {
  const lines = (await readFile(file, 'utf8')).split('\n');
  const offsets = lines.map((_, index) => lines.slice(0, index).reduce((sum, line) => sum + line.length + 1, 0));
  let text = lines.join('\n');
  const inFile = places.filter((place) => place.file === file);
  for (const { line, column, texts } of inFile.toSorted((a, b) => b.line - a.line || b.column - a.column)) {
    const start = (offsets[line - 1] ?? 0) + column - 1;
    const [call] = /^draft\([^)]*\)/.exec(text.slice(start)) ?? [];
    const [source = ''] = texts;
    if (call === undefined || texts.length > 1) {
      process.stderr.write(`${file}:${line}: ${texts.length} different answers\n${texts.join('\n')}\n`);
      continue;
    }
    text = text.slice(0, start) + source + text.slice(start + call.length);
  }
  await writeFile(file, text);
}

function hasDraft(value: unknown): boolean {
  if (value instanceof Draft) return true;
  return typeof value === 'object' && value !== null && Object.values(value).some(hasDraft);
}
