import type { DecisionRule, MetricName } from "../../blueprint/policy/policy-document";
import type { HeldOutRows } from "../held-out-rows";
import type { Statistic } from "../resampling/cluster-bootstrap";
import { accuracy, type DecidedRows, f1, precision, recall } from "./decision-metrics";
import { brierScore, logLoss, meanAbsoluteError, r2, rootMeanSquaredError } from "./mean-metrics";
import { type RankedRows, rankRows } from "./ranked-rows";
import { auc, averagePrecision } from "./ranking-metrics";
import { selectionBy } from "./selection";

const ofScores = {
  auc,
  averagePrecision,
  logLoss,
  brierScore,
  rmse: rootMeanSquaredError,
  mae: meanAbsoluteError,
  r2,
} satisfies Partial<Record<MetricName, (rows: RankedRows) => Statistic>>;

const ofDecisions = { accuracy, precision, recall, f1 } satisfies Partial<
  Record<MetricName, (rows: DecidedRows) => Statistic>
>;

/** Which rows a figure is about; all of them when absent. */
export type Membership = (row: number) => boolean;

/** A metric of the policy on one model's scores; NaN everywhere for a metric of decisions without a decision rule. */
export function metricStatistic(
  metric: MetricName,
  rows: Pick<HeldOutRows, "label" | "cluster">,
  score: Float64Array,
  decision: DecisionRule | null,
  belongs?: Membership,
): Statistic {
  if (metric in ofScores) return ofScores[metric as keyof typeof ofScores](rankRows(rows, score, belongs));
  if (decision === null) return () => Number.NaN;
  const ranked = rankRows(rows, score);
  return ofDecisions[metric as keyof typeof ofDecisions]({
    ranked,
    selection: selectionBy(decision, ranked),
    members: belongs === undefined ? null : Uint8Array.from(ranked.row, (row) => Number(belongs(row))),
  });
}
