import { metricTraits } from "../../blueprint/policy/metric-traits";
import type { GatePolicy } from "../../blueprint/policy/policy-document";
import type { HeldOutRows } from "../held-out-rows";

/** Why nothing at all can be judged on these rows; `null` when they can be used. */
export function unusableRows(rows: HeldOutRows, policy: GatePolicy): string | null {
  if (rows.count === 0) return "there are no held-out rows";
  const noScore = countWhere(rows.score, (score) => !Number.isFinite(score));
  if (noScore > 0) return `the model gave ${noScore} of ${rows.count} rows no finite score`;
  const noLabel = countWhere(rows.label, (label) => !Number.isFinite(label));
  if (noLabel > 0) return `${noLabel} of ${rows.count} held-out rows have no label`;
  const noClass = isClassification(policy) ? countWhere(rows.label, (label) => label !== 0 && label !== 1) : 0;
  if (noClass > 0) return `${noClass} of ${rows.count} labels are neither 0 nor 1`;
  return null;
}

/** Whether labels are classes: so they are unless a metric of the policy judges quantities. */
export function isClassification(policy: GatePolicy): boolean {
  return !policy.accuracy.some(
    (threshold) => threshold.kind !== "declared" && metricTraits[threshold.metric].task === "regression",
  );
}

function countWhere(values: Float64Array, matches: (value: number) => boolean): number {
  return values.reduce((count, value) => (matches(value) ? count + 1 : count), 0);
}
