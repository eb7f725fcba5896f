/**
 * A small business as a source of messages: a shop with orders, payments and stock, and two plants with machines. Pure:
 * the same random numbers and times give the same messages.
 */

export interface SampleMessage {
  subject: string;
  payload: Uint8Array;
  headers?: Record<string, string>;
  /** Sent as a request; a service may answer, or nobody. */
  request?: true;
}

export interface Shop {
  /** What happens next, one message after the other. */
  next(): SampleMessage;
  /** What a service answers to a request on its subject. */
  answer(subject: string, request: Uint8Array): SampleMessage['payload'];
}

type OrderState = 'created' | 'authorized' | 'paid' | 'shipped' | 'delivered' | 'cancelled' | 'returned';

interface Order {
  id: number;
  country: string;
  state: OrderState;
  total: string;
  customer: number;
  tier: string;
  items: number;
  carrier?: string;
}

const regions: Record<string, string> = { de: 'eu', fr: 'eu', nl: 'eu', pl: 'eu', ca: 'us', ny: 'us', wa: 'us' };
const countries = Object.keys(regions);
const carriers = ['DHL', 'UPS', 'GLS'];
const tiers = ['basic', 'silver', 'gold'];
const plants = ['plant-1', 'plant-2'];
const lines = ['line-a', 'line-b', 'line-c', 'line-d'];
const articles = ['bolt-m8', 'hinge-40', 'panel-oak', 'lamp-e27', 'cable-2m', 'switch-2'];

/** Orders that are under way at once, and ids before they begin again: the subject tree stays of a bounded size. */
const ordersOpenMax = 40;
const orderIdFirst = 10_400;
const orderIdCount = 600;

export function createShop(random: () => number, now: () => number): Shop {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const between = (low: number, high: number) => low + random() * (high - low);
  const text = new TextEncoder();
  const json = (value: unknown) => text.encode(JSON.stringify(value));
  const hex = (digits: number) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');

  const orders: Order[] = [];
  let ordersMade = 0;
  const temperatures = new Map<string, number>();
  const waiting: SampleMessage[] = [];

  function newOrder(): Order {
    return {
      id: orderIdFirst + (ordersMade++ % orderIdCount),
      country: pick(countries),
      state: 'created',
      total: between(5, 250).toFixed(2),
      customer: 9_007_199_200 + Math.floor(random() * 1_000_000),
      tier: pick(tiers),
      items: 1 + Math.floor(random() * 6),
    };
  }

  function orderMessage(order: Order): SampleMessage {
    const { id, state, country } = order;
    // Seven digits are added in the text: an id over 2^53 shows whether a tool reads numbers unharmed.
    const body = [
      `"id":${id}`,
      `"state":"${state}"`,
      `"total":"${order.total}"`,
      `"currency":"${regions[country] === 'eu' ? 'EUR' : 'USD'}"`,
      `"customer":{"id":${order.customer}7409931,"tier":"${order.tier}"}`,
      `"items":${order.items}`,
      `"discount":${order.tier === 'gold' ? 0.15 : order.tier === 'silver' ? 0.1 : 0}`,
      ...(state === 'paid' ? [`"paid_at":"${new Date(now()).toISOString()}"`] : []),
      ...(order.carrier === undefined ? [] : [`"carrier":"${order.carrier}"`]),
    ];
    return {
      subject: `orders.${regions[country]}.${country}.${id}`,
      payload: text.encode(`{${body.join(',')}}`),
      headers: {
        'Nats-Msg-Id': `${id}-${state}`,
        'Content-Type': 'application/json',
        traceparent: `00-${hex(32)}-${hex(16)}-01`,
      },
    };
  }

  /** One order moves one step on, and says so to whom it concerns. */
  function advance(): void {
    if (orders.length < ordersOpenMax && (orders.length === 0 || random() < 0.3)) {
      const order = newOrder();
      orders.push(order);
      waiting.push(orderMessage(order));
      waiting.push(request('inventory.reserve', { order: order.id, article: pick(articles), count: order.items }));
      return;
    }
    const at = Math.floor(random() * orders.length);
    const order = orders[at] as Order;
    if (order.state === 'created') {
      order.state = random() < 0.06 ? 'cancelled' : 'authorized';
      if (order.state === 'authorized') {
        waiting.push(request('payments.authorize', { order: order.id, amount: order.total }));
      }
    } else if (order.state === 'authorized') {
      order.state = 'paid';
      waiting.push(request('payments.capture', { order: order.id, amount: order.total }));
      waiting.push(
        plain('mail.receipt.sent', { order: order.id, to: `customer-${order.customer % 1000}@example.com` }),
      );
    } else if (order.state === 'paid') {
      order.state = 'shipped';
      order.carrier = pick(carriers);
      waiting.push(
        plain(`shipping.${order.carrier.toLowerCase()}.label`, { order: order.id, parcel: hex(10).toUpperCase() }),
      );
    } else if (order.state === 'shipped') {
      order.state = random() < 0.05 ? 'returned' : 'delivered';
      waiting.push(
        plain(`notifications.user.${order.customer % 50}`, {
          order: order.id,
          text: `Order ${order.id} ${order.state}`,
        }),
      );
      // Nobody answers refunds here: a request without a responder is something to find.
      if (order.state === 'returned')
        waiting.push(request('payments.refund', { order: order.id, amount: order.total }));
    }
    waiting.push(orderMessage(order));
    if (order.state === 'cancelled' || order.state === 'delivered' || order.state === 'returned') orders.splice(at, 1);
  }

  function sensor(): SampleMessage {
    const machine = `sensors.${pick(plants)}.${pick(lines)}`;
    const kind = random();
    if (kind < 0.5) {
      const before = temperatures.get(machine) ?? between(19, 24);
      const after = Math.min(90, Math.max(15, before + between(-0.4, 0.4)));
      temperatures.set(machine, after);
      return plain(`${machine}.temp`, { value: Number(after.toFixed(2)), unit: 'C' });
    }
    if (kind < 0.95) return plain(`${machine}.rpm`, { value: Math.round(between(1440, 1500)) });
    return { subject: `${machine}.state`, payload: text.encode(random() < 0.9 ? 'RUN' : pick(['HOLD', 'SETUP'])) };
  }

  function metric(): SampleMessage {
    const service = pick(['shop', 'payments', 'inventory', 'mail']);
    return plain(`metrics.${service}.latency`, {
      p50: Number(between(1, 4).toFixed(2)),
      p99: Number(between(8, 60).toFixed(2)),
      requests: Math.round(between(40, 400)),
    });
  }

  function plain(subject: string, body: unknown): SampleMessage {
    return { subject, payload: json(body) };
  }

  function request(subject: string, body: unknown): SampleMessage {
    const headers = { 'Content-Type': 'application/json', 'X-Request-Id': hex(16) };
    return { subject, payload: json(body), headers, request: true };
  }

  return {
    next() {
      const due = waiting.shift();
      if (due !== undefined) return due;
      const kind = random();
      if (kind < 0.12) {
        advance();
        return waiting.shift() as SampleMessage;
      }
      return kind < 0.22 ? metric() : sensor();
    },
    answer(subject, asked) {
      const { order } = JSON.parse(new TextDecoder().decode(asked)) as { order: number };
      if (subject === 'inventory.reserve') {
        return random() < 0.97 ? json({ order, reserved: true }) : json({ order, reserved: false, reason: 'stock' });
      }
      return random() < 0.95
        ? json({ order, ok: true, reference: hex(16).toUpperCase() })
        : json({ order, ok: false, reason: 'card_declined' });
    },
  };
}
