/** Writes every icon of the app. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeIcns, encodeIco, encodePng } from './containers.ts';
import { drawMark } from './mark.ts';
import type { MarkLook } from './mark.ts';

const app: MarkLook = { line: [0x5e, 0xd1, 0xde], lineWidth: 1.6, plate: [0x15, 0x1b, 0x20] };
/** Readable on dark and on light panels. */
const tray: MarkLook = { line: [0x2b, 0x97, 0xa3], lineWidth: 1.9 };
/** macOS colours a template itself and looks at its alpha only. */
const trayTemplate: MarkLook = { line: [0, 0, 0], lineWidth: 1.5 };

const sides = [16, 24, 32, 48, 64, 128, 256, 512, 1024];

export function writeIcons(folder: string): void {
  const images = sides.map((side) => ({ side, png: encodePng(side, drawMark(side, app)) }));
  mkdirSync(join(folder, 'png'), { recursive: true });
  for (const { side, png } of images) {
    if (side <= 512) writeFileSync(join(folder, `png/${side}x${side}.png`), png);
    if (side === 512) writeFileSync(join(folder, 'icon.png'), png);
  }
  writeFileSync(join(folder, 'icon.ico'), encodeIco(images.filter(({ side }) => side <= 256)));
  writeFileSync(join(folder, 'icon.icns'), encodeIcns(images));
  for (const [name, look] of Object.entries({ tray, trayTemplate })) {
    writeFileSync(join(folder, `${name}.png`), encodePng(16, drawMark(16, look)));
    writeFileSync(join(folder, `${name}@2x.png`), encodePng(32, drawMark(32, look)));
  }
}
