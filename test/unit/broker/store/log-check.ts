import { expect } from 'vitest';
import type { MessageLog, Time } from '../../../../broker/store/message-log.ts';
import type { NaiveLog } from './naive-log.ts';

/** A hash with many collisions, so that they are met. */
export function weakHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0;
  for (let i = start; i < end; i++) hash = (hash * 31 + (bytes[i] as number)) & 0x3f;
  return hash;
}

/** Appends the way the parser does: subject and body in one piece of memory, not next to each other. */
export function append(log: MessageLog, subject: string, body: Buffer, headerBytes: number, time: Time): number {
  const bytes = Buffer.concat([Buffer.from(`PUB ${subject} 1\r\n`, 'latin1'), body, Buffer.from('\r\nrest')]);
  const bodyStart = 4 + subject.length + 4;
  return log.append(
    { bytes, subjectStart: 4, subjectEnd: 4 + subject.length, bodyStart, headerBytes, bodyBytes: body.length },
    weakHash(bytes, 4, 4 + subject.length),
    time,
  );
}

/** Everything that a log can be asked has to be what the model says; `random` picks what is asked of much. */
export function expectSame(log: MessageLog, model: NaiveLog, random: (below: number) => number): void {
  const sequences = model.sequences;
  expect(sequencesOf(log)).toEqual(sequences);
  expect(stateOf(log)).toEqual({
    messages: sequences.length,
    bytes: model.bytes,
    firstSequence: model.first,
    lastSequence: model.last,
    deleted: model.last - model.first + 1 - sequences.length,
    firstTime: model.messages.get(model.first)?.time ?? { seconds: -62_135_596_800, nanos: 0 },
    lastTime: model.lastTime,
  });
  for (const { sequence, subject, body, headerBytes, time } of model.messages.values()) {
    expect(readText(log, sequence)).toEqual({ subject, body: body.toString('latin1'), headerBytes, ...time });
  }
  expect([...log.gaps()]).toEqual(model.gaps());
  expectSameSubjects(log, model, random);
  for (let i = 0; i < 5; i++) {
    const at = model.first - 2 + random(model.last - model.first + 5);
    expect(log.has(at)).toBe(model.messages.has(at));
    expect(log.next(at)).toBe(sequences.find((one) => one >= at) ?? 0);
    expect(log.previous(at)).toBe(sequences.findLast((one) => one <= at) ?? 0);
    expect(log.count(at)).toBe(sequences.filter((one) => one >= at).length);
    const time = model.messages.get(at)?.time;
    if (time === undefined) continue;
    const found = [...model.messages.values()].find((one) => !older(one.time, time));
    expect(log.sequenceAt(time)).toBe(found?.sequence ?? model.last + 1);
  }
}

function expectSameSubjects(log: MessageLog, model: NaiveLog, random: (below: number) => number): void {
  const subjects = model.bySubject();
  expect([...log.subjects].map((subject) => log.subjects.text(subject)).sort()).toEqual([...subjects.keys()].sort());
  expect(log.subjects.count).toBe(subjects.size);
  for (const [text, list] of subjects) {
    const subject = log.subjects.findText(text);
    expect(log.subjects.messages(subject)).toBe(list.length);
    expect(log.subjects.first(subject)).toBe(list[0]);
    expect(log.subjects.last(subject)).toBe(list.at(-1));
    const walked = [];
    for (let at = log.subjects.first(subject); at !== 0; at = log.nextOf(subject, at)) walked.push(at);
    expect(walked).toEqual(list);
    const upTo = random(model.last + 2);
    expect(log.lastOf(subject, upTo)).toBe(list.findLast((one) => one <= upTo) ?? 0);
    const filter = { passes: (other: number) => other === subject };
    expect(log.next(upTo, filter)).toBe(list.find((one) => one >= upTo) ?? 0);
    expect(log.previous(upTo, filter)).toBe(list.findLast((one) => one <= upTo) ?? 0);
    expect(log.count(upTo, filter)).toBe(list.filter((one) => one >= upTo).length);
    expect(log.count(0, filter)).toBe(list.length);
  }
  expect(log.subjects.findText('nobody.has.this')).toBe(-1);
}

export function sequencesOf(log: MessageLog): number[] {
  const sequences = [];
  for (let at = log.next(0); at !== 0; at = log.next(at + 1)) sequences.push(at);
  return sequences;
}

export function stateOf(log: MessageLog): object {
  const { messages, bytes, firstSequence, lastSequence, deleted, firstTime, lastTime } = log.state;
  return {
    messages,
    bytes,
    firstSequence,
    lastSequence,
    deleted,
    firstTime: { seconds: firstTime.seconds, nanos: firstTime.nanos },
    lastTime: { seconds: lastTime.seconds, nanos: lastTime.nanos },
  };
}

export function readText(log: MessageLog, sequence: number): object | undefined {
  const message = log.read(sequence);
  if (message === undefined) return undefined;
  const { bytes, subjectStart, subjectEnd, bodyStart, bodyBytes, headerBytes, seconds, nanos } = message;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  expect(log.subjects.text(message.subject)).toBe(text.toString('latin1', subjectStart, subjectEnd));
  return {
    subject: text.toString('latin1', subjectStart, subjectEnd),
    body: text.toString('latin1', bodyStart, bodyStart + bodyBytes),
    headerBytes,
    seconds,
    nanos,
  };
}

function older(one: Time, other: Time): boolean {
  return one.seconds < other.seconds || (one.seconds === other.seconds && one.nanos < other.nanos);
}
