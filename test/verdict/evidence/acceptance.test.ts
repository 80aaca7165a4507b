import { metric, QualityPolicy } from "../../../lib";
import { type Expectation, refusals, type SignedEvidence } from "../../../lib/verdict/evidence/acceptance";
import { type GateMeasures, gateMeasuresStatement } from "../../../lib/verdict/evidence/gate-measures";
import { verificationSummaryStatement } from "../../../lib/verdict/evidence/verification-summary";
import type { Finding } from "../../../lib/verdict/gate-verdict";

const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
const policy = new QualityPolicy({ accuracy: [metric("auc").atLeast(0.7)] });

const passedFinding: Finding = {
  threshold: "gate.accuracy[0]",
  title: "auc at least 0.7",
  measure: "auc",
  slice: null,
  comparison: "atLeast",
  limit: 0.7,
  value: 0.72,
  interval: null,
  rows: 5000,
  positives: 500,
  outcome: "passed",
  reason: null,
  smallestProvableMargin: null,
  groups: null,
  measuredBy: "gate",
};

const measured: GateMeasures = {
  pipeline: "insurance-risk",
  repository: "acme/insurance-risk",
  gitRevision: "0".repeat(40),
  manifestDigest: digest("a"),
  policyDigests: { gate: policy.digest("gate"), serving: policy.digest("serving"), drift: policy.digest("drift") },
  verdict: { outcome: "passed", findings: [passedFinding], rows: 5000, clusters: 1200 },
  comparedWith: { production: "none", anchors: [] },
  interface: { version: 1, signature: null, decisionThreshold: null },
  inputs: { labels: digest("b"), predictions: digest("c") },
  labelsVisibleToTraining: false,
  assurance: "ci",
  measuredBy: { tool: "slipway", version: "0.1.0" },
  measuredAt: "2026-11-23T12:00:00.000Z",
  run: null,
};

const expected: Expectation = {
  modelDigest: digest("d"),
  pipeline: "insurance-risk",
  repository: "acme/insurance-risk",
  acceptedGatePolicies: [policy.digest("gate")],
  gatePolicy: { digest: policy.digest("gate"), section: policy.gate },
  currentProduction: "none",
  now: new Date("2026-11-24T12:00:00.000Z"),
};

function evidence(changed: Partial<GateMeasures> = {}, model = digest("d")): SignedEvidence {
  const measures = gateMeasuresStatement(model, { ...measured, ...changed });
  return { measures, measuresDigest: digest("e"), summary: verificationSummaryStatement(measures, digest("e")) };
}

function checks(of: SignedEvidence, changed: Partial<Expectation> = {}): string[] {
  return refusals(of, { ...expected, ...changed }).map(({ check }) => check);
}

const withFinding = (
  changed: Partial<Finding>,
  outcome: GateMeasures["verdict"]["outcome"],
): Partial<GateMeasures> => ({
  verdict: { ...measured.verdict, outcome, findings: [{ ...passedFinding, ...changed }] },
});

test("evidence that holds in everything is accepted", () => {
  expect(checks(evidence())).toEqual([]);
});

describe("each thing that does not hold is refused by its own name", () => {
  const loosened = new QualityPolicy({ accuracy: [metric("auc").atLeast(0.1)] });
  const loosenedMeasures: Partial<GateMeasures> = {
    policyDigests: { ...measured.policyDigests, gate: loosened.digest("gate") },
  };

  test.each<[string, SignedEvidence, Partial<Expectation>, string[]]>([
    ["another model", evidence({}, digest("f")), {}, ["other-model"]],
    ["another pipeline", evidence({ pipeline: "churn" }), {}, ["other-pipeline"]],
    ["another repository", evidence({ repository: "mallory/insurance-risk" }), {}, ["other-repository"]],
    ["a loosened policy", evidence(loosenedMeasures), {}, ["policy-not-accepted"]],
    [
      "a manifest with another policy than the evidence",
      evidence(),
      { gatePolicy: { digest: loosened.digest("gate"), section: loosened.gate } },
      ["policy-not-accepted"],
    ],
    ["no accepted policy at all", evidence(), { acceptedGatePolicies: [] }, ["policy-not-accepted"]],
    ["eight days", evidence(), { now: new Date("2026-12-01T13:00:00Z") }, ["evidence-too-old"]],
    ["a time to come", evidence(), { now: new Date("2026-11-23T11:00:00Z") }, ["evidence-from-the-future"]],
    ["a time that is none", evidence({ measuredAt: "yesterday" }), {}, ["evidence-from-the-future"]],
    ["another production model", evidence(), { currentProduction: digest("9") }, ["other-production"]],
    [
      "a failed finding under a passed verdict",
      evidence(withFinding({ outcome: "failed" }, "passed")),
      {},
      ["verdict-contradicted"],
    ],
    ["a value beyond the limit", evidence(withFinding({ value: 0.69 }, "passed")), {}, ["verdict-contradicted"]],
    ["a value that is missing", evidence(withFinding({ value: null }, "passed")), {}, ["verdict-contradicted"]],
    ["a failed verdict", evidence(withFinding({ outcome: "failed" }, "failed")), {}, ["verdict-not-passed"]],
    ["an undecided verdict", evidence(withFinding({ outcome: "undecided" }, "undecided")), {}, ["verdict-not-passed"]],
    [
      "no findings",
      evidence({ verdict: { ...measured.verdict, findings: [] } }),
      {},
      ["threshold-not-judged", "verdict-contradicted"],
    ],
    [
      "a finding held against another limit",
      evidence(withFinding({ limit: 0.1 }, "passed")),
      {},
      ["threshold-not-judged"],
    ],
    ["the summary of other measures", { ...evidence(), measuresDigest: digest("8") }, {}, ["statements-disagree"]],
    [
      "the summary of another model",
      { ...evidence(), summary: evidence({}, digest("7")).summary },
      {},
      ["statements-disagree"],
    ],
  ])("%s", (_, given, changed, names) => {
    expect(checks(given, changed)).toEqual(names);
  });
});

test("the summary of anything but a pass says FAILED and verifies no level", () => {
  const { summary } = evidence(withFinding({ outcome: "undecided" }, "undecided"));
  expect(summary.predicate).toMatchObject({ verificationResult: "FAILED", verifiedLevels: ["FAILED"] });
});
