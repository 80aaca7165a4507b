import { type Promotion, promotionStatement } from "../../verdict/evidence/promotion-statement";
import { sealRecord } from "../records/open-record";
import { appendRecord, type PromotionRecord } from "../records/promotion-records";
import { environmentNamed } from "./environments";
import type { PromotionRequest } from "./promotion-request";
import { requireCompatibleInterface } from "./compatible-interface";
import { requireLatencyVerdict } from "./latency-verdict";
import {
  recordsOf,
  requireAcceptableEvidence,
  requireAliasesAsRecorded,
  requireInEnvironment,
  requireInStore,
  requireRegistered,
} from "./requirements";

export interface Promoted {
  readonly version: string;
  /** Digest of the image that serves it; `null` where nothing is packaged. */
  readonly image: string | null;
  readonly record: { readonly number: number; readonly digest: string };
  /** The model stood there by this evidence already: nothing was recorded again. */
  readonly already: boolean;
}

/**
 * Promotes a registered model into an environment: verifies what allows it, appends the signed record, then sets the registry's
 * alias. A promotion that was interrupted between the two is completed by running it again.
 *
 * @throws RefusedError by the name of what does not hold
 */
export async function promoteModel(request: PromotionRequest): Promise<Promoted> {
  const { registry, environment, mlflow } = request;
  const { before } = environmentNamed(request.manifest.pipeline, environment);
  await requireAliasesAsRecorded(request);
  await requireInStore(request);
  const records = await recordsOf(request, environment);
  const last = records.at(-1);
  if (last !== undefined && isSamePromotion(last, request)) {
    const { number, registered } = last.promotion;
    const { version } = await requireRegistered(request, registered.version);
    await mlflow.registry.setAlias(registry.model, environment, version);
    return { version, image: request.image, record: { number, digest: last.digest }, already: true };
  }
  await requireAcceptableEvidence(request);
  requireCompatibleInterface(request, last);
  await requireLatencyVerdict(request);
  const beforehand = before === null ? null : await requireInEnvironment(request, before);
  const { version } = await requireRegistered(request, beforehand?.promotion.registered.version ?? null);
  const record = await appendPromotion(request, version, last);
  await mlflow.registry.setAlias(registry.model, environment, version);
  return { version, image: request.image, record, already: false };
}

function isSamePromotion(last: PromotionRecord, request: PromotionRequest): boolean {
  const { authority, image } = last.promotion;
  return last.model === request.modelDigest && authority.digest === request.evidenceDigest && image === request.image;
}

async function appendPromotion(
  request: PromotionRequest,
  version: string,
  last: PromotionRecord | undefined,
): Promise<Promoted["record"]> {
  const { manifest, registry, environment, evidence, modelDigest, store } = request;
  const { policyDigests, gitRevision } = evidence.measures.predicate;
  const promotion: Promotion = {
    number: (last?.promotion.number ?? 0) + 1,
    previous: last?.digest ?? null,
    pipeline: manifest.pipeline.name,
    repository: manifest.repository,
    environment,
    registered: { model: registry.model, version },
    authority: { kind: "evidence", digest: request.evidenceDigest },
    policyDigests,
    gitRevision,
    interface: evidence.measures.predicate.interface,
    image: request.image,
    promotedBy: request.promotedBy,
    promotedAt: request.now.toISOString(),
    run: request.run,
    assurance: request.assurance,
  };
  const record = await sealRecord(promotionStatement(modelDigest, promotion), request.signer);
  // A record that this environment's own signers do not cover would stop every later promotion.
  await request.open(record);
  return { number: promotion.number, digest: await appendRecord(store, promotion, record) };
}
