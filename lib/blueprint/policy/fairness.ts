import type { ThresholdOptions } from "./metric";
import type { FairnessMeasure, FairnessThreshold } from "./policy-document";

/** Whose treatment is compared. */
export interface GroupOptions {
  /** Column of the contract that names the groups. */
  readonly group: string;
}

/** Ends in a limit that the measure must not exceed. */
export interface UpperLimit {
  /**
   * `measure <= limit`.
   *
   * @param limit - 0 to 1
   */
  atMost(limit: number, options?: ThresholdOptions): FairnessThreshold;
}

/** Ends in a limit that the measure must reach. */
export interface LowerLimit {
  /**
   * `measure >= limit`.
   *
   * @param limit - 0 to 1
   */
  atLeast(limit: number, options?: ThresholdOptions): FairnessThreshold;
}

/** Largest difference of selection rates (selected / rows) between any two groups. */
export function demographicParityDifference(of: GroupOptions): UpperLimit {
  return upperLimit("demographicParityDifference", of);
}

/** Smallest selection rate of any group over the largest. */
export function demographicParityRatio(of: GroupOptions): LowerLimit {
  return lowerLimit("demographicParityRatio", of);
}

/** Largest difference of true positive rates between any two groups (Hardt, Price, Srebro 2016). */
export function equalOpportunityDifference(of: GroupOptions): UpperLimit {
  return upperLimit("equalOpportunityDifference", of);
}

/** The larger of the differences of true positive rates and of false positive rates (Hardt, Price, Srebro 2016). */
export function equalizedOddsDifference(of: GroupOptions): UpperLimit {
  return upperLimit("equalizedOddsDifference", of);
}

/** The smaller of the ratios of true positive rates and of false positive rates. */
export function equalizedOddsRatio(of: GroupOptions): LowerLimit {
  return lowerLimit("equalizedOddsRatio", of);
}

/**
 * Largest expected calibration error of any group, over ten score bins of equal width (Naeini, Cooper, Hauskrecht 2015): does a
 * score mean the same for everyone?
 */
export function calibrationWithinGroups(of: GroupOptions): UpperLimit {
  return upperLimit("calibrationWithinGroups", of);
}

/** Which way each measure is limited. */
export const fairnessComparison: Readonly<Record<FairnessMeasure, FairnessThreshold["comparison"]>> = {
  demographicParityDifference: "atMost",
  demographicParityRatio: "atLeast",
  equalOpportunityDifference: "atMost",
  equalizedOddsDifference: "atMost",
  equalizedOddsRatio: "atLeast",
  calibrationWithinGroups: "atMost",
};

function upperLimit(measure: FairnessMeasure, { group }: GroupOptions): UpperLimit {
  return { atMost: (limit, { on = "estimate" } = {}) => ({ measure, group, comparison: "atMost", limit, on }) };
}

function lowerLimit(measure: FairnessMeasure, { group }: GroupOptions): LowerLimit {
  return { atLeast: (limit, { on = "estimate" } = {}) => ({ measure, group, comparison: "atLeast", limit, on }) };
}
