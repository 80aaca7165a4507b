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

/** One way to cut a series into blocks of consecutive requests. */
export interface Blocking {
  readonly length: number;
  readonly blocks: number;
  /** What a variance from so few blocks is multiplied with (Korn & Graubard 1998), at least 1. */
  readonly correction: number;
}

/**
 * How long requests hang together is not known, so blocks of 1, 2, 4, ... are tried, down to {@link fewestBlocks} of them.
 *
 * @param level - of the interval that will be made, two-sided
 */
export function blockingsOf(count: number, level: number): readonly Blocking[] {
  const probability = 1 - (1 - level) / 2;
  const normal = normalQuantile(probability);
  const blockings: Blocking[] = [];
  for (let length = 1; Math.floor(count / length) >= fewestBlocks; length *= 2) {
    const blocks = Math.floor(count / length);
    const correction = length === 1 ? 1 : (studentQuantile(probability, blocks - 1) / normal) ** 2;
    blockings.push({ length, blocks, correction });
  }
  return blockings;
}

/**
 * Slow requests come together: a pause of the server makes every request in it slow. The share of marked requests (slower than
 * a quantile, or failed) then varies more than that of as many independent ones, by the design effect (Kish 1965). It is
 * estimated from blocks of consecutive requests: the variance of the blocks' shares over what independent requests would give.
 * The least favourable length of blocks counts.
 *
 * @param marks - 1 for a marked request, 0 for any other, in the order of sending
 */
export function effectiveRequests(marks: Uint8Array, blockings: readonly Blocking[]): EffectiveRequests {
  const count = marks.length;
  const share = marks.reduce((sum, mark) => sum + mark, 0) / count;
  if (count === 0 || share === 0 || share === 1) return { requests: count, designEffect: 1 };
  const designEffect = blockings.reduce(
    (worst, { length, blocks, correction }) =>
      Math.max(worst, (correction * length * varianceOfShares(marks, length, blocks)) / (share * (1 - share))),
    1,
  );
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
