import { atLeastSuccesses, atMostSuccesses } from "./exact-binomial";

/** The smallest latency that at least the given share of requests did not exceed: the inverse of the empirical distribution, which never invents a latency between two that occurred. */
export function latencyQuantile(sorted: Float64Array, quantile: number): number {
  return sorted[rankOf(quantile, sorted.length) - 1]!;
}

/**
 * Woodruff's interval of a quantile (JASA 47, 1952): the latencies at which the share of requests below could, by the exact
 * binomial, still be the quantile.
 *
 * @param sorted - rising; failed requests as `Infinity` at the end
 * @param effective - how many independent requests these are worth, above 0 and at most their number
 * @param level - two-sided
 * @returns `upper` is `Infinity` when these requests do not reach so far, or only by those that failed
 */
export function quantileInterval(
  sorted: Float64Array,
  quantile: number,
  effective: number,
  level: number,
): { readonly lower: number; readonly upper: number } {
  const count = sorted.length;
  const tail = (1 - level) / 2;
  const worth = effective / count;
  // More requests below make it less likely that the quantile lies above: both conditions change once, from true to false or back.
  const excludedBelow = firstWhere(count, (below) => atMostSuccesses(below * worth, effective, quantile) >= tail);
  const excludedAbove = firstWhere(count, (below) => atLeastSuccesses(below * worth, effective, quantile) < tail);
  return {
    lower: excludedBelow === 0 ? 0 : sorted[excludedBelow - 1]!,
    upper: excludedAbove > count ? Number.POSITIVE_INFINITY : sorted[excludedAbove - 1]!,
  };
}

function rankOf(quantile: number, count: number): number {
  const rank = Math.min(count, Math.max(1, Math.ceil(quantile * count)));
  // 0.07 x 100 is a little more than 7.
  return rank > 1 && (rank - 1) / count >= quantile ? rank - 1 : rank;
}

/** The first number from 0 to count for which the condition holds, by halving; count + 1 when there is none. */
function firstWhere(count: number, holds: (number: number) => boolean): number {
  let low = 0;
  let high = count + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
