import { policyDigest } from "../../blueprint/policy/quality-policy";
import { type ServiceLevel, serviceLevelType } from "../../verdict/evidence/service-level";
import { serviceLevelFault } from "../../verdict/evidence/service-level-acceptance";
import { RefusedError } from "../refusals";
import { serviceLevelKeys } from "../records/service-levels";
import { parseSignedStatement } from "../signing/signer";
import { readStatement } from "../signing/statement-text";
import { verifyStatement } from "../signing/verify-statement";
import type { PromotionRequest } from "./promotion-request";

/**
 * An environment that asks for it lets no model in before one before it measured, on its own hardware, that the model keeps the
 * policy's latency. Of several measurements the latest counts.
 *
 * @throws RefusedError `latency-verdict-missing`, `latency-verdict-not-acceptable`, or by the name of what does not hold of its signature
 */
export async function requireLatencyVerdict(request: PromotionRequest): Promise<void> {
  const { manifest, environment, modelDigest, store } = request;
  const { pipeline, policy, repository } = manifest;
  const { serving } = policy;
  const index = pipeline.environments.findIndex(({ name }) => name === environment);
  if (!pipeline.environments[index]!.needsLatencyVerdict || pipeline.packaging === null) return;
  if (serving?.latency == null) return;
  const measuring = pipeline.environments.slice(0, index).filter(({ servedAt }) => servedAt !== null);
  const environments = measuring.map(({ name }) => name);
  const latest = (await allStatements(request, environments)).at(-1);
  if (latest === undefined) {
    throw new RefusedError(
      "latency-verdict-missing",
      `${environment} asks for a latency verdict of ${environments.join(" or ") || "an environment before it"}, and ${store.location} holds none about ${modelDigest}`,
      "Let the model be served there and measured: slipway verify <environment>.",
    );
  }
  const fault = serviceLevelFault(latest, {
    modelDigest,
    pipeline: pipeline.name,
    repository,
    environments,
    acceptedPolicies: request.acceptedServingPolicies,
    policy: { digest: policyDigest(policy, "serving"), section: serving },
    maxAgeHours: policy.gate.evidenceMaxAgeHours,
    now: request.now,
  });
  if (fault === null) return;
  throw new RefusedError(
    "latency-verdict-not-acceptable",
    `the latency verdict of ${latest.predicate.environment} does not count: ${fault}`,
    "Measure it again where it is served: slipway verify <environment>.",
  );
}

/** By the time they say they were made at, oldest first. */
async function allStatements(
  { manifest, modelDigest, store, trusted }: PromotionRequest,
  environments: readonly string[],
) {
  const found = [];
  for (const environment of environments) {
    for (const key of await serviceLevelKeys(store, manifest.pipeline.name, environment, modelDigest)) {
      const signed = parseSignedStatement((await store.get(key)) ?? Buffer.alloc(0));
      if (signed === null) {
        throw new RefusedError(
          "not-a-statement",
          `${key} in ${store.location} is no signed statement`,
          "Restore the file from the bucket's versions and find out who wrote into the store.",
        );
      }
      const { payload } = await verifyStatement(signed, trusted);
      found.push(readStatement<typeof serviceLevelType, ServiceLevel>(payload, serviceLevelType));
    }
  }
  return found.sort((a, b) => Date.parse(a.predicate.measuredAt) - Date.parse(b.predicate.measuredAt));
}
