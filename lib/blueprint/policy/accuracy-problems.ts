import { Problems, type Problem } from "../problems";
import { isMetricName, metricTraits } from "./metric-traits";
import type { AbsoluteThreshold, AccuracyThreshold, GatePolicy, RelativeThreshold } from "./policy-document";

/** What is wrong with a policy's accuracy thresholds, each alone and all together. */
export function accuracyProblems(gate: GatePolicy): readonly Problem[] {
  const problems = new Problems();
  const seen = new Map<string, number>();
  gate.accuracy.forEach((threshold, index) => {
    const path = `accuracy[${index}]`;
    checkAlone(problems, path, threshold, gate);
    const subject = subjectOf(threshold);
    const first = seen.get(subject);
    if (first !== undefined) {
      problems.add(path, subject, `is limited by accuracy[${first}] already`, "Keep the stricter of the two.");
    }
    seen.set(subject, first ?? index);
  });
  checkTasks(problems, gate.accuracy);
  checkDeclaredTogether(problems, gate.accuracy);
  return problems.list;
}

function checkAlone(problems: Problems, path: string, threshold: AccuracyThreshold, gate: GatePolicy): void {
  if (threshold.kind === "declared") {
    if (threshold.metric.trim() === "") {
      problems.add(
        `${path}.metric`,
        threshold.metric,
        "names no metric",
        "Give the name the training script logs it by.",
      );
    }
    if (!Number.isFinite(threshold.limit)) addNotFinite(problems, path, threshold.limit);
    return;
  }
  if (!isMetricName(threshold.metric)) {
    const known = Object.keys(metricTraits).join(", ");
    problems.add(
      `${path}.metric`,
      threshold.metric,
      "is no metric the gate measures",
      `Use one of ${known}; or declaredMetric(...) for a number of the training script.`,
    );
    return;
  }
  if (metricTraits[threshold.metric].needsDecision && gate.decision === null) {
    problems.add(
      `${path}.metric`,
      threshold.metric,
      "is about selected rows, and the policy selects none",
      "Set decision, for example topFraction(0.1).",
    );
  }
  if (threshold.kind === "absolute") checkAbsolute(problems, path, threshold);
  else checkRelative(problems, path, threshold);
}

function checkAbsolute(problems: Problems, path: string, threshold: AbsoluteThreshold): void {
  const { better, range } = metricTraits[threshold.metric];
  const wanted = better === "higher" ? "atLeast" : "atMost";
  if (threshold.comparison !== wanted) {
    problems.add(
      `${path}.comparison`,
      threshold.comparison,
      `lets every bad model pass: ${threshold.metric} is better when ${better}`,
      `Use .${wanted}(...).`,
    );
  }
  if (!Number.isFinite(threshold.limit)) addNotFinite(problems, path, threshold.limit);
  else if (threshold.limit < range[0] || threshold.limit > range[1]) {
    problems.add(
      `${path}.limit`,
      threshold.limit,
      `is outside what ${threshold.metric} can be`,
      `Give a number from ${range[0]} to ${range[1]}.`,
    );
  }
  if (threshold.slice?.trim() === "") {
    problems.add(`${path}.slice`, threshold.slice, "names no column", "Give a column of the contract.");
  }
}

function checkRelative(problems: Problems, path: string, threshold: RelativeThreshold): void {
  if (!Number.isFinite(threshold.margin) || threshold.margin < 0) {
    problems.add(
      `${path}.margin`,
      threshold.margin,
      "is no accepted loss",
      "Give a finite number of at least 0, in the metric's own unit.",
    );
  }
  if (threshold.against === "anchor" && !/^sha256:[0-9a-f]{64}$/.test(threshold.anchor ?? "")) {
    problems.add(
      `${path}.anchor`,
      threshold.anchor,
      "is no model digest",
      "Give the anchor's content digest: sha256: and 64 hex digits, as `slipway evidence show` prints it.",
    );
  }
}

/** A held-out label is either a class or a quantity: metrics of both can never pass together. */
function checkTasks(problems: Problems, thresholds: readonly AccuracyThreshold[]): void {
  const tasks = thresholds.map((threshold) =>
    threshold.kind !== "declared" && isMetricName(threshold.metric) ? metricTraits[threshold.metric].task : null,
  );
  const first = tasks.find((task) => task !== null);
  const other = tasks.findIndex((task) => task !== null && task !== first);
  if (other >= 0) {
    problems.add(
      `accuracy[${other}].metric`,
      thresholds[other]!.metric,
      `judges ${tasks[other]!}, the thresholds before it judge ${first!}`,
      "Keep the metrics of one task.",
    );
  }
}

/** At least and at most of one declared number is a range, unless no number lies in it. */
function checkDeclaredTogether(problems: Problems, thresholds: readonly AccuracyThreshold[]): void {
  const declared = thresholds.filter((threshold) => threshold.kind === "declared");
  thresholds.forEach((least, index) => {
    if (least.kind !== "declared" || least.comparison !== "atLeast") return;
    const most = declared.find((other) => other.metric === least.metric && other.comparison === "atMost");
    if (most === undefined || !(least.limit > most.limit)) return;
    problems.add(
      `accuracy[${index}].limit`,
      least.limit,
      `can never be met: ${least.metric} is to be at most ${most.limit} as well`,
      "Remove one of the two.",
    );
  });
}

function subjectOf(threshold: AccuracyThreshold): string {
  switch (threshold.kind) {
    case "absolute":
      return `${threshold.metric} ${threshold.on}${threshold.slice === null ? "" : ` per ${threshold.slice}`}`;
    case "relative":
      return `${threshold.metric} against ${threshold.anchor ?? threshold.against}`;
    case "declared":
      return `declared ${threshold.metric} ${threshold.comparison}`;
  }
}

function addNotFinite(problems: Problems, path: string, limit: number): void {
  problems.add(`${path}.limit`, limit, "is not a finite number", "Give a finite number.");
}
