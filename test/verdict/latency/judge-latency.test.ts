import * as fc from "fast-check";
import { blockingsOf, effectiveRequests } from "../../../lib/verdict/latency/effective-requests";
import { judgeLatency, judgeServing, servingLimit } from "../../../lib/verdict/latency/judge-latency";
import { latencyFigures } from "../../../lib/verdict/latency/latency-figures";
import { latencyQuantile, quantileInterval } from "../../../lib/verdict/latency/quantile-interval";
import { Random } from "../../../lib/verdict/resampling/random";
import { sampleOf } from "./a-latency-sample";
import { independent } from "./simulated-latencies";

const latencies = fc.array(fc.oneof(fc.double({ min: 0.1, max: 500, noNaN: true }), fc.constant(Infinity)), {
  minLength: 20,
  maxLength: 400,
});
const quantiles = fc.constantFrom(0.5, 0.9, 0.95, 0.99);
const rising = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();

/** The 95th percentile of log-normal latencies around 20 ms is 45.7 ms. */
const usual = sampleOf(independent(1200, new Random(3)));

describe("quantiles and their intervals", () => {
  test("lie around the value, and rise with the quantile", () => {
    fc.assert(
      fc.property(latencies, (millis) => {
        const figures = latencyFigures(sampleOf(millis)).quantiles;
        let before = 0;
        for (const { millis: value, lowerMillis, upperMillis, designEffect } of figures) {
          expect(lowerMillis ?? Infinity).toBeLessThanOrEqual(value ?? Infinity);
          expect(value ?? Infinity).toBeLessThanOrEqual(upperMillis ?? Infinity);
          expect(value ?? Infinity).toBeGreaterThanOrEqual(before);
          expect(designEffect).toBeGreaterThanOrEqual(1);
          before = value ?? Infinity;
        }
      }),
    );
  });

  test("ask for no order of the requests, beside how much slow ones come together", () => {
    fc.assert(
      fc.property(latencies, fc.integer({ min: 1, max: 1000 }), (millis, seed) => {
        const random = new Random(seed);
        const mixed = [...millis].sort(() => random.below(3) - 1);
        const [one, other] = [latencyFigures(sampleOf(millis)), latencyFigures(sampleOf(mixed))];
        expect(other.quantiles.map((each) => each.millis)).toEqual(one.quantiles.map((each) => each.millis));
        expect(other.errorRate.value).toBe(one.errorRate.value);
        expect(other.maxMillis).toBe(one.maxMillis);
      }),
    );
  });

  test("never fall when a request fails or gets slower", () => {
    fc.assert(
      fc.property(
        latencies,
        quantiles,
        fc.nat(),
        fc.oneof(fc.constant(Infinity), fc.double({ min: 0, max: 900, noNaN: true })),
        fc.double({ min: 0.1, max: 1, noNaN: true }),
        (millis, quantile, at, slower, worth) => {
          const worse = millis.map((each, index) => (index === at % millis.length ? each + slower : each));
          const interval = (values: readonly number[]): { lower: number; upper: number } =>
            quantileInterval(rising(values), quantile, worth * values.length, 0.95);
          expect(latencyQuantile(rising(worse), quantile)).toBeGreaterThanOrEqual(
            latencyQuantile(rising(millis), quantile),
          );
          expect(interval(worse).lower).toBeGreaterThanOrEqual(interval(millis).lower);
          expect(interval(worse).upper).toBeGreaterThanOrEqual(interval(millis).upper);
        },
      ),
    );
  });

  test("get wider when requests are worth less, or the level is higher", () => {
    fc.assert(
      fc.property(latencies, quantiles, fc.double({ min: 0.1, max: 1, noNaN: true }), (millis, quantile, worth) => {
        const interval = (share: number, level: number): { lower: number; upper: number } =>
          quantileInterval(rising(millis), quantile, share * millis.length, level);
        const narrow = interval(1, 0.9);
        for (const wide of [interval(worth, 0.9), interval(1, 0.99)]) {
          expect(wide.lower).toBeLessThanOrEqual(narrow.lower);
          expect(wide.upper).toBeGreaterThanOrEqual(narrow.upper);
        }
      }),
    );
  });

  test("slow requests that come together are worth fewer than the same scattered", () => {
    const blockings = blockingsOf(1000, 0.95);
    const together = Uint8Array.from({ length: 1000 }, (_, index) => Number(index % 500 < 50));
    const scattered = Uint8Array.from({ length: 1000 }, (_, index) => Number(index % 10 === 0));
    expect(effectiveRequests(together, blockings).designEffect).toBeGreaterThan(20);
    expect(effectiveRequests(scattered, blockings).designEffect).toBeLessThan(1.01);
  });
});

