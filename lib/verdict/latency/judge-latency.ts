import type { ServingPolicy } from "../../blueprint/policy/policy-document";
import type { Finding, Outcome } from "../gate-verdict";
import { show } from "../judge/finding";
import { worstOutcome } from "../outcome";
import type { LatencyFigures, QuantileFigure } from "./latency-figures";

/** One limit on the served model held against what was measured: a row of the table. */
export interface ServingFinding extends Pick<
  Finding,
  "threshold" | "title" | "measure" | "comparison" | "limit" | "value" | "outcome" | "reason"
> {
  /** An end of `null` lies beyond every answer: it is above any limit. */
  readonly interval: {
    readonly lower: number | null;
    readonly upper: number | null;
    readonly level: number;
    readonly method: string;
  };
  /** Counted requests behind the value. */
  readonly requests: number;
}

/** Failed if any finding failed, else undecided if any is undecided or there is none, else passed. */
export interface ServingVerdict {
  readonly outcome: Outcome;
  readonly findings: readonly ServingFinding[];
}

/** The limit on a response time. */
export interface LatencyLimit {
  /** Above 0 and below 1. */
  readonly quantile: number;
  readonly atMostMillis: number;
}

/** What a measurement is held against; what is `null` is not judged. */
export interface ServingLimit {
  readonly latency: LatencyLimit | null;
  /** Highest accepted share of failed requests. */
  readonly errorRate: number | null;
}

/** The limits of a policy: with `smoke` the wider one, for a machine that is not the promised one. */
export function servingLimit(
  { latency, errorRate }: ServingPolicy,
  { smoke }: { readonly smoke: boolean },
): ServingLimit {
  return {
    errorRate,
    latency:
      latency === null
        ? null
        : { quantile: latency.quantile, atMostMillis: smoke ? latency.smokeAtMostMillis : latency.atMostMillis },
  };
}

/** Holds a measurement against the limits: an interval passes when it lies within, fails when it lies outside, and decides nothing across. */
export function judgeServing(figures: LatencyFigures, { latency, errorRate }: ServingLimit): ServingVerdict {
  const findings = [
    ...(latency === null ? [] : [judgeLatency(figures, latency)]),
    ...(errorRate === null ? [] : [judgeErrorRate(figures, errorRate)]),
  ];
  return { outcome: worstOutcome(findings.map(({ outcome }) => outcome)), findings };
}

/**
 * Holds one quantile against its limit. Failed requests are slower than any limit, so a server does not pass by refusing.
 *
 * @throws RangeError when the figures do not hold the limit's quantile
 */
export function judgeLatency(figures: LatencyFigures, { quantile, atMostMillis }: LatencyLimit): ServingFinding {
  const figure = figures.quantiles.find((each) => each.quantile === quantile);
  if (figure === undefined) throw new RangeError(`quantile ${quantile} was not computed`);
  const { lowerMillis: lower, upperMillis: upper } = figure;
  return {
    threshold: "serving.latency",
    title: `latency at quantile ${quantile} at most ${show(atMostMillis)} ms`,
    measure: "latencyMillis",
    comparison: "atMost",
    limit: atMostMillis,
    value: figure.millis,
    interval: { lower, upper, level: figures.confidence, method: methodOf("Woodruff", figures, figure.designEffect) },
    requests: figures.requests,
    ...judgeInterval(lower, upper, atMostMillis, (end) => `${show(end)} ms`, beyond(figures, figure)),
  };
}

/** Holds the share of failed requests against its limit. */
export function judgeErrorRate(figures: LatencyFigures, limit: number): ServingFinding {
  const { value, lower, upper, designEffect } = figures.errorRate;
  return {
    threshold: "serving.errorRate",
    title: `error rate at most ${limit}`,
    measure: "errorRate",
    comparison: "atMost",
    limit,
    value,
    interval: {
      lower,
      upper,
      level: figures.confidence,
      method: methodOf("Clopper-Pearson", figures, designEffect),
    },
    requests: figures.requests,
    ...judgeInterval(lower, upper, limit, show, ""),
  };
}

function methodOf(name: string, { requests }: LatencyFigures, designEffect: number): string {
  return `${name}, exact binomial, ${requests} requests, design effect ${designEffect.toFixed(2)}`;
}

/** Why an interval has no finite upper end, for people. */
function beyond({ failed }: LatencyFigures, { upperMillis }: QuantileFigure): string {
  if (upperMillis !== null) return "";
  return failed > 0 ? " (failed requests reach there)" : " (too few requests to know more)";
}

function judgeInterval(
  lower: number | null,
  upper: number | null,
  limit: number,
  showEnd: (end: number) => string,
  why: string,
): { readonly outcome: Outcome; readonly reason: string | null } {
  if (upper !== null && upper <= limit) return { outcome: "passed", reason: null };
  const end = (value: number | null): string => (value === null ? "beyond every answer" : showEnd(value));
  const bounds = `the interval ${end(lower)} to ${end(upper)}${why}`;
  if (lower === null || lower > limit) {
    return { outcome: "failed", reason: `${bounds} lies above ${showEnd(limit)}` };
  }
  return { outcome: "undecided", reason: `${bounds} lies across ${showEnd(limit)}` };
}
