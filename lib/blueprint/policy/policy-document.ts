/**
 * A quality policy as plain JSON: what the release manifest carries, what the gate judges by, what every renderer reads.
 * {@link QualityPolicy} builds and checks it; nothing else should be constructed by hand.
 */
export interface PolicyDocument {
  readonly gate: GatePolicy;
  readonly serving: ServingPolicy | null;
  readonly drift: DriftPolicy | null;
}

/** The sections that are digested separately: evidence of the gate binds to `gate` alone. */
export type PolicySection = keyof PolicyDocument;

/** What the gate judges by. */
export interface GatePolicy {
  /** What the score is used for; `null` when the policy judges scores only. */
  readonly decision: DecisionRule | null;
  /** Two-sided confidence level of every interval, for example 0.95. */
  readonly confidence: number;
  /** Groups and slices with fewer rows or positives than this are not assessable, which is no pass. */
  readonly minimumGroup: { readonly rows: number; readonly positives: number };
  /** How many resamples intervals are made from, and the seed that they follow from. */
  readonly bootstrap: { readonly replicates: number; readonly seed: number };
  readonly accuracy: readonly AccuracyThreshold[];
  readonly fairness: readonly FairnessThreshold[];
  /** Evidence older than this many hours promotes nothing. */
  readonly evidenceMaxAgeHours: number;
}

/** What a score is used for. */
export type DecisionRule =
  /** The given fraction of rows with the highest scores is selected; ties at the cut are all selected or all not, see docs. */
  | { readonly kind: "topFraction"; readonly fraction: number }
  /** Rows whose score is at least the threshold are selected. */
  | { readonly kind: "scoreAtLeast"; readonly score: number };

/** Metrics the gate measures itself. Those after `brierScore` need a decision rule; the last three judge regression. */
export type MetricName =
  | "auc"
  | "averagePrecision"
  | "logLoss"
  | "brierScore"
  | "accuracy"
  | "precision"
  | "recall"
  | "f1"
  | "rmse"
  | "mae"
  | "r2";

/** A limit on how well the model scores. */
export type AccuracyThreshold = AbsoluteThreshold | RelativeThreshold | DeclaredThreshold;

/** `value >= limit` (atLeast) or `value <= limit` (atMost), on the estimate or on the pessimistic end of its interval. */
export interface AbsoluteThreshold {
  readonly kind: "absolute";
  readonly metric: MetricName;
  readonly comparison: "atLeast" | "atMost";
  readonly limit: number;
  readonly on: "estimate" | "confidenceBound";
  /** Column whose every value is judged as its own slice, family-wise error held by Holm; `null` for all rows. */
  readonly slice: string | null;
}

/** Not worse than another model on the same rows by more than the margin. */
export interface RelativeThreshold {
  readonly kind: "relative";
  readonly metric: MetricName;
  readonly against: "production" | "anchor";
  /** Model content digest of the anchor (`sha256:...`); `null` against production. */
  readonly anchor: string | null;
  /** Loss that is accepted, in the metric's own unit, at least 0. */
  readonly margin: number;
}

/** A limit on a number that the training script reported itself: recorded as declared, satisfied only because the policy names it so. */
export interface DeclaredThreshold {
  readonly kind: "declared";
  readonly metric: string;
  readonly comparison: "atLeast" | "atMost";
  readonly limit: number;
}

/** Measures of how differently groups are treated; docs/guides/quality-policy.md has the definitions. */
export type FairnessMeasure =
  | "demographicParityDifference"
  | "demographicParityRatio"
  | "equalOpportunityDifference"
  | "equalizedOddsDifference"
  | "equalizedOddsRatio"
  | "calibrationWithinGroups";

/** A limit on how differently the groups of a column are treated. */
export interface FairnessThreshold {
  readonly measure: FairnessMeasure;
  /** Column of the contract that names the groups. */
  readonly group: string;
  /** Differences and calibration are `atMost`, ratios `atLeast`. */
  readonly comparison: "atLeast" | "atMost";
  readonly limit: number;
  readonly on: "estimate" | "confidenceBound";
}

/** What a served model keeps to; measured and judged where the pipeline packages, as soon as latency is limited. */
export interface ServingPolicy {
  /** Highest accepted share of failed requests, 0 to 1. */
  readonly errorRate: number;
  readonly latency: {
    /** Between 0 and 1. */
    readonly quantile: number;
    readonly atMostMillis: number;
    /** The wider limit of a smoke test on a machine that is not the promised one; at least `atMostMillis`. */
    readonly smokeAtMostMillis: number;
    readonly atRequestsPerSecond: number;
    /** How many rows each request asks predictions for. */
    readonly atRowsPerRequest: number;
  } | null;
}

/** How far live data may move; nothing in this version measures it. */
export interface DriftPolicy {
  /** Highest accepted population stability index of any feature; `null` when not judged. */
  readonly populationStabilityIndex: number | null;
  /** Highest accepted two-sample Kolmogorov-Smirnov distance of any numeric feature; `null` when not judged. */
  readonly kolmogorovSmirnov: number | null;
  /** Features to watch; `null` for all. */
  readonly features: readonly string[] | null;
}
