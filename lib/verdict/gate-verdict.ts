/** The three verdicts. Undecided is no pass: it goes to a person with the figures. */
export type Outcome = "passed" | "failed" | "undecided";

/** An interval and how it came about, for example `{ lower: 0.68, upper: 0.75, level: 0.95, method: "cluster bootstrap, 2000 replicates" }`. */
export interface Interval {
  readonly lower: number;
  readonly upper: number;
  readonly level: number;
  readonly method: string;
}

/** One limit of the policy held against what was measured: a row of the gate's table. */
export interface Finding {
  /** Path of the threshold in the policy document, for example `gate.accuracy[0]`; with slices, one finding per slice. */
  readonly threshold: string;
  /** For people: `auc at least 0.7`, `auc not worse than production (margin 0.01)`. */
  readonly title: string;
  readonly measure: string;
  /** The slice or group column and value this finding is about; `null` for all rows. */
  readonly slice: { readonly column: string; readonly value: string } | null;
  readonly comparison: "atLeast" | "atMost";
  readonly limit: number;
  /** What was measured; `null` when it could not be (missing, NaN, infinite, one class only). */
  readonly value: number | null;
  readonly interval: Interval | null;
  readonly rows: number;
  readonly positives: number | null;
  readonly outcome: Outcome;
  /** Why, in one sentence, whenever the outcome is not `passed`. */
  readonly reason: string | null;
  /** For comparisons: the smallest margin that these rows could prove. */
  readonly smallestProvableMargin: number | null;
  /** Figures per group for fairness findings. */
  readonly groups: readonly GroupFigures[] | null;
  readonly measuredBy: "gate" | "training";
}

export interface GroupFigures {
  readonly group: string;
  readonly rows: number;
  readonly positives: number;
  readonly selected: number;
  readonly selectionRate: number | null;
  readonly truePositiveRate: number | null;
  readonly falsePositiveRate: number | null;
  readonly interval: Interval | null;
  readonly assessable: boolean;
}

/** What the gate found: failed if any finding failed, else undecided if any is undecided, else passed. A policy without findings is undecided. */
export interface GateVerdict {
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
  readonly rows: number;
  readonly clusters: number;
}
