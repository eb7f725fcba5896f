const FNV_PRIME = 0x01000193;

/** The hash of a parser with that seed, for subjects that lie anywhere. */
export function subjectHash(seed: number): (bytes: Uint8Array, start: number, end: number) => number {
  return (bytes, start, end) => {
    let hash = seed;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), FNV_PRIME);
    return hash ^ (hash >>> 15);
  };
}
