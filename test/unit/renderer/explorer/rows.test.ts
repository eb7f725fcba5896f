import { describe, expect, it } from 'vitest';
import type { TreeRow } from '../../../../electron/bridge/contract.ts';
import {
  covers,
  hasOwnTraffic,
  indexOfNode,
  leafParts,
  parentIndex,
  rowAt,
} from '../../../../renderer/explorer/rows.ts';
import { isTypedText } from '../../../../renderer/explorer/typing.ts';

function row(node: number, depth: number, label: string): TreeRow {
  return {
    node,
    depth,
    label,
    subject: label,
    branch: false,
    expanded: false,
    subjects: 1,
    count: 1,
    bytes: 1,
    rate: 0,
    last: 0,
    kind: 'publish',
    spark: new Uint8Array(20),
    fields: [],
    version: 1,
    pinned: false,
  };
}

const slice = { total: 10, first: 4, rows: [row(1, 0, 'orders'), row(2, 1, 'eu'), row(3, 2, 'de'), row(4, 1, 'us')] };

describe('a slice of the tree', () => {
  it('finds rows by index and by node', () => {
    expect(rowAt(slice, 5)?.label).toBe('eu');
    expect(rowAt(slice, 3)).toBeUndefined();
    expect(rowAt(slice, 8)).toBeUndefined();
    expect(indexOfNode(slice, 4)).toBe(7);
    expect(indexOfNode(slice, 9)).toBe(-1);
  });

  it('finds the branch above', () => {
    expect(parentIndex(slice, 6)).toBe(5);
    expect(parentIndex(slice, 7)).toBe(4);
    expect(parentIndex(slice, 4)).toBe(-1);
    expect(parentIndex(slice, 99)).toBe(-1);
  });

  it('knows what it covers', () => {
    expect(covers(slice, 4, 4)).toBe(true);
    expect(covers(slice, 3, 4)).toBe(false);
    expect(covers(slice, 5, 4)).toBe(false);
    // Past the end there is nothing to have.
    expect(covers({ ...slice, total: 8 }, 5, 40)).toBe(true);
    expect(covers({ total: 0, first: 0, rows: [] }, 0, 0)).toBe(false);
  });
});

describe('leafParts', () => {
  it.each([
    ['orders.eu.de.10482', 'orders.eu.', 'de.', '10482'],
    ['orders.eu.de.10482', '', 'orders.eu.de.', '10482'],
    ['orders', '', '', 'orders'],
    // The subject of the branch itself does not lose its name.
    ['orders.eu', 'orders.eu.', 'orders.', 'eu'],
    ['payments.capture', 'orders.', 'payments.', 'capture'],
  ])('%s in %s', (subject, prefix, lead, leaf) => {
    expect(leafParts(subject, prefix)).toEqual({ lead, leaf });
  });
});

it('tells the traffic of applications from that of the server', () => {
  expect(hasOwnTraffic({ total: 0, first: 0, rows: [] })).toBe(false);
  expect(hasOwnTraffic({ total: 2, first: 0, rows: [row(1, 0, '$JS'), row(2, 0, '$SYS')] })).toBe(false);
  expect(hasOwnTraffic({ total: 2, first: 0, rows: [row(1, 0, '$SYS'), row(2, 0, 'hello')] })).toBe(true);
  // A token below a system branch is not one at the top.
  expect(hasOwnTraffic({ total: 2, first: 0, rows: [row(1, 0, '$SYS'), row(2, 1, 'ACCOUNT')] })).toBe(false);
  expect(hasOwnTraffic({ total: 500, first: 0, rows: [row(1, 0, '$SYS')] })).toBe(true);
  // Accounts have rows whether they carried anything or not.
  const account = { ...row(1, 0, '$G'), root: 'account' as const, count: 0 };
  const system = { ...row(2, 0, '$SYS'), root: 'system' as const, count: 9 };
  expect(hasOwnTraffic({ total: 2, first: 0, rows: [account, system] })).toBe(false);
  expect(hasOwnTraffic({ total: 2, first: 0, rows: [{ ...account, count: 1 }, system] })).toBe(true);
});

it('searches for what is typed, not for keys', () => {
  expect(['a', 'Z', '7', '$', '_', 'ü'].every((key) => isTypedText({ key }))).toBe(true);
  expect(['Enter', ' ', '/', 'F6', '[', '*', 'ArrowUp'].some((key) => isTypedText({ key }))).toBe(false);
});
