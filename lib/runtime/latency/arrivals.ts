import type { Random } from "../../verdict/resampling/random";

/** How requests are spaced; docs/decisions/0094 says why `poisson` is the default. */
export type Arrivals = "poisson" | "constant";

/**
 * When requests are to be sent, in milliseconds from the start, rising: exactly `rate * seconds` of them, rounded. Poisson
 * arrivals are drawn given their number: independent of each other and even over the time. The same seed gives the same times.
 *
 * @param rate - requests per second
 */
export function arrivalTimes(rate: number, seconds: number, arrivals: Arrivals, random: Random): Float64Array {
  const count = Math.round(rate * seconds);
  const length = seconds * 1_000;
  if (arrivals === "constant") return Float64Array.from({ length: count }, (_, index) => (index * 1_000) / rate);
  return Float64Array.from({ length: count }, () => (random.below(2 ** 32) / 2 ** 32) * length).sort();
}

/** An order of the payloads, shuffled by Fisher and Yates, so that requests that follow each other have nothing in common by the order of a file. */
export function shuffled<T>(values: readonly T[], random: Random): readonly T[] {
  const order = [...values];
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
