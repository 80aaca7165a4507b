import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { policyDigest } from "../../blueprint/policy/quality-policy";
import { refusals } from "../../verdict/evidence/acceptance";
import type { ModelVersion } from "../mlflow/registry-client";
import { requireAliasAsRecorded } from "../records/aliases";
import { type PromotionRecord, readRecords } from "../records/promotion-records";
import { RefusedError } from "../refusals";
import { findRegistered } from "../registration/registered-version";
import { fetchModel } from "../store/model-store";
import { productionEnvironment } from "./environments";
import type { PromotionRequest } from "./promotion-request";

export async function recordsOf(request: PromotionRequest, environment: string): Promise<readonly PromotionRecord[]> {
  return await readRecords(request.store, request.manifest.pipeline.name, environment, request.open);
}

/**
 * Holds the alias of every environment against its records: a promotion builds on what stands in the others too.
 *
 * @throws RefusedError `alias-missing`, `alias-moved`, `alias-without-record`, `record-chain-broken`
 */
export async function requireAliasesAsRecorded(request: PromotionRequest): Promise<void> {
  const { mlflow, registry, environment, modelDigest, manifest } = request;
  for (const { name } of manifest.pipeline.environments) {
    const resuming = name === environment ? modelDigest : null;
    await requireAliasAsRecorded(mlflow.registry, registry.model, name, await recordsOf(request, name), resuming);
  }
}

/** @throws RefusedError named after the first thing that does not hold, with all of them in its message */
export async function requireAcceptableEvidence(request: PromotionRequest): Promise<void> {
  const { manifest, modelDigest, acceptedGatePolicies, now } = request;
  const production = productionEnvironment(manifest.pipeline);
  const inProduction = production === null ? undefined : (await recordsOf(request, production)).at(-1);
  const [first, ...others] = refusals(request.evidence, {
    modelDigest,
    pipeline: manifest.pipeline.name,
    repository: manifest.repository,
    acceptedGatePolicies,
    gatePolicy: { digest: policyDigest(manifest.policy, "gate"), section: manifest.policy.gate },
    currentProduction: inProduction?.model ?? "none",
    now,
  });
  if (first === undefined) return;
  const message = [first, ...others].map((refusal) => refusal.message).join("; ");
  throw new RefusedError(first.check, message, first.remedy);
}

/**
 * A model reaches an environment through the one before it.
 *
 * @returns the record of its promotion there
 * @throws RefusedError `not-in-previous-environment`
 */
export async function requireInEnvironment(request: PromotionRequest, before: string): Promise<PromotionRecord> {
  const last = (await recordsOf(request, before)).at(-1);
  if (last?.model === request.modelDigest) return last;
  const there = last === undefined ? "nothing was promoted there yet" : `${last.model} stands there`;
  throw new RefusedError(
    "not-in-previous-environment",
    `the model ${request.modelDigest} is not in ${before}: ${there}`,
    `Promote it into ${before} first.`,
  );
}

/** @throws RefusedError `model-not-in-store`, `model-digest-mismatch` */
export async function requireInStore({ store, modelDigest }: PromotionRequest): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-stored-"));
  try {
    await fetchModel(store, modelDigest, join(folder, "model"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * The version in the registry whose files, as they stand there now, are the model.
 *
 * @param recorded the version that an earlier record names; it must be this one
 * @throws RefusedError `version-missing`, `registry-files-differ`
 */
export async function requireRegistered(
  { mlflow, registry, modelDigest }: PromotionRequest,
  recorded: string | null,
): Promise<ModelVersion> {
  const version = await findRegistered(mlflow, registry.model, modelDigest);
  if (version === null) {
    throw new RefusedError(
      "version-missing",
      `${registry.model} has no version of model ${modelDigest} in the registry`,
      "Run register again: the store still holds the model. If the version was there, find out who deleted it.",
    );
  }
  if (recorded !== null && recorded !== version.version) {
    throw new RefusedError(
      "version-replaced",
      `the model ${modelDigest} was recorded as version ${recorded} of ${registry.model}, the registry holds it as version ${version.version}`,
      "Somebody deleted the recorded version and registered the files again: find out who, then promote it into every environment anew.",
    );
  }
  return version;
}