describe("a limit on latency", () => {
  const { lowerMillis, upperMillis } = latencyFigures(usual).quantiles.find(({ quantile }) => quantile === 0.95)!;
  const judged = (atMostMillis: number): string =>
    judgeLatency(latencyFigures(usual), { quantile: 0.95, atMostMillis }).outcome;

  test("passes below it, fails above it, is undecided across it", () => {
    expect(judged(upperMillis!)).toBe("passed");
    expect(judged(upperMillis! - 0.001)).toBe("undecided");
    expect(judged(lowerMillis!)).toBe("undecided");
    expect(judged(lowerMillis! - 0.001)).toBe("failed");
  });

  test("is undecided on too few requests to know, and says so", () => {
    const few = sampleOf(usual.millis.slice(0, 40));
    const finding = judgeLatency(latencyFigures(few), { quantile: 0.99, atMostMillis: 10_000 });
    expect(finding).toMatchObject({ outcome: "undecided", interval: { upper: null } });
    expect(finding.reason).toContain("too few requests");
  });

  test("is broken by failed requests, however fast the others are", () => {
    const refusing = sampleOf(usual.millis.map((each, index) => (index % 10 === 0 ? Infinity : each / 100)));
    const finding = judgeLatency(latencyFigures(refusing), { quantile: 0.95, atMostMillis: 10_000 });
    expect(finding).toMatchObject({ outcome: "failed", value: null, interval: { lower: null, upper: null } });
  });

  test("errs on no side when the quantile was not computed", () => {
    expect(() => judgeLatency(latencyFigures(usual), { quantile: 0.93, atMostMillis: 50 })).toThrow(RangeError);
    expect(
      judgeLatency(latencyFigures(usual, { quantiles: [0.93] }), { quantile: 0.93, atMostMillis: 80 }).outcome,
    ).toBe("passed");
  });
});

describe("a limit on failed requests", () => {
  const failing = (failed: number): string =>
    judgeServing(
      latencyFigures(sampleOf(Array.from({ length: 1000 }, (_, index) => (index % 1000 < failed ? Infinity : 10)))),
      { latency: null, errorRate: 0.01 },
    ).outcome;

  test("passes without a failure, fails on many, and does not decide on as many as it allows", () => {
    expect(failing(0)).toBe("passed");
    expect(failing(10)).toBe("undecided");
    expect(failing(200)).toBe("failed");
  });
});

test("a smoke test is judged by the wider limit; a policy without latency judges failures alone", () => {
  const latency = {
    quantile: 0.95,
    atMostMillis: 150,
    smokeAtMostMillis: 450,
    atRequestsPerSecond: 20,
    atRowsPerRequest: 1,
  };
  expect(servingLimit({ errorRate: 0.01, latency }, { smoke: true }).latency?.atMostMillis).toBe(450);
  expect(servingLimit({ errorRate: 0.01, latency }, { smoke: false }).latency?.atMostMillis).toBe(150);
  expect(servingLimit({ errorRate: 0.01, latency: null }, { smoke: true })).toEqual({ errorRate: 0.01, latency: null });
});
