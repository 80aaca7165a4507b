import type { AccuracyThreshold, GatePolicy } from "../../blueprint/policy/policy-document";
import type { Finding } from "../gate-verdict";

/** Path of a threshold in a policy document, as findings name it. */
export function thresholdPath(section: "accuracy" | "fairness", index: number): string {
  return `gate.${section}[${index}]`;
}

/** Paths of the thresholds that the findings do not judge with the policy's own limit. */
export function unjudgedThresholds(findings: readonly Finding[], policy: GatePolicy): readonly string[] {
  const limits = [
    ...policy.accuracy.map((threshold, index) => [thresholdPath("accuracy", index), limitOf(threshold)] as const),
    ...policy.fairness.map(({ limit }, index) => [thresholdPath("fairness", index), limit] as const),
  ];
  return limits.flatMap(([path, limit]) => {
    const judged = findings.filter((finding) => finding.threshold === path);
    return judged.length > 0 && judged.every((finding) => finding.limit === limit) ? [] : [path];
  });
}

/** The number a finding is held against: a comparison's limit is the accepted loss. */
function limitOf(threshold: AccuracyThreshold): number {
  return threshold.kind === "relative" ? threshold.margin : threshold.limit;
}
