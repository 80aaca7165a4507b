import type { Random } from "../../../lib/verdict/resampling/random";

/** Draws the latencies of so many requests, in the order of sending. */
export type Process = (count: number, random: Random) => Float64Array;

const uniform = (random: Random): number => (random.below(2 ** 32) + 0.5) / 2 ** 32;
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(uniform(random))) * Math.cos(2 * Math.PI * uniform(random));

/** Every request by itself: log-normal around 20 ms. */
export const independent: Process = (count, random) =>
  Float64Array.from({ length: count }, () => Math.exp(3 + 0.5 * normal(random)));

/** The same distribution, each request like the one before it: a first-order autoregression on the logarithm. */
export function autoregressive(correlation: number): Process {
  return (count, random) => {
    let state = normal(random);
    return Float64Array.from({ length: count }, () => {
      state = correlation * state + Math.sqrt(1 - correlation ** 2) * normal(random);
      return Math.exp(3 + 0.5 * state);
    });
  };
}

/** Pauses of random length at random times: a request that comes in one waits for its end. Times in units of requests. */
export function bursts(meanDistance: number, meanLength: number): Process {
  return (count, random) => {
    const exponential = (mean: number): number => -mean * Math.log(uniform(random));
    const paused = new Float64Array(count);
    // The first pauses lie before the first request, so that it may find the server paused as any other.
    for (let start = -20 * meanLength; start < count; start += exponential(meanDistance)) {
      const end = start + exponential(meanLength);
      for (let index = Math.max(0, Math.ceil(start)); index < Math.min(count, end); index++) {
        paused[index] = Math.max(paused[index]!, end - index);
      }
    }
    return paused.map((wait) => 20 * Math.exp(0.3 * normal(random)) + 10 * wait);
  };
}
