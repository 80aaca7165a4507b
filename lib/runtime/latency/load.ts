import type { ServingLimit } from "../../verdict/latency/judge-latency";
import type { Arrivals } from "./arrivals";

/** The load a server is put under. */
export interface Load {
  /** Where requests are posted, `http:` or `https:`. */
  readonly url: URL;
  /** Bodies, sent one after the other in a shuffled order, again and again; at least one. */
  readonly payloads: readonly (string | Uint8Array)[];
  /** @default "application/json" */
  readonly contentType?: string | undefined;
  /** Requests per second, above 0. They are sent at this rate whether the server keeps up or not. */
  readonly rate: number;
  /** Length of the counted part. */
  readonly seconds: number;
  /** Length of what goes before it at the same rate and is not counted: caches and connections are cold then. @default 5 */
  readonly warmUpSeconds?: number | undefined;
  /** A request without a complete answer after so long, from when it was meant to be sent, has failed. @default 10 */
  readonly timeoutSeconds?: number | undefined;
  /** @default "poisson" */
  readonly arrivals?: Arrivals | undefined;
  /** A whole number from 0; fixes the times of sending and the order of payloads. @default 1 */
  readonly seed?: number | undefined;
  /**
   * Most connections at once. They are opened as needed, because a request that waits for one is not sent at its time.
   *
   * @default - as many as requests can be under way within the timeout
   */
  readonly connections?: number | undefined;
}

/** A load with its defaults resolved. */
export type ResolvedLoad = { readonly [Property in keyof Load]-?: NonNullable<Load[Property]> };

/** More requests than this are not kept: 16 bytes of memory each. */
export const mostRequests = 10_000_000;

/** More connections than this are not opened: a process has a limit on open files, and so has the server. */
const mostConnections = 4_096;

export function resolveLoad(load: Load): ResolvedLoad {
  const { url, payloads, rate, seconds, timeoutSeconds = 10 } = load;
  return {
    url,
    payloads,
    contentType: load.contentType ?? "application/json",
    rate,
    seconds,
    warmUpSeconds: load.warmUpSeconds ?? 5,
    timeoutSeconds,
    arrivals: load.arrivals ?? "poisson",
    seed: load.seed ?? 1,
    connections: load.connections ?? connectionsFor(rate, timeoutSeconds),
  };
}

/** What is under way at once is at most what arrives within the timeout; with Poisson arrivals five standard deviations more. */
function connectionsFor(rate: number, timeoutSeconds: number): number {
  const underWay = rate * timeoutSeconds;
  return Math.min(mostConnections, Math.ceil(underWay + 5 * Math.sqrt(underWay)) + 1);
}

/** Fewer requests than this beyond a quantile do not say where it lies. */
const expectedBeyond = 20;

/** However few requests would do, a server shows little of its pauses in less. */
const leastSeconds = 30;

/**
 * How long to measure so that the limits can be decided at all: 20 requests are expected beyond the quantile, a run without a
 * failure proves the error rate, and at least 30 seconds.
 *
 * @param rate - requests per second
 * @param confidence - two-sided, of the intervals that will be judged
 */
export function secondsFor(rate: number, { latency, errorRate }: ServingLimit, confidence: number): number {
  // Rounded first: 1 - 0.95 is a little more than 0.05.
  const forQuantile = latency === null ? 0 : Number((expectedBeyond / (1 - latency.quantile)).toFixed(6));
  const forErrorRate = errorRate === null ? 0 : Math.log((1 - confidence) / 2) / Math.log(1 - errorRate);
  return Math.max(leastSeconds, Math.ceil(Math.ceil(Math.max(forQuantile, forErrorRate)) / rate));
}
