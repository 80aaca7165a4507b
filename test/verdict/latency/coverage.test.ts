import { latencyFigures } from "../../../lib/verdict/latency/latency-figures";
import { latencyQuantile, quantileInterval } from "../../../lib/verdict/latency/quantile-interval";
import { Random } from "../../../lib/verdict/resampling/random";
import { sampleOf } from "./a-latency-sample";
import { autoregressive, bursts, independent, type Process } from "./simulated-latencies";

const samples = 250;
const quantile = 0.95;

interface Coverage {
  /** Share of intervals of 95 % that hold the true quantile. */
  readonly ours: number;
  /** The same, taking requests for independent. */
  readonly asIndependent: number;
}

function coverage(process: Process, count: number): Coverage {
  const truth = latencyQuantile(process(400_000, new Random(7)).sort(), quantile);
  let ours = 0;
  let asIndependent = 0;
  for (let seed = 1; seed <= samples; seed++) {
    const millis = process(count, new Random(seed));
    const figure = latencyFigures(sampleOf(millis)).quantiles.find((each) => each.quantile === quantile)!;
    if (figure.lowerMillis! <= truth && truth <= (figure.upperMillis ?? Infinity)) ours += 1;
    const naive = quantileInterval(millis.sort(), quantile, count, 0.95);
    if (naive.lower <= truth && truth <= naive.upper) asIndependent += 1;
  }
  return { ours: ours / samples, asIndependent: asIndependent / samples };
}

/** The seeds are fixed: these shares are the same on every machine. */
describe("intervals of 95 % hold the true quantile in at least 93 % of measurements", () => {
  test("of independent requests", () => {
    const { ours, asIndependent } = coverage(independent, 600);
    expect(ours).toBeGreaterThanOrEqual(0.93);
    expect(asIndependent).toBeGreaterThanOrEqual(0.93);
  });

  test.each<[string, Process, number]>([
    ["each half like the one before", autoregressive(0.5), 600],
    ["each much like the one before", autoregressive(0.9), 1200],
    ["with a short pause now and then", bursts(40, 4), 1200],
  ])("of requests %s, where taking them for independent does not", (_, process, count) => {
    const { ours, asIndependent } = coverage(process, count);
    expect(ours).toBeGreaterThanOrEqual(0.93);
    expect(asIndependent).toBeLessThan(0.93);
  });
});
