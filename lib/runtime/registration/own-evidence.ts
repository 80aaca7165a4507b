import { textDigest } from "../../blueprint/manifest/canonical-text";
import { policyDigest } from "../../blueprint/policy/quality-policy";
import { refusals, type SignedEvidence } from "../../verdict/evidence/acceptance";
import { type VerificationSummary, verificationSummaryType } from "../../verdict/evidence/verification-summary";
import type { CommandContext, Variables } from "../command-context";
import { productionEnvironment } from "../promotion/environments";
import { recordsAsFarAsKnown } from "../records/open-record";
import { readRecords } from "../records/promotion-records";
import { type EvidenceFile, unverifiedMeasures, verifyEvidence } from "../evidence/evidence-file";
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
