import type { MetricName } from "./policy-document";

/** What has to be known of a metric to judge a threshold on it. */
export interface MetricTraits {
  readonly better: "higher" | "lower";
  /** Smallest and largest value the metric can take. */
  readonly range: readonly [number, number];
  /** Whether it is about selected rows, so that it has no meaning without a decision rule. */
  readonly needsDecision: boolean;
  readonly task: "classification" | "regression";
}

const score = { better: "higher", range: [0, 1], needsDecision: false, task: "classification" } as const;
const decided = { ...score, needsDecision: true } as const;
const error = { better: "lower", range: [0, Infinity], needsDecision: false, task: "regression" } as const;

export const metricTraits: Readonly<Record<MetricName, MetricTraits>> = {
  auc: score,
  averagePrecision: score,
  logLoss: { ...score, better: "lower", range: [0, Infinity] },
  brierScore: { ...score, better: "lower" },
  accuracy: decided,
  precision: decided,
  recall: decided,
  f1: decided,
  rmse: error,
  mae: error,
  r2: { ...error, better: "higher", range: [-Infinity, 1] },
};

export function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(metricTraits, name);
}
