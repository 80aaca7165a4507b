import { Problems, type Problem } from "../problems";
import { accuracyProblems } from "./accuracy-problems";
import { fairnessProblems } from "./fairness-problems";
import type { DecisionRule, DriftPolicy, GatePolicy, PolicyDocument, ServingPolicy } from "./policy-document";

/** Everything that is wrong with a policy, by the paths of its props. */
export function policyProblems(policy: PolicyDocument): readonly Problem[] {
  const problems = new Problems();
  checkGate(problems, policy.gate);
  if (policy.serving !== null) checkServing(problems, policy.serving);
  if (policy.drift !== null) checkDrift(problems, policy.drift);
  return problems.list;
}

function checkGate(problems: Problems, gate: GatePolicy): void {
  if (gate.decision !== null) checkDecision(problems, gate.decision);
  if (!isBetween(gate.confidence, 0.5, 1)) {
    problems.add(
      "confidence",
      gate.confidence,
      "is no confidence level",
      "Give a number above 0.5 and below 1, such as 0.95.",
    );
  }
  for (const [name, value] of Object.entries(gate.minimumGroup)) {
    checkWhole(problems, `minimumGroup.${name}`, value, 1);
  }
  checkWhole(problems, "bootstrap.replicates", gate.bootstrap.replicates, 200);
  checkReplicates(problems, gate);
  checkWhole(problems, "bootstrap.seed", gate.bootstrap.seed, 0);
  if (!(gate.evidenceMaxAgeHours > 0) || !Number.isFinite(gate.evidenceMaxAgeHours)) {
    problems.add(
      "evidenceMaxAge",
      gate.evidenceMaxAgeHours,
      "hours leave no time to promote",
      "Give a duration above 0, such as Duration.days(7).",
    );
  }
  problems.addAll(accuracyProblems(gate));
  problems.addAll(fairnessProblems(gate));
}

/** The end of an interval is a replicate: with fewer than five beyond it, it says more of the seed than of the rows. */
function checkReplicates(problems: Problems, { confidence, bootstrap: { replicates } }: GatePolicy): void {
  // Rounded first: 1 - 0.95 is a little more than 0.05.
  const fewest = Math.ceil(Number((10 / (1 - confidence)).toFixed(6)));
  if (!isBetween(confidence, 0.5, 1) || !(replicates >= 200 && replicates < fewest)) return;
  problems.add(
    "bootstrap.replicates",
    replicates,
    `is too few for intervals of confidence ${confidence}`,
    `Give at least ${fewest}.`,
  );
}

function checkDecision(problems: Problems, decision: DecisionRule): void {
  if (decision.kind === "topFraction" && !isBetween(decision.fraction, 0, 1)) {
    problems.add(
      "decision.fraction",
      decision.fraction,
      "is no share of the rows",
      "Give a number above 0 and below 1: topFraction(0.1).",
    );
  }
  if (decision.kind === "scoreAtLeast" && !Number.isFinite(decision.score)) {
    problems.add(
      "decision.score",
      decision.score,
      "is not a finite number",
      "Give a score on the model's scale: scoreAtLeast(0.5).",
    );
  }
}

function checkServing(problems: Problems, serving: ServingPolicy): void {
  if (!isBetween(serving.errorRate, 0, 1)) {
    problems.add(
      "serving.errorRate",
      serving.errorRate,
      "is no share of requests",
      "Give a number above 0 and below 1, such as 0.01.",
    );
  }
  if (serving.latency !== null) checkLatency(problems, serving.latency);
}

function checkLatency(problems: Problems, latency: NonNullable<ServingPolicy["latency"]>): void {
  const { quantile, atMostMillis, smokeAtMostMillis, atRequestsPerSecond, atRowsPerRequest } = latency;
  if (!isBetween(quantile, 0, 1)) {
    problems.add(
      "serving.latency.quantile",
      quantile,
      "is no quantile",
      "Give a number above 0 and below 1, such as 0.95.",
    );
  }
  if (!(atMostMillis > 0) || !Number.isFinite(atMostMillis)) {
    problems.add("serving.latency.atMost", atMostMillis, "milliseconds can never be kept", "Give a duration above 0.");
  } else if (!(smokeAtMostMillis >= atMostMillis) || !Number.isFinite(smokeAtMostMillis)) {
    problems.add(
      "serving.latency.smokeAtMost",
      smokeAtMostMillis,
      `milliseconds are stricter than the limit itself, ${atMostMillis}`,
      "Give a duration of at least atMost, or leave it out for three times as long.",
    );
  }
  if (!(atRequestsPerSecond > 0) || !Number.isFinite(atRequestsPerSecond)) {
    problems.add(
      "serving.latency.at.requestsPerSecond",
      atRequestsPerSecond,
      "is no load",
      "Give the rate the limit is promised for, above 0.",
    );
  }
  checkWhole(problems, "serving.latency.at.rowsPerRequest", atRowsPerRequest, 1);
}

function checkDrift(problems: Problems, drift: DriftPolicy): void {
  const { populationStabilityIndex: psi, kolmogorovSmirnov: ks, features } = drift;
  if (psi === null && ks === null) {
    problems.add(
      "drift",
      drift,
      "sets no limit",
      "Give populationStabilityIndex, kolmogorovSmirnov or both, or leave drift out.",
    );
  }
  if (psi !== null && (!(psi > 0) || !Number.isFinite(psi))) {
    problems.add("drift.populationStabilityIndex", psi, "is no limit", "Give a number above 0; 0.2 is a usual one.");
  }
  if (ks !== null && !isBetween(ks, 0, 1)) {
    problems.add(
      "drift.kolmogorovSmirnov",
      ks,
      "is no distance between distributions",
      "Give a number above 0 and below 1.",
    );
  }
  if (features?.length === 0) {
    problems.add(
      "drift.features",
      features,
      "watches nothing",
      "Name features of the contract, or leave it out to watch all.",
    );
  }
}

function checkWhole(problems: Problems, path: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    problems.add(path, value, `is not a whole number of at least ${least}`, `Give a whole number, ${least} or more.`);
  }
}

/** Both ends excluded; false for NaN. */
function isBetween(value: number, low: number, high: number): boolean {
  return value > low && value < high;
}
