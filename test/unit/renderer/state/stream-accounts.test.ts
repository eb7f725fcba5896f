import { expect, it } from 'vitest';
import { placeOfStreams, streamAccounts } from '../../../../renderer/state/stream-accounts.svelte.ts';

const account = (name: string, jetstream: boolean) => ({ name, system: name === '$SYS', jetstream });

it('asks nothing where a connection is in one account', () => {
  expect(streamAccounts.of({ id: 'remote' })).toBeUndefined();
  expect(streamAccounts.choices({ id: 'remote' })).toEqual([]);
  expect(placeOfStreams('remote', undefined)).toEqual({ connection: 'remote' });
  expect(streamAccounts.choices({ id: 'fresh', accounts: [account('$G', true), account('$SYS', false)] })).toEqual([]);
});

it('begins with the first account that has JetStream', () => {
  const accounts = [account('$G', false), account('$SYS', false), account('SHOP', true), account('MAIL', true)];
  expect(streamAccounts.of({ id: 'local', accounts })).toBe('SHOP');
  expect(streamAccounts.choices({ id: 'local', accounts })).toEqual([
    { name: '$G', hint: 'no JetStream' },
    { name: 'SHOP', hint: 'now' },
    { name: 'MAIL', hint: '' },
  ]);
});

it('keeps what was chosen for a connection, as long as that account is there', () => {
  const accounts = [account('$G', false), account('SHOP', true), account('MAIL', true)];
  streamAccounts.choose('local', 'MAIL');
  expect(streamAccounts.of({ id: 'local', accounts })).toBe('MAIL');
  expect(placeOfStreams('local', streamAccounts.of({ id: 'local', accounts }))).toEqual({
    connection: 'local',
    account: 'MAIL',
  });
  // Of another connection nothing was said.
  expect(streamAccounts.of({ id: 'other', accounts })).toBe('SHOP');
  expect(streamAccounts.of({ id: 'local', accounts: accounts.slice(0, 2) })).toBe('SHOP');
});
