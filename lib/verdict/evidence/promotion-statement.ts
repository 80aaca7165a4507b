import type { PolicySection } from "../../blueprint/policy/policy-document";
import type { Assurance } from "../../blueprint/identity";
import type { ModelInterface } from "../signature/compatibility";
import { modelSubject, type Statement } from "./statement";

export const promotionType = "https://slipway.dev/promotion/v1";

/** One promotion into one environment. The chain of an environment's records says what is and was in it. */
export interface Promotion {
  /** 1 for the environment's first. */
  readonly number: number;
  /** Digest of the record before this one, as it stands in the store; `null` for the first. */
  readonly previous: string | null;
  readonly pipeline: string;
  readonly repository: string | null;
  readonly environment: string;
  /** Name and version in the model registry. */
  readonly registered: { readonly model: string; readonly version: string };
  /** What allowed it: evidence of the gate, by the digest of its file. */
  readonly authority: { readonly kind: "evidence"; readonly digest: string };
  /** Digest of every section of the policy that the model was judged by. */
  readonly policyDigests: Readonly<Record<PolicySection, string>>;
  readonly gitRevision: string | null;
  /** What clients see of the model: what the next one is held against. */
  readonly interface: ModelInterface;
  /** Digest of the image that serves the model; `null` where the pipeline packages nothing. */
  readonly image: string | null;
  readonly promotedBy: string;
  /** RFC 3339, UTC. */
  readonly promotedAt: string;
  /** Where the run can be looked at; `null` on a laptop. */
  readonly run: string | null;
  readonly assurance: Assurance;
}

export type PromotionStatement = Statement<typeof promotionType, Promotion>;

export function promotionStatement(modelDigest: string, promotion: Promotion): PromotionStatement {
  return {
    _type: "https://in-toto.io/Statement/v1",
    subject: [modelSubject(promotion.pipeline, modelDigest)],
    predicateType: promotionType,
    predicate: promotion,
  };
}
