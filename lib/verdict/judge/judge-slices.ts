import type { AbsoluteThreshold, GatePolicy } from "../../blueprint/policy/policy-document";
import type { Finding } from "../gate-verdict";
import type { CodedColumn } from "../held-out-rows";
import { metricStatistic } from "../measures/metric-statistic";
import type { Resampled } from "../resampling/cluster-bootstrap";
import { holmAdjusted } from "../resampling/holm";
import { percentileInterval } from "../resampling/percentile-interval";
import { finding, finiteOrNull, holds, sizeOf } from "./finding";
import { titleOf } from "./judge-absolute";
import type { Judged } from "./judge-limit";
import { missingValue, numberValues, tooManyMissing } from "./missing-values";
import { answered, type Case, type Question } from "./question";
import { isClassification } from "./unusable-rows";

interface Slice {
  readonly value: string;
  readonly belongs: (row: number) => boolean;
  readonly rows: number;
  readonly positives: number | null;
}

/** One limit on every value of a column; many looks at small slices are kept from failing by chance with Holm's procedure. */
export function slicesQuestion(path: string, threshold: AbsoluteThreshold, judged: Case): Question {
  const { policy, rows } = judged;
  const name = threshold.slice!;
  const column = rows.columns.get(name);
  const parts = {
    threshold: path,
    title: `${titleOf(threshold)} in every ${name}`,
    measure: threshold.metric,
    comparison: threshold.comparison,
    limit: threshold.limit,
  };
  if (column === undefined) {
    return answered(finding({ ...parts, outcome: "failed", reason: `the held-out rows have no column ${name}` }));
  }
  const slices = slicesOf(column, judged);
  const statistics = slices.map(({ belongs }) =>
    metricStatistic(threshold.metric, rows, rows.score, policy.decision, belongs),
  );
  return {
    figures: (counts) => statistics.map((statistic) => statistic(counts)),
    conclude: (resampled) => {
      const outcomes = judgeSlices(slices, resampled, threshold, policy);
      return slices.map((slice, index): Finding => {
        const { estimate, replicates } = resampled[index]!;
        return finding({
          ...parts,
          slice: { column: name, value: slice.value },
          value: finiteOrNull(estimate),
          interval: percentileInterval(replicates, policy.confidence),
          rows: slice.rows,
          positives: slice.positives,
          ...outcomes[index]!,
        });
      });
    },
  };
}

function slicesOf(column: CodedColumn, { rows, policy }: Case): Slice[] {
  const { valueOf, names } = numberValues(column);
  return names.map((value, number) => {
    const belongs = (row: number): boolean => valueOf[row] === number;
    return { value, belongs, ...sizeOf(rows, isClassification(policy), belongs) };
  });
}

/**
 * On the estimate, a slice fails when it is significantly beyond the limit, passes within it, and is undecided between.
 * On the confidence bound it passes only when it is significantly within.
 */
function judgeSlices(
  slices: readonly Slice[],
  resampled: readonly Resampled[],
  threshold: AbsoluteThreshold,
  policy: GatePolicy,
): Judged[] {
  const { comparison, limit, on } = threshold;
  const unjudged = slices.map((slice) => missing(slice, slices, threshold) ?? smallness(slice, policy));
  const assessable = slices.flatMap((_, index) => (unjudged[index] === null ? [index] : []));
  const share = (index: number, within: boolean): number => {
    const { replicates } = resampled[index]!;
    // As with intervals: a figure that is undefined in some resample proves nothing.
    if (replicates.some((value) => !Number.isFinite(value))) return 1;
    const counted = replicates.filter((value) => holds(comparison, value, limit) === within);
    return (counted.length + 1) / (replicates.length + 1);
  };
  const adjusted = (within: boolean): Map<number, number> => {
    const pValues = holmAdjusted(assessable.map((index) => share(index, within)));
    return new Map(assessable.map((index, position) => [index, pValues[position]!]));
  };
  // Each end of a two-sided interval holds half of what the confidence leaves, so one slice alone is judged as all rows are.
  const alpha = (1 - policy.confidence) / 2;
  const pBeyond = adjusted(true);
  const pWithin = adjusted(false);
  return slices.map((_, index): Judged => {
    const without = unjudged[index];
    if (without !== null && without !== undefined) return without;
    const { estimate } = resampled[index]!;
    if (!Number.isFinite(estimate)) return { outcome: "failed", reason: "it could not be measured in this slice" };
    if (pBeyond.get(index)! <= alpha) {
      return { outcome: "failed", reason: `beyond the limit (Holm-adjusted p ${pBeyond.get(index)!.toPrecision(2)})` };
    }
    const proven = on === "estimate" ? holds(comparison, estimate, limit) : pWithin.get(index)! <= alpha;
    if (proven) return { outcome: "passed", reason: null };
    return { outcome: "undecided", reason: "these rows prove it neither within nor beyond the limit (Holm)" };
  });
}

/** What is concluded of the rows without a value; `null` for every other slice. */
function missing({ value, rows }: Slice, slices: readonly Slice[], { slice }: AbsoluteThreshold): Judged | null {
  if (value !== missingValue) return null;
  const all = slices.reduce((sum, each) => sum + each.rows, 0);
  const tooMany = tooManyMissing(rows, all, slice!);
  if (tooMany !== null) return { outcome: "undecided", reason: tooMany };
  return { outcome: "passed", reason: `left out: ${rows} of ${all} rows have no value of ${slice!}` };
}

function smallness({ rows, positives }: Slice, { minimumGroup }: GatePolicy): Judged | null {
  const few = (found: number, of: string, needed: number): Judged => ({
    outcome: "undecided",
    reason: `not assessable: ${found} ${of}, at least ${needed} are needed`,
  });
  if (rows < minimumGroup.rows) return few(rows, "rows", minimumGroup.rows);
  if (positives !== null && positives < minimumGroup.positives) {
    return few(positives, "positives", minimumGroup.positives);
  }
  return null;
}
