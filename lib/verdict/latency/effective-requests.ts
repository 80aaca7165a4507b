import { normalQuantile } from "../fairness/wilson-interval";
import { studentQuantile } from "./student-t";

/** How many independent requests a series of dependent ones is worth. */
export interface EffectiveRequests {
  readonly requests: number;
  /** Requests over effective requests, at least 1. */
  readonly designEffect: number;
}

/** A variance from fewer blocks than this says more of the blocks than of the requests. */
const fewestBlocks = 8;

/**
 * Slow requests come together: a pause of the server makes every request in it slow. The share of marked requests (slower than
 * a quantile, or failed) then varies more than that of as many independent ones, by the design effect (Kish 1965). It is
 * estimated from blocks of consecutive requests: the variance of the blocks' shares over what independent requests would give.
 * How long requests hang together is not known, so blocks of 1, 2, 4, ... are tried, down to {@link fewestBlocks} of them, and
 * the least favourable length counts. Each is corrected for how few its blocks are (Korn & Graubard 1998).
 *
 * @param marks - 1 for a marked request, 0 for any other, in the order of sending
 * @param level - of the interval that will be made from it, two-sided
 */
export function effectiveRequests(marks: Uint8Array, level: number): EffectiveRequests {
  const count = marks.length;
  const share = marks.reduce((sum, mark) => sum + mark, 0) / count;
  if (count === 0 || share === 0 || share === 1) return { requests: count, designEffect: 1 };
  const normal = normalQuantile(1 - (1 - level) / 2);
  let designEffect = 1;
  for (let length = 1; Math.floor(count / length) >= fewestBlocks; length *= 2) {
    const blocks = Math.floor(count / length);
    const ratio = (length * varianceOfShares(marks, length, blocks)) / (share * (1 - share));
    const fewBlocks = (studentQuantile(1 - (1 - level) / 2, blocks - 1) / normal) ** 2;
    designEffect = Math.max(designEffect, ratio * (length === 1 ? 1 : fewBlocks));
  }
  return { requests: count / designEffect, designEffect };
}

/** Variance, between blocks, of the share of marked requests; what is left over at the end is in no block. */
function varianceOfShares(marks: Uint8Array, length: number, blocks: number): number {
  let sum = 0;
  let squares = 0;
  for (let block = 0; block < blocks; block++) {
    let marked = 0;
    for (let index = block * length; index < (block + 1) * length; index++) marked += marks[index]!;
    sum += marked;
    squares += marked * marked;
  }
  return (squares - (sum * sum) / blocks) / (blocks - 1) / (length * length);
}
