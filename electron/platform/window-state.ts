/** Where the window was, kept between starts. */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Rectangle } from 'electron';

export interface WindowState {
  bounds: Partial<Rectangle> & { width: number; height: number };
  maximized: boolean;
}

export const widthMin = 1024;
export const heightMin = 700;
const initial: WindowState = { bounds: { width: 1280, height: 800 }, maximized: false };

/** What was kept, if it is readable and lies on a screen that is there now; else the middle of the main screen. */
export function readWindowState(file: string, screens: readonly Rectangle[]): WindowState {
  let kept: Partial<WindowState>;
  try {
    kept = (JSON.parse(readFileSync(file, 'utf8')) ?? {}) as Partial<WindowState>;
  } catch {
    return initial;
  }
  const { x, y, width, height } = kept.bounds ?? initial.bounds;
  if (![width, height].every((side) => Number.isInteger(side))) return initial;
  const size = { width: Math.max(widthMin, width), height: Math.max(heightMin, height) };
  const maximized = kept.maximized === true;
  if (!Number.isInteger(x) || !Number.isInteger(y)) return { bounds: size, maximized };
  const bounds = { x: x as number, y: y as number, ...size };
  // The title bar must be in reach, not every pixel.
  const reachable = screens.some(
    (screen) =>
      bounds.x + bounds.width - 100 > screen.x &&
      bounds.x + 100 < screen.x + screen.width &&
      bounds.y >= screen.y - 10 &&
      bounds.y + 40 < screen.y + screen.height,
  );
  return { bounds: reachable ? bounds : size, maximized };
}

/** Failing to keep it is no reason to bother anybody: the next start opens in the middle. */
export function writeWindowState(file: string, state: WindowState): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(state));
    renameSync(`${file}.new`, file);
  } catch {
    return;
  }
}
