import { expect, it } from 'vitest';
import { ROOT_NODE } from '../../../../electron/bridge/contract.ts';
import { selection } from '../../../../renderer/explorer/selection.svelte.ts';

it('links tree, list and what the inspector shows, for each connection', () => {
  selection.show('local');
  selection.selectNode(5, 'orders.eu', true, 'SHOP');
  expect(selection.current).toMatchObject({
    node: 5,
    subject: 'orders.eu',
    account: 'SHOP',
    branch: true,
    sequence: null,
  });

  selection.selectMessage(1_842, 'orders.eu.de.10482', 9);
  expect(selection.current).toMatchObject({ node: 5, subjectNode: 9, branch: false, sequence: 1_842 });

  selection.show('staging');
  expect(selection.current).toMatchObject({ connection: 'staging', node: ROOT_NODE, sequence: null });
  selection.selectNode(2, 'metrics.lag', false);

  selection.show('local');
  expect(selection.current.sequence).toBe(1_842);

  // Another row of the tree: the message is no longer in question.
  selection.selectNode(7, 'payments', true);
  expect(selection.current).toMatchObject({ subjectNode: 7, sequence: null });

  selection.clear();
  expect(selection.current).toMatchObject({ connection: 'local', node: ROOT_NODE, subject: '' });

  selection.forget('staging');
  selection.show('staging');
  expect(selection.current.node).toBe(ROOT_NODE);
});
