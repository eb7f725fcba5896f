/** Messages of every kind a tool for NATS has to show: what an application sends, and what nobody should send but does. */

import type { RawMessage } from './raw-publish.ts';

const text = new TextEncoder();

/** The largest payload a nats-server takes by default. */
export const mebibyte = 1024 * 1024;

/** JSON of `depth` arrays in each other, around one number. */
export function deepJson(depth: number): string {
  return `${'['.repeat(depth)}7${']'.repeat(depth)}`;
}

/** A record as protobuf would write it: id, coordinates as doubles, a name. Not readable as text. */
export function positionRecord(id: number, latitude: number, longitude: number, name: string): Uint8Array {
  const label = text.encode(name);
  const bytes = new Uint8Array(2 + 9 + 9 + 2 + label.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x08, id & 0x7f, 0x11]);
  view.setFloat64(3, latitude, true);
  bytes[11] = 0x19;
  view.setFloat64(12, longitude, true);
  bytes.set([0x22, label.length], 20);
  bytes.set(label, 22);
  return bytes;
}

/** Every byte value once, in order. */
export const allBytes = Uint8Array.from({ length: 256 }, (_, index) => index);

/** A subject and payload that run script wherever they are taken for markup. */
export const markup = {
  subject: 'site.<img/src=x/onerror=window.natscopeOwned=1>.view',
  payload: '<script>window.natscopeOwned=2</script><img src=x onerror="window.natscopeOwned=3">',
  header: '"><svg onload=window.natscopeOwned=4>',
} as const;

/** Written to the socket as they are, because client libraries refuse to send some of them. */
export const hostileMessages: readonly RawMessage[] = [
  { subject: bytesOf(markup.subject), payload: bytesOf(markup.payload), headers: [['X-Markup', markup.header]] },
  { subject: Uint8Array.of(...bytesOf('legacy.caf'), 0xe9, ...bytesOf('.bell')), payload: bytesOf('latin1 \u{fffd}') },
  { subject: bytesOf('legacy.bytes'), payload: allBytes },
  { subject: bytesOf('legacy.broken.json'), payload: bytesOf('{"order": 12, "state": "pa') },
  {
    subject: bytesOf('legacy.lying.json'),
    payload: bytesOf('{"a":1}}'),
    headers: [['Content-Type', 'application/json']],
  },
  { subject: bytesOf('legacy.deep.json'), payload: bytesOf(deepJson(5000)) },
  { subject: bytesOf('legacy.empty'), payload: new Uint8Array(0) },
  { subject: bytesOf('legacy.bidi'), payload: bytesOf('invoice\u202Efdp.exe \u0000\u001b[31mred\u001b[0m') },
  { subject: bytesOf('legacy.large'), payload: bytesOf(`{"blob":"${'x'.repeat(mebibyte - 11)}"}`) },
];

export function bytesOf(string: string): Uint8Array {
  return text.encode(string);
}
