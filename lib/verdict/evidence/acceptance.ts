import type { GatePolicy } from "../../blueprint/policy/policy-document";
import { worstOutcome } from "../outcome";
import { contradictedFindings } from "./contradicted-findings";
import type { GateMeasures, GateMeasuresStatement } from "./gate-measures";
import { subjectDigest } from "./statement";
import { unjudgedThresholds } from "./unjudged-thresholds";
import { resultOf, type VerificationSummaryStatement } from "./verification-summary";

/** Evidence whose signatures hold: both statements, and the digest of the measures' payload as it was signed. */
export interface SignedEvidence {
  readonly measures: GateMeasuresStatement;
  readonly measuresDigest: string;
  readonly summary: VerificationSummaryStatement;
}

/** What promotion expects of evidence; every value comes from the environment, the registry or the clock, none from the checkout. */
export interface Expectation {
  readonly modelDigest: string;
  readonly pipeline: string;
  readonly repository: string | null;
  /** Gate section digests that this environment accepts. */
  readonly acceptedGatePolicies: readonly string[];
  /** The gate section itself, as the manifest carries it: believed only when its digest is accepted. */
  readonly gatePolicy: { readonly digest: string; readonly section: GatePolicy };
  /** Model digest that is in production now; `none` before the first. */
  readonly currentProduction: string;
  readonly now: Date;
}

/** One reason not to accept evidence. */
export interface Refusal {
  readonly check: EvidenceCheck;
  readonly message: string;
  readonly remedy: string;
}

export type EvidenceCheck =
  | "other-model"
  | "other-pipeline"
  | "other-repository"
  | "policy-not-accepted"
  | "statements-disagree"
  | "evidence-too-old"
  | "evidence-from-the-future"
  | "verdict-contradicted"
  | "verdict-not-passed"
  | "threshold-not-judged"
  | "other-production";

/** Clocks of two machines may differ by this much. */
const clockSkewMillis = 5 * 60_000;

/** Everything that speaks against accepting the evidence; empty when it may be acted on. */
export function refusals(evidence: SignedEvidence, expected: Expectation): readonly Refusal[] {
  const measures = evidence.measures.predicate;
  return [
    ...identityRefusals(evidence, expected),
    ...policyRefusals(measures, expected),
    ...agreementRefusals(evidence),
    ...ageRefusals(measures, expected),
    ...verdictRefusals(measures, expected),
    ...productionRefusals(measures, expected),
  ];
}

function identityRefusals(evidence: SignedEvidence, expected: Expectation): Refusal[] {
  const found: Refusal[] = [];
  const judged = subjectDigest(evidence.measures) ?? "no single model";
  if (judged !== expected.modelDigest) {
    found.push({
      check: "other-model",
      message: `the evidence is about ${judged}, not about ${expected.modelDigest}`,
      remedy: "Run the gate on this very model: slipway gate --version N.",
    });
  }
  const { pipeline, repository } = evidence.measures.predicate;
  if (pipeline !== expected.pipeline) {
    found.push({
      check: "other-pipeline",
      message: `the evidence was made by pipeline "${pipeline}", not by "${expected.pipeline}"`,
      remedy: "Use evidence of this pipeline.",
    });
  }
  if (repository !== expected.repository) {
    found.push({
      check: "other-repository",
      message: `the evidence was made in ${repository ?? "no repository"}, not in ${expected.repository ?? "no repository"}`,
      remedy: "Use evidence of this repository.",
    });
  }
  return found;
}

