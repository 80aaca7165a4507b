import type {
  AccuracyThreshold,
  DecisionRule,
  FairnessThreshold,
  GatePolicy,
} from "../../blueprint/policy/policy-document";
import type { Finding } from "../gate-verdict";
import { holds } from "../judge/finding";
import { missingValue, tooManyMissing } from "../judge/missing-values";
import { notAssessable } from "../judge/not-assessable";
import type { ComparedWith, GateMeasures } from "./gate-measures";
import { thresholdPath } from "./unjudged-thresholds";

/** Findings that say "passed" and whose own figures, held against the policy again, do not. */
export function contradictedFindings({ verdict, comparedWith }: GateMeasures, policy: GatePolicy): readonly Finding[] {
  const accuracy = new Map(policy.accuracy.map((each, index) => [thresholdPath("accuracy", index), each]));
  const fairness = new Map(policy.fairness.map((each, index) => [thresholdPath("fairness", index), each]));
  return verdict.findings.filter((finding) => {
    if (finding.outcome !== "passed") return false;
    const accuracyThreshold = accuracy.get(finding.threshold);
    if (accuracyThreshold !== undefined) return !isAccurate(finding, accuracyThreshold, comparedWith, verdict.rows);
    const fairnessThreshold = fairness.get(finding.threshold);
    return fairnessThreshold !== undefined && !isFair(finding, fairnessThreshold, policy.decision);
  });
}

function isAccurate(finding: Finding, threshold: AccuracyThreshold, comparedWith: ComparedWith, rows: number): boolean {
  switch (threshold.kind) {
    case "absolute":
      return isLeftOut(finding, rows) || isWithin(finding, threshold.comparison, threshold.on);
    case "declared":
      return isWithin(finding, threshold.comparison, "estimate");
    case "relative": {
      const nothingToCompare = threshold.against === "production" && comparedWith.production === "none";
      return isWithin(finding, "atMost", "confidenceBound") || (finding.value === null && nothingToCompare);
    }
  }
}

function isLeftOut({ slice, rows }: Finding, allRows: number): boolean {
  return slice?.value === missingValue && tooManyMissing(rows, allRows, slice.column) === null;
}

function isFair(
  finding: Finding,
  { comparison, on, group }: FairnessThreshold,
  decision: DecisionRule | null,
): boolean {
  const assessable = decision !== null && notAssessable(finding.groups ?? [], decision, group) === null;
  return assessable && isWithin(finding, comparison, on);
}

/** The limit itself is held against the policy's by `unjudgedThresholds`. */
function isWithin(
  { value, interval, limit }: Finding,
  comparison: Finding["comparison"],
  on: "estimate" | "confidenceBound",
): boolean {
  if (value === null) return false;
  if (on === "estimate") return holds(comparison, value, limit);
  if (interval === null) return false;
  return holds(comparison, comparison === "atLeast" ? interval.lower : interval.upper, limit);
}
