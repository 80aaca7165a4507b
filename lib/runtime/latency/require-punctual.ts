import type { LatencySample } from "../../verdict/latency/latency-sample";
import { RefusedError } from "../refusals";

/** Up to this share of the limit the generator may be late itself: what it adds to a latency is then small against what is judged. */
const tolerated = 0.1;

/**
 * Refuses a measurement that says more of the load generator than of the server.
 *
 * @param limitMillis - the limit that the measurement is judged by
 * @param quantile - of that limit; the share of requests beyond it is what lateness could fill
 * @throws RefusedError `generator-too-slow`
 */
export function requirePunctual(sample: LatencySample, limitMillis: number, quantile: number): void {
  const { lateMillis, eventLoopMillis, waitedForConnection } = sample.generator;
  const late = quantile > 0.99 ? lateMillis.p999 : lateMillis.p99;
  if (Math.max(late, eventLoopMillis) > tolerated * limitMillis) {
    throw new RefusedError(
      "generator-too-slow",
      `the load generator itself sent ${late.toFixed(1)} ms late and saw answers ${eventLoopMillis.toFixed(1)} ms late, more than a tenth of the limit of ${limitMillis} ms`,
      "Run it on a machine with a free core, away from the server, or at a lower rate.",
    );
  }
  const mostWaiting = tolerated * (1 - quantile) * sample.millis.length;
  if (waitedForConnection > mostWaiting) {
    throw new RefusedError(
      "generator-too-slow",
      `${waitedForConnection} of ${sample.millis.length} requests had to wait for a connection, so that the load was not the one asked for`,
      "Allow more connections (--connections), or measure at a rate that the server can answer.",
    );
  }
}
