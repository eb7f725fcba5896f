/** The mark of Natscope as pixels: a pulse on a rounded plate. Drawn from distances, so that every size is sharp. */

/** Corners of the pulse in a box of 18 by 18, as in renderer/public/mark.svg. */
const pulse: readonly [number, number][] = [
  [1.5, 9],
  [4.5, 9],
  [6.5, 3.5],
  [11, 14.5],
  [13, 9],
  [16.5, 9],
];
const boxSide = 18;

export interface MarkLook {
  /** Red, green, blue, 0 … 255. */
  line: readonly [number, number, number];
  /** Width of the line in the box of 18. */
  lineWidth: number;
  /** The plate below; without one the ground is transparent. */
  plate?: readonly [number, number, number];
}

/** RGBA, 8 bits each, rows from the top. */
export function drawMark(side: number, look: MarkLook): Uint8Array {
  const pixels = new Uint8Array(side * side * 4);
  // On a plate the pulse keeps a margin; alone it fills its box.
  const inset = look.plate === undefined ? 0 : 0.14;
  const scale = (side * (1 - 2 * inset)) / boxSide;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const [x, y] = [column + 0.5, row + 0.5];
      const inBox: [number, number] = [(x - side * inset) / scale, (y - side * inset) / scale];
      const line = coverage((distanceToPulse(inBox) - look.lineWidth / 2) * scale);
      const plate = look.plate === undefined ? 0 : coverage(distanceToPlate(x, y, side));
      const alpha = line + plate * (1 - line);
      const at = (row * side + column) * 4;
      for (let channel = 0; channel < 3; channel++) {
        const below = (look.plate?.[channel] ?? 0) * plate * (1 - line);
        pixels[at + channel] = alpha === 0 ? 0 : Math.round(((look.line[channel] ?? 0) * line + below) / alpha);
      }
      pixels[at + 3] = Math.round(alpha * 255);
    }
  }
  return pixels;
}

/** How much of a pixel lies inside an edge at this signed distance in pixels; negative is inside. */
function coverage(distance: number): number {
  return Math.min(1, Math.max(0, 0.5 - distance));
}

function distanceToPulse([x, y]: [number, number]): number {
  let nearest = Infinity;
  for (let index = 1; index < pulse.length; index++) {
    const [ax, ay] = pulse[index - 1] as [number, number];
    const [bx, by] = pulse[index] as [number, number];
    const [dx, dy] = [bx - ax, by - ay];
    const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
    nearest = Math.min(nearest, Math.hypot(x - ax - along * dx, y - ay - along * dy));
  }
  return nearest;
}

function distanceToPlate(x: number, y: number, side: number): number {
  const [half, radius] = [side * 0.47, side * 0.21];
  const [dx, dy] = [Math.abs(x - side / 2) - half + radius, Math.abs(y - side / 2) - half + radius];
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - radius;
}
