import type { DataContract } from "../../blueprint/contract/data-contract";
import type { PipelineDocument } from "../../blueprint/pipeline/pipeline-document";
import type { MetricName, PolicyDocument } from "../../blueprint/policy/policy-document";
import type { Problems } from "../../blueprint/problems";

/** Metrics of a predicted quantity; a label of 0 and 1 has none of these. */
const OF_QUANTITIES: readonly MetricName[] = ["rmse", "mae", "r2"];

/** What the policy and the pipeline ask of the data, held against what the contract promises of it. */
export function checkAgainstContract(
  policy: PolicyDocument,
  pipeline: PipelineDocument,
  contract: DataContract,
  problems: Problems,
): void {
  const { roles } = contract;
  policy.gate.fairness.forEach(({ group }, index) => {
    requireColumn(`policy.fairness[${index}].group`, group, "protected", roles.protected, contract, problems);
  });
  const binary = roles.target.topFraction !== null || typeOf(contract, roles.target.column) === "boolean";
  policy.gate.accuracy.forEach((threshold, index) => {
    const path = `policy.accuracy[${index}]`;
    if (threshold.kind === "absolute" && threshold.slice !== null) {
      const sliceable = [...roles.slices, ...roles.protected];
      requireColumn(`${path}.slice`, threshold.slice, "slice", sliceable, contract, problems);
    }
    if (threshold.kind !== "declared" && binary && OF_QUANTITIES.includes(threshold.metric)) {
      problems.add(
        `${path}.metric`,
        threshold.metric,
        `judges a quantity, and the contract's target ${JSON.stringify(roles.target.column)} is a label`,
        'Use a metric of scores, such as metric("auc").',
      );
    }
  });
  policy.drift?.features?.forEach((feature, index) => {
    if (roles.features.includes(feature)) return;
    problems.add(
      `policy.drift.features[${index}]`,
      feature,
      "is not a feature of the contract",
      `Name features: ${shortList(roles.features)}.`,
    );
  });
  if (policy.gate.accuracy.length === 0 && policy.gate.fairness.length === 0) {
    problems.add(
      "policy.accuracy",
      [],
      "limits nothing, so every model would pass",
      'Add a limit: metric("auc").atLeast(0.7).',
    );
  }
  if (policy.drift === null && pipeline.triggers.some(({ kind }) => kind === "drift")) {
    const index = pipeline.triggers.findIndex(({ kind }) => kind === "drift");
    problems.add(
      `triggers[${index}]`,
      "drift",
      "has no limit to act on",
      "Give the policy one: drift: { populationStabilityIndex: 0.2 }.",
    );
  }
  checkHeldOut(pipeline, contract, problems);
}

function checkHeldOut({ heldOut }: PipelineDocument, contract: DataContract, problems: Problems): void {
  if (heldOut.from === null) return;
  const { time } = contract.roles;
  if (time === null) {
    problems.add(
      "heldOut.from",
      heldOut.from,
      "needs a time column, and the contract names none",
      "Give one property the custom property slipwayRole: time, or use HeldOut.fraction(...).",
    );
    return;
  }
  const type = typeOf(contract, time);
  const numeric = type === "integer" || type === "number";
  if (numeric === (typeof heldOut.from === "number")) return;
  problems.add(
    "heldOut.from",
    heldOut.from,
    `is not a value of the contract's time column ${JSON.stringify(time)} of type ${type ?? "unknown"}`,
    numeric ? "Write a number." : "Write a date or time as text.",
  );
}

function requireColumn(
  path: string,
  column: string,
  role: "protected" | "slice",
  having: readonly string[],
  contract: DataContract,
  problems: Problems,
): void {
  if (having.includes(column)) return;
  const columns = contract.columns.map(({ name }) => name);
  if (columns.includes(column)) {
    problems.add(
      path,
      column,
      `is a column of the contract without the role ${role}, and the gate gets no other columns`,
      `Give it the custom property slipwayRole: ${role}.`,
    );
  } else {
    problems.add(
      path,
      column,
      "is not a column of the contract",
      `Name one of ${shortList(having.length > 0 ? having : columns)}.`,
    );
  }
}

function typeOf(contract: DataContract, column: string): string | null {
  return contract.columns.find(({ name }) => name === column)?.logicalType ?? null;
}

function shortList(names: readonly string[]): string {
  return names.length <= 8 ? names.join(", ") : `${names.slice(0, 8).join(", ")} and ${names.length - 8} more`;
}
