/** A public key as people tell them apart: `UAQ3…X7PL`. Names stay as they are. */
export function shortKey(text: string): string {
  return /^[UAONCX][A-Z2-7]{55}$/.test(text) ? `${text.slice(0, 4)}…${text.slice(-4)}` : text;
}
