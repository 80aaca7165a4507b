import type { Interval } from "../gate-verdict";

/**
 * The two-sided percentile interval of a bootstrap (Efron & Tibshirani 1993, chapter 13).
 *
 * @returns `null` when the figure was undefined in any resample: an interval that leaves those out would be too narrow
 */
export function percentileInterval(replicates: Float64Array, level: number): Interval | null {
  if (replicates.length === 0 || replicates.some((value) => !Number.isFinite(value))) return null;
  const sorted = replicates.slice().sort();
  const tail = (1 - level) / 2;
  return {
    lower: quantile(sorted, tail),
    upper: quantile(sorted, 1 - tail),
    level,
    method: `cluster bootstrap, ${replicates.length} replicates`,
  };
}

/** Linear interpolation between order statistics: definition 7 of Hyndman & Fan 1996, numpy's default. */
function quantile(sorted: Float64Array, probability: number): number {
  const position = (sorted.length - 1) * probability;
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}