function policyRefusals(measures: GateMeasures, expected: Expectation): Refusal[] {
  const judgedBy = measures.policyDigests.gate;
  if (!expected.acceptedGatePolicies.includes(judgedBy)) {
    return [
      {
        check: "policy-not-accepted",
        message: `the model was judged by gate policy ${judgedBy}; this environment accepts ${expected.acceptedGatePolicies.join(", ") || "none"}`,
        remedy:
          "Judge it by the accepted policy (slipway gate --version N), or have the platform team deploy the changed one.",
      },
    ];
  }
  if (expected.gatePolicy.digest !== judgedBy) {
    return [
      {
        check: "policy-not-accepted",
        message: `the manifest carries gate policy ${expected.gatePolicy.digest}, the evidence was judged by ${judgedBy}`,
        remedy: "Promote from the commit whose manifest carries the policy that judged the model.",
      },
    ];
  }
  return unjudgedThresholds(measures.verdict.findings, expected.gatePolicy.section).map((threshold) => ({
    check: "threshold-not-judged",
    message: `the evidence does not judge ${threshold} with the limit that the policy sets`,
    remedy: "Run the gate again: its evidence judges every limit of the policy.",
  }));
}

function agreementRefusals({ measures, measuresDigest, summary }: SignedEvidence): Refusal[] {
  const { predicate } = summary;
  const agree =
    subjectDigest(summary) === subjectDigest(measures) &&
    predicate.policy.digest.sha256 === measures.predicate.policyDigests.gate.replace(/^sha256:/, "") &&
    predicate.timeVerified === measures.predicate.measuredAt &&
    predicate.verificationResult === resultOf(measures.predicate.verdict.outcome) &&
    predicate.inputAttestations.some(({ digest }) => `sha256:${digest.sha256}` === measuresDigest);
  if (agree) return [];
  return [
    {
      check: "statements-disagree",
      message: "the verification summary is not the summary of these measures",
      remedy: "Use the two statements as the gate wrote them, together.",
    },
  ];
}

function ageRefusals(measures: GateMeasures, { now, gatePolicy }: Expectation): Refusal[] {
  const ageMillis = now.getTime() - Date.parse(measures.measuredAt);
  if (!(ageMillis >= -clockSkewMillis)) {
    return [
      {
        check: "evidence-from-the-future",
        message: `the evidence says it was measured at ${measures.measuredAt}; now it is ${now.toISOString()}`,
        remedy: "Set the clocks of the machines, then run the gate again.",
      },
    ];
  }
  const limit = gatePolicy.section.evidenceMaxAgeHours;
  if (ageMillis <= limit * 3_600_000) return [];
  return [
    {
      check: "evidence-too-old",
      message: `the evidence is ${Math.floor(ageMillis / 3_600_000)} hours old, the policy allows ${limit}`,
      remedy: "Judge the version on today's data: slipway gate --version N.",
    },
  ];
}

/** The outcome is computed from the figures again; what the evidence says of itself only has to agree. */
function verdictRefusals(measures: GateMeasures, { gatePolicy }: Expectation): Refusal[] {
  const { verdict } = measures;
  const outcome = worstOutcome(verdict.findings.map((finding) => finding.outcome));
  if (outcome !== verdict.outcome) {
    return [contradicted(`the evidence says ${verdict.outcome}, its findings say ${outcome}`)];
  }
  // Without the policy that judged the model its figures cannot be held against anything; that is refused by itself.
  const known = gatePolicy.digest === measures.policyDigests.gate;
  const [wrong] = known ? contradictedFindings(measures, gatePolicy.section) : [];
  if (wrong !== undefined) {
    return [contradicted(`"${wrong.title}" says passed, but its figures (${String(wrong.value)}) do not pass`)];
  }
  if (outcome === "passed") return [];
  const reasons = verdict.findings.filter((finding) => finding.outcome !== "passed").map((finding) => finding.title);
  return [
    {
      check: "verdict-not-passed",
      message: `the gate's verdict is ${outcome}${reasons.length === 0 ? "" : `: ${reasons.join("; ")}`}`,
      remedy: "Only a model that passed its gate is promoted.",
    },
  ];
}

function contradicted(message: string): Refusal {
  return { check: "verdict-contradicted", message, remedy: "Run the gate again." };
}

function productionRefusals(measures: GateMeasures, { currentProduction }: Expectation): Refusal[] {
  const { production } = measures.comparedWith;
  if (production === currentProduction) return [];
  return [
    {
      check: "other-production",
      message: `the candidate was compared with production model ${production}, but ${currentProduction} is in production now`,
      remedy: "Compare it with the present one: slipway gate --version N.",
    },
  ];
}
