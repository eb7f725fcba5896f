import { describe, expect, it } from 'vitest';
import { createShop } from '../../../../electron/sample/shop.ts';

/** Numbers that look random and are the same in every run. */
function seeded(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

describe('the sample shop', () => {
  const shop = createShop(seeded(), () => 1_700_000_000_000);
  const messages = Array.from({ length: 20_000 }, () => shop.next());

  it('speaks of everything a shop has', () => {
    const first = new Set(messages.map(({ subject }) => subject.split('.')[0]));
    expect([...first].toSorted((a = '', b = '') => a.localeCompare(b))).toEqual([
      'inventory',
      'mail',
      'metrics',
      'notifications',
      'orders',
      'payments',
      'sensors',
      'shipping',
    ]);
    expect(messages.some(({ subject, request }) => request === true && subject === 'payments.refund')).toBe(true);
  });

  it('has a bounded number of subjects, however long it runs', () => {
    const subjects = new Set(messages.map(({ subject }) => subject));
    for (let count = 0; count < 100_000; count++) subjects.add(shop.next().subject);
    expect(subjects.size).toBeLessThan(600 * 7 + 200);
  });

  it('writes JSON with numbers that a double cannot hold', () => {
    for (const { subject, payload } of messages.slice(0, 2000)) {
      if (!subject.endsWith('.state')) expect(() => JSON.parse(text(payload)) as unknown).not.toThrow();
    }
    const order = messages.find(({ subject }) => subject.startsWith('orders.'));
    const id = /"customer":\{"id":(\d+)/.exec(text(order?.payload ?? new Uint8Array()))?.[1] ?? '0';
    expect(BigInt(id)).not.toBe(BigInt(Number(id)));
    expect(order?.headers).toMatchObject({ 'Content-Type': 'application/json' });
  });

  it('answers with the order that was asked about', () => {
    const asked = messages.find(({ subject }) => subject === 'payments.authorize');
    const { order } = JSON.parse(text(asked?.payload ?? new Uint8Array())) as { order: number };
    expect(JSON.parse(text(shop.answer('payments.authorize', asked?.payload ?? new Uint8Array())))).toMatchObject({
      order,
    });
  });
});
