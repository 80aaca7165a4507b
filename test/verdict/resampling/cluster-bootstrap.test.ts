import * as fc from "fast-check";
import { clusterBootstrap } from "../../../lib/verdict/resampling/cluster-bootstrap";
import { percentileInterval } from "../../../lib/verdict/resampling/percentile-interval";
import { Random } from "../../../lib/verdict/resampling/random";

const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

test("draws as many clusters as there are, and begins with the rows as they are", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 50 }), seeds, (clusters, seed) => {
      const drawn: number[][] = [];
      const note = (counts: Uint32Array): number[] => {
        drawn.push([...counts]);
        return [];
      };
      clusterBootstrap(note, clusters, { replicates: 5, seed });
      expect(drawn).toHaveLength(6);
      expect(drawn[0]).toEqual(new Array(clusters).fill(1));
      for (const counts of drawn) expect(counts.reduce((sum, count) => sum + count, 0)).toBe(clusters);
    }),
  );
});

test("the same seed draws the same, and which figures are asked for changes no draw", () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const first = (counts: Uint32Array): number => counts[0]!;
      const last = (counts: Uint32Array): number => counts[19]!;
      const resampling = { replicates: 30, seed };
      const [alone] = clusterBootstrap((counts) => [last(counts)], 20, resampling);
      const [, second] = clusterBootstrap((counts) => [first(counts), last(counts)], 20, resampling);
      expect(second).toEqual(alone);
    }),
    { numRuns: 30 },
  );
});

test("an interval of a mean is as wide as the theory of clusters says, not as wide as rows would make it", () => {
  const random = new Random(3);
  const value = Float64Array.from({ length: 400 }, () => random.below(1e6) / 1e6);
  const mean = value.reduce((sum, each) => sum + each, 0) / value.length;
  const deviation = Math.sqrt(value.reduce((sum, each) => sum + (each - mean) ** 2, 0) / value.length);
  const [resampled] = clusterBootstrap(
    (counts) => [value.reduce((sum, each, cluster) => sum + counts[cluster]! * each, 0) / value.length],
    value.length,
    { replicates: 4000, seed: 1 },
  );
  const { lower, upper } = percentileInterval(resampled!.replicates, 0.95)!;
  const expected = (2 * 1.959964 * deviation) / Math.sqrt(value.length);
  expect((upper - lower) / expected).toBeGreaterThan(0.95);
  expect((upper - lower) / expected).toBeLessThan(1.05);
});

test("a higher confidence never gives a narrower interval", () => {
  const numbers = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 60 });
  const level = fc.double({ min: 0.5, max: 0.999, noNaN: true });
  fc.assert(
    fc.property(numbers, level, level, (values, one, other) => {
      const [low, high] = one < other ? [one, other] : [other, one];
      const replicates = Float64Array.from(values);
      const narrow = percentileInterval(replicates, low)!;
      const wide = percentileInterval(replicates, high)!;
      expect(wide.lower).toBeLessThanOrEqual(narrow.lower + 1e-15);
      expect(wide.upper).toBeGreaterThanOrEqual(narrow.upper - 1e-15);
    }),
  );
});

test("a figure that is undefined in one resample has no interval", () => {
  expect(percentileInterval(Float64Array.of(0.1, Number.NaN, 0.3), 0.9)).toBeNull();
  expect(percentileInterval(Float64Array.of(0.1, Infinity), 0.9)).toBeNull();
  expect(percentileInterval(new Float64Array(), 0.9)).toBeNull();
});

test("numbers of the generator are as even as chance allows", () => {
  const bins = new Float64Array(64);
  const random = new Random(11);
  const draws = 640_000;
  for (let draw = 0; draw < draws; draw++) bins[random.below(64)]! += 1;
  const expected = draws / 64;
  const chiSquare = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  // 63 degrees of freedom: 0.0001 % lie beyond 127; a fixed seed makes this no matter of luck.
  expect(chiSquare).toBeLessThan(127);
});
