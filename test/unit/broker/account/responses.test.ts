import { describe, expect, it } from 'vitest';
import { Account } from '../../../../broker/account/account.ts';
import { Exports, type ServiceExport } from '../../../../broker/account/exports.ts';
import {
  AwaitedReplies,
  PendingResponse,
  type ResponseClock,
  ResponseTable,
} from '../../../../broker/account/responses.ts';

class StandingClock implements ResponseClock {
  time = 0;
  #timers: { at: number; call: () => void }[] = [];

  now(): number {
    return this.time;
  }

  after(ms: number, call: () => void): () => void {
    const timer = { at: this.time + ms, call };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  get waiting(): number {
    return this.#timers.length;
  }

  advance(ms: number): void {
    this.time += ms;
    const due = this.#timers.filter(({ at }) => at <= this.time);
    this.#timers = this.#timers.filter(({ at }) => at > this.time);
    for (const { call } of due) call();
  }
}

function exported(subject: string, thresholdMs: number): ServiceExport {
  const exports = new Exports('A');
  exports.addService({ type: 'service', subject, responseThresholdMs: thresholdMs });
  return exports.service(subject) as ServiceExport;
}

const exporter = new Account('A');
const requester = new Account('B');

function pending(to: string, service?: ServiceExport): PendingResponse {
  return new PendingResponse(exporter, requester, to, { export: service, share: false, type: 'singleton' });
}

/** The same with a subject. */
function opened(table: ResponseTable, to: string, service?: ServiceExport): PendingResponse {
  const response = pending(to, service);
  table.open(response);
  return response;
}

describe('answers that are waited for', () => {
  it('have subjects of their own under one prefix', () => {
    const table = new ResponseTable(() => {}, new StandingClock());
    expect(table.prefix).toMatch(/^_R_\.[0-9A-Za-z]{6}\.$/);
    const all = Array.from({ length: 500 }, () => opened(table, 'inbox'));
    expect(new Set(all.map(({ subject }) => subject)).size).toBe(500);
    for (const { subject } of all) expect(subject).toMatch(/^_R_\.[0-9A-Za-z]{6}\.[0-9A-Za-z]{6}$/);
    const measured = pending('inbox');
    measured.suffix = '.host.T';
    table.open(measured);
    expect(measured.subject).toMatch(/\.[0-9A-Za-z]{6}\.host\.T$/);
    expect(table.find(all[7]?.subject ?? '')).toBe(all[7]);
    expect(table.close(all[7] as PendingResponse)).toBe(true);
    expect(table.close(all[7] as PendingResponse)).toBe(false);
    expect(table.count).toBe(500);
  });

  it('are given up after the time that their export allows', () => {
    const clock = new StandingClock();
    const expired: string[] = [];
    const table = new ResponseTable((response) => {
      table.close(response);
      expired.push(response.to);
    }, clock);
    const quick = exported('quick', 100);
    opened(table, 'one', quick);
    opened(table, 'slow', exported('slow', 500));
    clock.advance(60);
    opened(table, 'two', quick);
    clock.advance(40);
    expect(expired).toEqual(['one']);
    clock.advance(100);
    expect(expired).toEqual(['one', 'two']);
    expect(clock.waiting).toBe(1);
    table.dispose();
    expect(clock.waiting).toBe(0);
  });

  it('live on while more of them come', () => {
    const clock = new StandingClock();
    const expired: string[] = [];
    const table = new ResponseTable((response) => expired.push(response.to), clock);
    const response = opened(table, 'stream', exported('s', 100));
    clock.advance(90);
    table.touch(response);
    clock.advance(10);
    expect(expired).toEqual([]);
    clock.advance(100);
    expect(expired).toEqual(['stream']);
  });
});

describe('replies that an account waits on', () => {
  const table = new ResponseTable(() => {}, new StandingClock());

  it('are abandoned when nobody hears them any more', () => {
    const awaited = new AwaitedReplies();
    const one = opened(table, 'inbox.1');
    const another = opened(table, 'inbox.1');
    const other = opened(table, 'inbox.2');
    for (const response of [one, another, other]) awaited.add(response);
    expect(awaited.abandon('inbox.3', () => false)).toEqual([]);
    expect(awaited.abandon('inbox.1', () => true)).toEqual([]);
    expect(awaited.abandon('inbox.1', () => false)).toEqual([one, another]);
    expect(awaited.abandon('inbox.1', () => false)).toEqual([]);
    awaited.add(one);
    expect(awaited.abandon('inbox.*', (reply) => reply === 'inbox.2')).toEqual([one]);
    expect(awaited.abandon('>', () => false)).toEqual([other]);
    expect(awaited.count).toBe(0);
  });

  it('go one by one as they are answered', () => {
    const awaited = new AwaitedReplies();
    const [one, another, third] = [1, 2, 3].map(() => opened(table, 'inbox'));
    for (const response of [one, another, third]) awaited.add(response as PendingResponse);
    awaited.delete(another as PendingResponse);
    awaited.delete(another as PendingResponse);
    expect(awaited.abandon('inbox', () => false)).toEqual([one, third]);
    awaited.add(one as PendingResponse);
    awaited.delete(one as PendingResponse);
    expect(awaited.count).toBe(0);
  });
});
