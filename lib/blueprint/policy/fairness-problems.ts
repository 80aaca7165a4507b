import { Problems, type Problem } from "../problems";
import { fairnessComparison } from "./fairness";
import type { FairnessThreshold, GatePolicy } from "./policy-document";

/** What is wrong with a policy's fairness thresholds, each alone and all together. */
export function fairnessProblems(gate: GatePolicy): readonly Problem[] {
  const problems = new Problems();
  const seen = new Map<string, number>();
  gate.fairness.forEach((threshold, index) => {
    const path = `fairness[${index}]`;
    checkAlone(problems, path, threshold, gate);
    const subject = `${threshold.measure} by ${threshold.group} on the ${threshold.on}`;
    const first = seen.get(subject);
    if (first !== undefined) {
      problems.add(path, subject, `is limited by fairness[${first}] already`, "Keep the stricter of the two.");
    }
    seen.set(subject, first ?? index);
  });
  return problems.list;
}

function checkAlone(problems: Problems, path: string, threshold: FairnessThreshold, gate: GatePolicy): void {
  const { measure, group, comparison, limit } = threshold;
  if (!Object.hasOwn(fairnessComparison, measure)) {
    const known = Object.keys(fairnessComparison).join(", ");
    problems.add(`${path}.measure`, measure, "is no fairness measure", `Use one of ${known}.`);
    return;
  }
  if (gate.decision === null) {
    problems.add(
      path,
      measure,
      "has no meaning without a decision rule",
      "Set decision, for example topFraction(0.1).",
    );
  }
  if (group.trim() === "") {
    problems.add(`${path}.group`, group, "names no column", "Give a protected column of the contract.");
  }
  if (comparison !== fairnessComparison[measure]) {
    problems.add(
      `${path}.comparison`,
      comparison,
      "lets every unequal model pass",
      `Use .${fairnessComparison[measure]}(...).`,
    );
  }
  if (!(limit >= 0 && limit <= 1)) {
    problems.add(`${path}.limit`, limit, `is outside what ${measure} can be`, "Give a number from 0 to 1.");
  }
}
