import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { textDigest } from "../../blueprint/manifest/canonical-text";
import { policyDigest } from "../../blueprint/policy/quality-policy";
import { refusals, type SignedEvidence } from "../../verdict/evidence/acceptance";
import { type VerificationSummary, verificationSummaryType } from "../../verdict/evidence/verification-summary";
import { subjectDigest } from "../../verdict/evidence/statement";
import type { CommandContext, Variables } from "../command-context";
import { productionEnvironment } from "../promotion/environments";
import { recordsAsFarAsKnown } from "../records/open-record";
import { readRecords } from "../records/promotion-records";
import { type EvidenceFile, parseEvidence, unverifiedMeasures, verifyEvidence } from "../evidence/evidence-file";
import { RefusedError } from "../refusals";
import { payloadOf } from "../signing/signer";
import { readStatement } from "../signing/statement-text";
import { trustedSigners } from "../signing/trusted-signers";
import type { Store } from "../store/store";

/**
 * Opens the evidence that the gate of this run handed over by digest. Its signatures are verified where the job knows the signers;
 * promotion verifies them in any case.
 */
export async function openOwnEvidence(evidence: EvidenceFile, env: Variables): Promise<SignedEvidence> {
  if (env.SLIPWAY_SIGNERS !== undefined && env.SLIPWAY_SIGNERS !== "") {
    return await verifyEvidence(evidence, trustedSigners(env));
  }
  return {
    measures: unverifiedMeasures(evidence),
    measuresDigest: textDigest(payloadOf(evidence.measures)),
    summary: readStatement<typeof verificationSummaryType, VerificationSummary>(
      payloadOf(evidence.summary),
      verificationSummaryType,
    ),
  };
}

/**
 * The gate of this run passed this very model. Whether an environment takes it is for promotion to say.
 *
 * @throws RefusedError `other-model`, `verdict-not-passed`
 */
export async function requirePassedGate({ work, env }: CommandContext, modelDigest: string): Promise<void> {
  const bundle = await readFile(join(work.handoff("evidence"), "evidence.dsse.json"), "utf8");
  const { measures } = await openOwnEvidence(parseEvidence(bundle), env);
  const judged = subjectDigest(measures);
  if (judged !== modelDigest) {
    throw new RefusedError(
      "other-model",
      `the evidence is about ${judged ?? "no single model"}, not about ${modelDigest}`,
      "Run the gate on this very model.",
    );
  }
  const { outcome } = measures.predicate.verdict;
  if (outcome === "passed") return;
  throw new RefusedError(
    "verdict-not-passed",
    `the gate's verdict is ${outcome}`,
    "Only a model that passed its gate is packaged.",
  );
}

/**
 * Holds the evidence of this run against its own manifest, so that nothing is registered that no environment would take. What an
 * environment accepts is for promotion to say.
 *
 * @throws RefusedError named after the first thing that does not hold
 */
export async function requireAcceptedByManifest(
  { manifest, env, now }: CommandContext,
  evidence: SignedEvidence,
  modelDigest: string,
  store: Store,
): Promise<void> {
  const { pipeline, policy, repository } = manifest;
  const production = productionEnvironment(pipeline);
  const records =
    production === null ? [] : await readRecords(store, pipeline.name, production, recordsAsFarAsKnown(env));
  const gatePolicy = { digest: policyDigest(policy, "gate"), section: policy.gate };
  const [first, ...others] = refusals(evidence, {
    modelDigest,
    pipeline: pipeline.name,
    repository,
    acceptedGatePolicies: [gatePolicy.digest],
    gatePolicy,
    currentProduction: records.at(-1)?.model ?? "none",
    now: now(),
  });
  if (first === undefined) return;
  throw new RefusedError(first.check, [first, ...others].map(({ message }) => message).join("; "), first.remedy);
}
