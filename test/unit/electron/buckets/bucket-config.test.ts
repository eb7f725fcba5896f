import { describe, expect, it } from 'vitest';
import { configFor, defaultSettings, originOf, settingsOf } from '../../../../electron/buckets/bucket-config.ts';
import type { StreamConfig } from '../../../../electron/buckets/bucket-config.ts';

const minute = 60_000;
const ns = 1_000_000;

describe('configFor', () => {
  it('makes a bucket as the clients make it', () => {
    expect(configFor('kv', { ...defaultSettings('b'), history: 5, maxBytes: 1000 }, null)).toEqual({
      name: 'KV_b',
      subjects: ['$KV.b.>'],
      discard: 'new',
      deny_delete: true,
      allow_rollup_hdrs: true,
      allow_direct: true,
      max_msgs: -1,
      max_consumers: -1,
      max_msgs_per_subject: 5,
      max_bytes: 1000,
      max_msg_size: -1,
      max_age: 0,
      storage: 'file',
      num_replicas: 1,
      duplicate_window: 2 * minute * ns,
    });
  });

  it('makes an object store as the clients make it', () => {
    const config = configFor('object', defaultSettings('o'), null);
    expect(config.subjects).toEqual(['$O.o.C.>', '$O.o.M.>']);
    expect(config).not.toHaveProperty('deny_delete');
    expect(config).not.toHaveProperty('max_msgs_per_subject');
  });

  it('shortens the window of message ids to a short time to live, and lets it be where it fits', () => {
    const short = configFor('kv', { ...defaultSettings('b'), ttl: minute }, null);
    expect(short).toMatchObject({ max_age: minute * ns, duplicate_window: minute * ns });
    expect(configFor('kv', { ...defaultSettings('b'), ttl: 3 * minute }, null).duplicate_window).toBe(2 * minute * ns);
  });

  it('lets keys have a time to live with markers, compresses, places, republishes', () => {
    const settings = {
      ...defaultSettings('b'),
      markerTtl: minute,
      compression: true,
      cluster: 'eu',
      tags: ['ssd'],
      republish: { source: '', destination: 'kv.>', headersOnly: true },
      metadata: [{ name: 'team', value: 'a' }],
    };
    expect(configFor('kv', settings, null)).toMatchObject({
      allow_msg_ttl: true,
      subject_delete_marker_ttl: minute * ns,
      compression: 's2',
      placement: { cluster: 'eu', tags: ['ssd'] },
      republish: { src: '$KV.b.>', dest: 'kv.>', headers_only: true },
      metadata: { team: 'a' },
    });
  });

  it('copies other buckets: a mirror without subjects, sources with their keys renamed', () => {
    const mirror = configFor('kv', { ...defaultSettings('b'), mirror: { bucket: 'a', domain: 'hub' } }, null);
    expect(mirror).toMatchObject({
      mirror: { name: 'KV_a', external: { api: '$JS.hub.API' } },
      mirror_direct: true,
    });
    expect(mirror).not.toHaveProperty('subjects');
    expect(originOf('kv', mirror)).toBe('a');
    const sources = configFor('kv', { ...defaultSettings('b'), sources: [{ bucket: 'a', domain: '' }] }, null);
    expect(sources.sources).toEqual([{ name: 'KV_a', subject_transforms: [{ src: '$KV.a.>', dest: '$KV.b.>' }] }]);
  });

  it('changes of a bucket that is there only what it was told', () => {
    const before: StreamConfig = {
      ...configFor('kv', { ...defaultSettings('b'), ttl: 10 * minute }, null),
      duplicate_window: 5 * ns,
      compression: 'none',
      metadata: { '_nats.ver': '2.15.1', own: '1' },
      consumer_limits: { max_ack_pending: 7 },
      sources: [{ name: 'KV_a', opt_start_seq: 9 }],
    };
    const settings = settingsOf('kv', before);
    expect(configFor('kv', settings, before)).toEqual(before);
    expect(settings.metadata).toEqual([{ name: 'own', value: '1' }]);
    const after = configFor('kv', { ...settings, history: 3 }, before);
    expect(after).toEqual({ ...before, max_msgs_per_subject: 3 });
  });

  it('lets a mirror go: it becomes a bucket of its own', () => {
    const before = configFor('kv', { ...defaultSettings('b'), mirror: { bucket: 'a', domain: '' } }, null);
    const after = configFor('kv', { ...settingsOf('kv', before), mirror: null }, before);
    expect(after).toMatchObject({ subjects: ['$KV.b.>'], mirror_direct: false });
    expect(after).not.toHaveProperty('mirror');
  });

  it.each([
    [{ name: 'a b' }, 'invalid-name'],
    [{ ttl: 50 }, 'invalid-settings'],
    [{ markerTtl: 10 }, 'invalid-settings'],
    [{ history: 65 }, 'invalid-settings'],
    [{ mirror: { bucket: 'a', domain: '' }, sources: [{ bucket: 'c', domain: '' }] }, 'invalid-settings'],
    [{ sources: [{ bucket: '', domain: '' }] }, 'invalid-settings'],
  ])('refuses %j', (change, code) => {
    const attempt = (): unknown => configFor('kv', { ...defaultSettings('b'), ...change }, null);
    expect(attempt).toThrow(expect.objectContaining({ code }));
  });
});
