import type { AccuracyThreshold, GatePolicy } from "../../blueprint/policy/policy-document";
import { thresholdPath } from "../evidence/unjudged-thresholds";
import type { Finding, GateVerdict } from "../gate-verdict";
import type { HeldOutRows } from "../held-out-rows";
import { worstOutcome } from "../outcome";
import { clusterBootstrap } from "../resampling/cluster-bootstrap";
import { absoluteQuestion } from "./judge-absolute";
import { declaredQuestion } from "./judge-declared";
import { fairnessQuestion } from "./judge-fairness";
import { relativeQuestion } from "./judge-relative";
import { slicesQuestion } from "./judge-slices";
import type { Case, Question } from "./question";
import { unusableRows } from "./unusable-rows";

export interface JudgeOptions {
  /**
   * Numbers the training script reported, by metric name.
   *
   * @default - none
   */
  readonly declared?: Readonly<Record<string, number>>;
  /**
   * Whether it is known, from promotion records, that nothing was ever in production. Otherwise a comparison with a
   * production model that is not there fails.
   *
   * @default false
   */
  readonly firstModel?: boolean;
}

/**
 * Holds a model's scores against the gate section of a policy.
 *
 * The same rows, policy and seed give the same verdict on any machine. Rows that cannot be judged (a missing label, a score
 * that is not finite) fail every threshold that the gate measures.
 */
export function judgeGate(policy: GatePolicy, rows: HeldOutRows, options: JudgeOptions = {}): GateVerdict {
  const unusable = unusableRows(rows, policy);
  const findings = unusable === null ? findingsOn(policy, rows, options) : everythingFailed(policy, unusable);
  return {
    outcome: worstOutcome(findings.map(({ outcome }) => outcome)),
    findings,
    rows: rows.count,
    clusters: rows.clusters,
  };
}

function findingsOn(
  policy: GatePolicy,
  rows: HeldOutRows,
  { declared = {}, firstModel = false }: JudgeOptions,
): Finding[] {
  const questions = questionsOf({ policy, rows, declared, firstModel });
  const resampled = clusterBootstrap(
    (counts) => questions.flatMap(({ figures }) => figures(counts)),
    rows.clusters,
    policy.bootstrap,
  );
  const asTheyAre = new Uint32Array(rows.clusters).fill(1);
  let next = 0;
  return questions.flatMap((question) => {
    const first = next;
    next += question.figures(asTheyAre).length;
    return question.conclude(resampled.slice(first, next));
  });
}

function questionsOf(judged: Case): Question[] {
  const { accuracy, fairness } = judged.policy;
  return [
    ...accuracy.map((threshold, index) => accuracyQuestion(thresholdPath("accuracy", index), threshold, judged)),
    ...fairness.map((threshold, index) => fairnessQuestion(thresholdPath("fairness", index), threshold, judged)),
  ];
}

function accuracyQuestion(path: string, threshold: AccuracyThreshold, judged: Case): Question {
  switch (threshold.kind) {
    case "absolute":
      return threshold.slice === null
        ? absoluteQuestion(path, threshold, judged)
        : slicesQuestion(path, threshold, judged);
    case "relative":
      return relativeQuestion(path, threshold, judged);
    case "declared":
      return declaredQuestion(path, threshold, judged);
  }
}

/** The findings a policy would give on no rows, each failed for the same reason. */
function everythingFailed(policy: GatePolicy, reason: string): Finding[] {
  const nothing: HeldOutRows = {
    count: 0,
    label: new Float64Array(),
    score: new Float64Array(),
    productionScore: null,
    anchorScores: new Map(),
    cluster: new Int32Array(),
    clusters: 0,
    columns: new Map(),
  };
  const questions = questionsOf({ policy, rows: nothing, declared: {}, firstModel: false });
  const empty = { estimate: Number.NaN, replicates: new Float64Array() };
  return questions
    .flatMap((question) => question.conclude(question.figures(new Uint32Array()).map(() => empty)))
    .map((found) => ({ ...found, outcome: "failed", reason, value: null }));
}
