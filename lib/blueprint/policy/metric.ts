import type { AbsoluteThreshold, DeclaredThreshold, MetricName, RelativeThreshold } from "./policy-document";

/** How a limit is held. */
export interface ThresholdOptions {
  /**
   * What is held against the limit: the estimate, or the pessimistic end of its confidence interval.
   *
   * @default "estimate"
   */
  readonly on?: "estimate" | "confidenceBound";
}

/** How much worse than the other model is accepted. */
export interface MarginOptions {
  /** Loss that is accepted, in the metric's own unit, at least 0. */
  readonly margin: number;
}

/** A metric that the gate measures on the held-out rows; ends in a threshold. */
export interface MetricBuilder {
  /** `value >= limit`, for metrics where more is better. */
  atLeast(limit: number, options?: ThresholdOptions): AbsoluteThreshold;
  /** `value <= limit`, for losses. */
  atMost(limit: number, options?: ThresholdOptions): AbsoluteThreshold;
  /** Judges every value of a column as a slice of its own; the family-wise error is held by Holm's procedure. */
  perSlice(column: string): SliceBuilder;
  /** Not worse than the production model on the same rows by more than the margin. */
  notWorseThanProduction(options: MarginOptions): RelativeThreshold;
  /**
   * Not worse than a fixed model on the same rows: many steps that are each "not worse" cannot add up to a decline.
   *
   * @param anchor - the model's content digest, `sha256:...`
   */
  notWorseThan(anchor: string, options: MarginOptions): RelativeThreshold;
}

/** Ends in a threshold that every slice has to keep. */
export type SliceBuilder = Pick<MetricBuilder, "atLeast" | "atMost">;

/** Starts a threshold on a metric that the gate measures itself. */
export function metric(name: MetricName): MetricBuilder {
  return {
    ...absolute(name, null),
    perSlice: (column) => absolute(name, column),
    notWorseThanProduction: ({ margin }) => ({
      kind: "relative",
      metric: name,
      against: "production",
      anchor: null,
      margin,
    }),
    notWorseThan: (anchor, { margin }) => ({ kind: "relative", metric: name, against: "anchor", anchor, margin }),
  };
}

function absolute(name: MetricName, slice: string | null): SliceBuilder {
  const threshold =
    (comparison: AbsoluteThreshold["comparison"]) =>
    (limit: number, options: ThresholdOptions = {}): AbsoluteThreshold => ({
      kind: "absolute",
      metric: name,
      comparison,
      limit,
      on: options.on ?? "estimate",
      slice,
    });
  return { atLeast: threshold("atLeast"), atMost: threshold("atMost") };
}

/**
 * Starts a threshold on a number that the training script reports. Slipway cannot vouch for it: the finding says
 * "measured by training".
 */
export function declaredMetric(name: string): {
  atLeast(limit: number): DeclaredThreshold;
  atMost(limit: number): DeclaredThreshold;
} {
  return {
    atLeast: (limit) => ({ kind: "declared", metric: name, comparison: "atLeast", limit }),
    atMost: (limit) => ({ kind: "declared", metric: name, comparison: "atMost", limit }),
  };
}
