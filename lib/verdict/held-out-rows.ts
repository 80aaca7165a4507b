/** A column of text values, stored as codes into its distinct values; -1 stands for a missing value. */
export interface CodedColumn {
  readonly codes: Int32Array;
  readonly values: readonly string[];
}

/** The held-out rows as the gate reads them: one entry per row in every array, NaN where a number is missing. */
export interface HeldOutRows {
  readonly count: number;
  /** 0 or 1 for classification, the measured quantity for regression. */
  readonly label: Float64Array;
  /** The candidate's score. */
  readonly score: Float64Array;
  /** Scores of the other models on the same rows; absent when there is no such model. */
  readonly productionScore: Float64Array | null;
  readonly anchorScores: ReadonlyMap<string, Float64Array>;
  /** Number of the cluster (the contract's group key) that the row belongs to, 0 to clusters - 1. */
  readonly cluster: Int32Array;
  readonly clusters: number;
  /** Protected and slice columns by name. */
  readonly columns: ReadonlyMap<string, CodedColumn>;
}
