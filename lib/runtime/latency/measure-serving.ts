import { judgeServing, type ServingLimit, type ServingVerdict } from "../../verdict/latency/judge-latency";
import { latencyFigures, type LatencyFigures } from "../../verdict/latency/latency-figures";
import { hardware, type Hardware } from "./hardware";
import type { Load } from "./load";
import { measureLatency } from "./measure-latency";
import { requirePunctual } from "./require-punctual";
import { requireReachable } from "./require-reachable";

/** A measurement, what it was held against, and the machine it was made on. */
export interface ServingMeasurement {
  readonly figures: LatencyFigures;
  readonly limit: ServingLimit;
  /** Undecided, without findings, where no limit was given. */
  readonly verdict: ServingVerdict;
  readonly hardware: Hardware;
}

/**
 * Puts a server that is running under a load and holds what is measured against the limits.
 *
 * @param confidence - two-sided level of every interval
 * @throws BrokenEnvironmentError when nothing listens at the address
 * @throws RefusedError `generator-too-slow` when the measurement would say more of this process than of the server
 */
export async function measureServing(
  load: Load,
  limit: ServingLimit,
  confidence: number,
  signal?: AbortSignal,
): Promise<ServingMeasurement> {
  await requireReachable(load.url);
  const sample = await measureLatency(load, signal);
  const { latency } = limit;
  if (latency !== null) requirePunctual(sample, latency.atMostMillis, latency.quantile);
  const figures = latencyFigures(sample, { quantiles: latency === null ? [] : [latency.quantile], confidence });
  return { figures, limit, verdict: judgeServing(figures, limit), hardware: hardware() };
}
