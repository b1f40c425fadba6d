/** Random moments that can be played again: the seed is printed, and CITYSTREAMS_SEED sets it. */
export interface Random {
  seed: number;
  /** From `low` to below `high`. */
  between(low: number, high: number): number;
}

export function seededRandom(what: string): Random {
  const seed = Number(process.env['CITYSTREAMS_SEED'] ?? Date.now() % 1_000_000_000);
  process.stdout.write(`${what}: seed ${seed} (set CITYSTREAMS_SEED to play it again)\n`);
  let state = seed >>> 0;
  // mulberry32: small, and good enough to scatter moments.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return { seed, between: (low, high) => low + next() * (high - low) };
}
