/** Height of the tallest bar in the 100 x 20 box of a sparkline. */
const barHeightMax = 18;

/** Bars from zero, one stroke each; a bar that is not zero is never shorter than a pixel. */
export function sparkPath(bars: Uint8Array): string {
  const step = 100 / bars.length;
  let path = '';
  for (let index = 0; index < bars.length; index++) {
    const value = bars[index] ?? 0;
    if (value === 0) continue;
    const top = 20 - Math.max(1.4, (value / 255) * barHeightMax);
    path += `M${String(Math.round((index + 0.5) * step * 10) / 10)} 20V${top.toFixed(1)}`;
  }
  return path;
}
