import { describe, expect, it } from 'vitest';
import type { Advisory, ConsumerDetail, LabMessage } from '../../../../electron/bridge/contract.ts';
import { advisoryName, deadLettersOf } from '../../../../renderer/jetstream/advisories-state.svelte.ts';
import { consequenceOf, fetchConsequence } from '../../../../renderer/jetstream/consumers/consequences.ts';
import { consumerCommands, streamCommands } from '../../../../renderer/jetstream/nats-commands.ts';

const server = 'nats://10.0.0.1:4222';

describe('command lines', () => {
  it('leave the server out where the tool finds it', () => {
    expect(streamCommands.info('nats://127.0.0.1:4222', 'S')).toBe('nats stream info S');
    expect(streamCommands.info(server, 'S')).toBe(`nats --server ${server} stream info S`);
  });

  it('keep what a stranger named one word', () => {
    expect(streamCommands.lastFor(undefined, 'S', "a.'; rm -rf /")).toBe(
      `nats stream get S --last-for 'a.'\\''; rm -rf /'`,
    );
    const added = streamCommands.add(undefined, { name: 'S', description: "it's" });
    expect(added).toBe(`printf %s '{"name":"S","description":"it'\\''s"}' | nats stream add S --config /dev/stdin`);
  });

  it('purge only what the dialog says', () => {
    const purge = { stream: 'S', filter: 'a.>', keep: 5, before: 0 };
    expect(streamCommands.purge(undefined, purge)).toBe("nats stream purge S --force --subject 'a.>' --keep 5");
    expect(streamCommands.purge(undefined, { ...purge, filter: '', keep: 0, before: 9 })).toBe(
      'nats stream purge S --force --seq 9',
    );
  });

  it('pull one message without an acknowledgement', () => {
    expect(consumerCommands.next(undefined, 'S', 'c', 1)).toBe('nats consumer next S c --count 1 --no-ack');
  });
});

describe('what an answer will do', () => {
  const detail = {
    config: { ack_wait: 30e9, max_deliver: 3 },
    row: { name: 'c', ackPolicy: 'explicit' },
  } as unknown as ConsumerDetail;
  const message = { sequence: 7, deliveries: 2 } as LabMessage;

  it('is said before it is given', () => {
    expect(fetchConsequence(detail, 3)).toContain('they go back in 30s');
    expect(consequenceOf('ack', message, detail)).toContain('7 will not be delivered again');
    expect(consequenceOf('nak', message, detail)).toContain('delivery 3 of 3');
    expect(consequenceOf('nak', { ...message, deliveries: 3 }, detail)).toContain('dead letter');
    expect(consequenceOf('term', message, detail)).toContain('dead letter');
  });

  it('names all that an acknowledgement of all takes along', () => {
    const all = { ...detail, row: { ...detail.row, ackPolicy: 'all' } } as ConsumerDetail;
    expect(consequenceOf('ack', message, all)).toContain('all before it');
  });
});

describe('dead letters', () => {
  const advisory = (id: number, kind: Advisory['kind'], sequence: number): Advisory => ({
    id,
    time: id,
    kind,
    type: 'LEADER_ELECTED',
    stream: 'S',
    consumer: 'c',
    sequence,
    deliveries: 1,
    reason: '',
  });

  it('are what was given up, newest first, each message once', () => {
    const list = [
      advisory(1, 'max-deliveries', 5),
      advisory(2, 'nak', 6),
      advisory(3, 'terminated', 7),
      advisory(4, 'max-deliveries', 5),
      advisory(5, 'created', 0),
    ];
    expect(deadLettersOf(list).map(({ id }) => id)).toEqual([4, 3]);
  });

  it('and others have names, known or not', () => {
    expect(advisoryName(advisory(1, 'nak', 1))).toBe('Nak');
    expect(advisoryName(advisory(1, 'other', 0))).toBe('leader elected');
  });
});
