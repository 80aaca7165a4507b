import type { LatencySample } from "../../../lib/verdict/latency/latency-sample";

/** A measurement with these latencies, `Infinity` for what failed, by a generator that was on time. */
export function sampleOf(millis: Iterable<number>): LatencySample {
  const values = Float64Array.from(millis);
  const failed = values.filter((each) => !Number.isFinite(each)).length;
  return {
    millis: values,
    failures: failed === 0 ? {} : { timeout: failed },
    rateAsked: 20,
    rateAchieved: 20,
    seconds: values.length / 20,
    generator: { lateMillis: { p50: 0, p99: 0, p999: 0, max: 0 }, eventLoopMillis: 0, waitedForConnection: 0 },
  };
}
