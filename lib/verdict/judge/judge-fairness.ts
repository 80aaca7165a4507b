import type { FairnessThreshold, GatePolicy } from "../../blueprint/policy/policy-document";
import { calibrationWithinGroups } from "../fairness/calibration";
import { needsPositives, selectionMeasures } from "../fairness/fairness-measures";
import {
  countGroups,
  falsePositiveRate,
  type GroupCounts,
  selectionRate,
  truePositiveRate,
} from "../fairness/group-counts";
import { wilsonInterval } from "../fairness/wilson-interval";
import type { GroupFigures, Interval } from "../gate-verdict";
import type { HeldOutRows } from "../held-out-rows";
import { rankRows } from "../measures/ranked-rows";
import { selectionBy } from "../measures/selection";
import type { Resampled, Statistic } from "../resampling/cluster-bootstrap";
import { percentileInterval } from "../resampling/percentile-interval";
import { finding, finiteOrNull, sizeOf } from "./finding";
import { judgeLimit } from "./judge-limit";
import { missingValue, numberValues } from "./missing-values";
import { notAssessable } from "./not-assessable";
import { answered, type Case, type Question } from "./question";

/** A limit on how differently the decision, or the meaning of the score, treats the groups of a column. */
export function fairnessQuestion(path: string, threshold: FairnessThreshold, judged: Case): Question {
  const { policy, rows } = judged;
  const { decision } = policy;
  const { measure, group, comparison, limit } = threshold;
  const parts = {
    threshold: path,
    title: titleOf(threshold),
    measure,
    comparison,
    limit,
    ...sizeOf(rows, true),
  };
  const column = rows.columns.get(group);
  if (column === undefined || decision === null) {
    const reason =
      column === undefined ? `the held-out rows have no column ${group}` : "the policy has no decision rule";
    return answered(finding({ ...parts, outcome: "failed", reason }));
  }
  const { valueOf: groupOf, names, named } = numberValues(column);
  const ranked = rankRows(rows, rows.score);
  const countsOf = countGroups(ranked, selectionBy(decision, ranked), groupOf, names.length);
  const calibration = measure === "calibrationWithinGroups" ? calibrationOf(rows, groupOf, named) : null;
  const asTheyAre = countsOf(new Uint32Array(rows.clusters).fill(1));
  const units = unitsOf(rows, groupOf, names.length);
  return {
    figures: (counts) => {
      const groups = countsOf(counts);
      const value =
        measure === "calibrationWithinGroups"
          ? calibration!(counts)
          : selectionMeasures[measure](groups.slice(0, named));
      return [value, ...groups.map(selectionRate)];
    },
    conclude: ([value, ...rates]) => {
      const groups = asTheyAre.map((counted, index) =>
        figuresOf(names[index]!, counted, rateInterval(counted, units[index]!, rates[index]!, policy), policy, measure),
      );
      const interval = percentileInterval(value!.replicates, policy.confidence);
      return [
        finding({
          ...parts,
          value: finiteOrNull(value!.estimate),
          interval,
          groups,
          ...(notAssessable(groups, decision, group) ?? judgeLimit(value!.estimate, interval, threshold)),
        }),
      ];
    },
  };
}

function titleOf({ measure, group, comparison, limit, on }: FairnessThreshold): string {
  const words = measure.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const bound = on === "confidenceBound" ? `${comparison === "atLeast" ? "lower" : "upper"} confidence bound of ` : "";
  return `${bound}${words} by ${group} ${comparison === "atLeast" ? "at least" : "at most"} ${limit}`;
}

/** Over the rows that have a group. */
function calibrationOf(rows: HeldOutRows, groupOf: Int32Array, named: number): Statistic {
  const ranked = rankRows(rows, rows.score, (row) => groupOf[row]! < named);
  return calibrationWithinGroups(ranked, groupOf, named);
}

/** How many clusters have rows in each group. */
function unitsOf({ cluster }: HeldOutRows, groupOf: Int32Array, groups: number): readonly number[] {
  const units = Array.from({ length: groups }, () => new Set<number>());
  groupOf.forEach((group, row) => units[group]!.add(cluster[row]!));
  return units.map(({ size }) => size);
}

/**
 * The interval of a selection rate: Wilson's where rows are independent of each other, and where nobody or everybody is
 * selected, because no resample of such a group ever differs; else the bootstrap's.
 */
function rateInterval(
  counted: GroupCounts,
  units: number,
  { estimate, replicates }: Resampled,
  { confidence }: GatePolicy,
): Interval | null {
  const independent = units === counted.rows || estimate === 0 || estimate === 1;
  return independent ? wilsonInterval(estimate * units, units, confidence) : percentileInterval(replicates, confidence);
}

function figuresOf(
  name: string,
  counted: GroupCounts,
  interval: Interval | null,
  { minimumGroup }: GatePolicy,
  measure: FairnessThreshold["measure"],
): GroupFigures {
  const { rows, positives, selected } = counted;
  const enoughClasses = Math.min(positives, rows - positives) >= minimumGroup.positives;
  return {
    group: name,
    rows,
    positives,
    selected,
    selectionRate: finiteOrNull(selectionRate(counted)),
    truePositiveRate: finiteOrNull(truePositiveRate(counted)),
    falsePositiveRate: finiteOrNull(falsePositiveRate(counted)),
    interval,
    assessable: name !== missingValue && rows >= minimumGroup.rows && (enoughClasses || !needsPositives(measure)),
  };
}
