import type { FairnessMeasure } from "../../blueprint/policy/policy-document";
import { falsePositiveRate, type GroupCounts, selectionRate, truePositiveRate } from "./group-counts";

type Rate = (group: GroupCounts) => number;

/** Measures that follow from how many of each group are selected. Definitions as in fairlearn 0.13; NaN where a rate is undefined. */
export const selectionMeasures: Readonly<
  Record<Exclude<FairnessMeasure, "calibrationWithinGroups">, (groups: readonly GroupCounts[]) => number>
> = {
  demographicParityDifference: (groups) => difference(groups, selectionRate),
  demographicParityRatio: (groups) => ratio(groups, selectionRate),
  equalOpportunityDifference: (groups) => difference(groups, truePositiveRate),
  equalizedOddsDifference: (groups) =>
    Math.max(difference(groups, truePositiveRate), difference(groups, falsePositiveRate)),
  equalizedOddsRatio: (groups) => Math.min(ratio(groups, truePositiveRate), ratio(groups, falsePositiveRate)),
};

/** Whether a measure divides by the number of positives and of negatives, so that groups need enough of both. */
export function needsPositives(measure: FairnessMeasure): boolean {
  return measure.startsWith("equal");
}

function difference(groups: readonly GroupCounts[], rate: Rate): number {
  const rates = groups.map(rate);
  return Math.max(...rates) - Math.min(...rates);
}

/** 0 / 0 is NaN: where nobody is selected nothing can be said of equal treatment. */
function ratio(groups: readonly GroupCounts[], rate: Rate): number {
  const rates = groups.map(rate);
  return Math.min(...rates) / Math.max(...rates);
}
