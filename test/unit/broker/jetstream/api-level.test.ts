import { describe, expect, it } from 'vitest';
import {
  consumerMetadata,
  needsHigherLevel,
  sameMetadata,
  shownMetadata,
  streamMetadata,
  supportsLevel,
} from '../../../../broker/jetstream/api-level.ts';

const levelOf = (metadata: Record<string, string>): string | undefined => metadata['_nats.req.level'];

describe('levels of the API', () => {
  it('are those of the features that a stream uses', () => {
    expect(levelOf(streamMetadata({}))).toBe('0');
    expect(levelOf(streamMetadata({ allow_msg_ttl: true }))).toBe('1');
    expect(levelOf(streamMetadata({ subject_delete_marker_ttl: 5 }))).toBe('1');
    for (const field of ['allow_msg_counter', 'allow_atomic', 'allow_msg_schedules']) {
      expect(levelOf(streamMetadata({ [field]: true }))).toBe('2');
    }
    expect(levelOf(streamMetadata({ persist_mode: 'async' }))).toBe('2');
    expect(levelOf(streamMetadata({ allow_batched: true, allow_msg_ttl: true }))).toBe('4');
  });

  it('are those of the features that a consumer uses', () => {
    expect(levelOf(consumerMetadata({}))).toBe('0');
    expect(levelOf(consumerMetadata({ pause_until: '0001-01-01T00:00:00Z' }))).toBe('0');
    expect(levelOf(consumerMetadata({ pause_until: '2001-01-01T00:00:00Z' }))).toBe('1');
    expect(levelOf(consumerMetadata({ priority_policy: 'none' }))).toBe('0');
    expect(levelOf(consumerMetadata({ priority_policy: 'overflow' }))).toBe('1');
    expect(levelOf(consumerMetadata({ priority_groups: ['g'] }))).toBe('1');
    expect(levelOf(consumerMetadata({ ack_policy: 'flow_control' }))).toBe('4');
  });

  it('are the server‘s to write, whatever a client says', () => {
    const metadata = { a: 'b', '_nats.ver': 'x', '_nats.level': '9', '_nats.req.level': '9' };
    expect(streamMetadata({ metadata })).toEqual({ a: 'b', '_nats.req.level': '0' });
    expect(shownMetadata({ a: 'b' })).toEqual({ a: 'b', '_nats.ver': '2.15.1', '_nats.level': '5' });
    expect(sameMetadata({ a: 'b', '_nats.req.level': '1' }, { '_nats.ver': 'y', a: 'b' })).toBe(true);
    expect(sameMetadata({ a: 'b' }, { a: 'c' })).toBe(false);
    expect(sameMetadata(undefined, { a: 'c' })).toBe(false);
  });

  it('keep away what is newer', () => {
    expect(needsHigherLevel(undefined)).toBe(false);
    expect(needsHigherLevel('')).toBe(false);
    expect(needsHigherLevel('5')).toBe(false);
    expect(needsHigherLevel('6')).toBe(true);
    expect(needsHigherLevel('-1')).toBe(false);
    expect(needsHigherLevel('five')).toBe(true);
    expect(supportsLevel({ '_nats.req.level': '4' })).toBe(true);
    expect(supportsLevel({ '_nats.req.level': '99' })).toBe(false);
    expect(supportsLevel(undefined)).toBe(true);
  });
});
