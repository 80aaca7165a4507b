import { type Blocking, blockingsOf, effectiveRequests } from "./effective-requests";
import { clopperPearson } from "./exact-binomial";
import type { GeneratorLateness, LatencySample } from "./latency-sample";
import { latencyQuantile, quantileInterval } from "./quantile-interval";

/** What a measurement says, in milliseconds; `null` stands for a time beyond every answer, because failed requests reach there or too few were sent. */
export interface LatencyFigures {
  /** Requests counted; those of the warm-up are not. */
  readonly requests: number;
  readonly failed: number;
  /** How many failed, by what happened. */
  readonly failures: Readonly<Record<string, number>>;
  readonly errorRate: ErrorRateFigure;
  /** Rising by quantile. */
  readonly quantiles: readonly QuantileFigure[];
  /** Slowest answer; `null` when any request failed. */
  readonly maxMillis: number | null;
  /** Requests per second. */
  readonly rateAsked: number;
  readonly rateAchieved: number;
  readonly seconds: number;
  /** Two-sided level of every interval. */
  readonly confidence: number;
  readonly generator: GeneratorLateness;
}

export interface QuantileFigure {
  readonly quantile: number;
  readonly millis: number | null;
  readonly lowerMillis: number | null;
  readonly upperMillis: number | null;
  /** By how much slow requests came together: so many times more requests tell as much as independent ones. At least 1. */
  readonly designEffect: number;
}

export interface ErrorRateFigure {
  readonly value: number;
  readonly lower: number;
  readonly upper: number;
  readonly designEffect: number;
}

/** The quantiles that every report shows. */
export const usualQuantiles: readonly number[] = [0.5, 0.9, 0.95, 0.99, 0.999];

export interface FigureOptions {
  /** Shown besides the usual ones, each above 0 and below 1. @default - none */
  readonly quantiles?: readonly number[];
  /** Two-sided level of every interval, above 0.5 and below 1. @default 0.95 */
  readonly confidence?: number;
}

/** Quantiles and error rate of a measurement, with intervals that hold also where slow or failed requests come together. */
export function latencyFigures(sample: LatencySample, options: FigureOptions = {}): LatencyFigures {
  const { millis, failures, rateAsked, rateAchieved, seconds, generator } = sample;
  const { quantiles = [], confidence = 0.95 } = options;
  if (millis.length === 0) throw new RangeError("a measurement without requests has no figures");
  const sorted = millis.slice().sort();
  const failed = millis.length - answered(sorted);
  const blockings = blockingsOf(millis.length, confidence);
  return {
    requests: millis.length,
    failed,
    failures,
    errorRate: errorRateOf(millis, failed, confidence, blockings),
    quantiles: [...new Set([...usualQuantiles, ...quantiles])]
      .sort((a, b) => a - b)
      .map((quantile) => quantileFigure(millis, sorted, quantile, confidence, blockings)),
    maxMillis: finiteOrNull(sorted[sorted.length - 1]!),
    rateAsked,
    rateAchieved,
    seconds,
    confidence,
    generator,
  };
}

function quantileFigure(
  millis: Float64Array,
  sorted: Float64Array,
  quantile: number,
  confidence: number,
  blockings: readonly Blocking[],
): QuantileFigure {
  const value = latencyQuantile(sorted, quantile);
  // Many requests may take exactly as long as the quantile: with them, and without them, it is counted who is slow.
  const slower = effectiveRequests(
    marked(millis, (each) => each > value),
    blockings,
  );
  const asSlow = effectiveRequests(
    marked(millis, (each) => each >= value),
    blockings,
  );
  const { requests, designEffect } = slower.requests < asSlow.requests ? slower : asSlow;
  const { lower, upper } = quantileInterval(sorted, quantile, requests, confidence);
  return {
    quantile,
    millis: finiteOrNull(value),
    lowerMillis: finiteOrNull(lower),
    upperMillis: finiteOrNull(upper),
    designEffect,
  };
}

function errorRateOf(
  millis: Float64Array,
  failed: number,
  confidence: number,
  blockings: readonly Blocking[],
): ErrorRateFigure {
  const { requests, designEffect } = effectiveRequests(
    marked(millis, (each) => !Number.isFinite(each)),
    blockings,
  );
  const value = failed / millis.length;
  return { value, ...clopperPearson(value * requests, requests, confidence), designEffect };
}

function marked(millis: Float64Array, isMarked: (each: number) => boolean): Uint8Array {
  const marks = new Uint8Array(millis.length);
  millis.forEach((each, index) => {
    if (isMarked(each)) marks[index] = 1;
  });
  return marks;
}

/** How many requests were answered: failed ones stand at the end. */
function answered(sorted: Float64Array): number {
  const first = sorted.findIndex((each) => !Number.isFinite(each));
  return first === -1 ? sorted.length : first;
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
