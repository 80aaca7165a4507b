import type { ReleaseManifest } from "../../blueprint/manifest/release-manifest";
import type { RegistryDocument } from "../../blueprint/pipeline/pipeline-document";
import type { SignedEvidence } from "../../verdict/evidence/acceptance";
import type { Assurance, TrustedSigner } from "../../blueprint/identity";
import type { MlflowClient } from "../mlflow/mlflow-client";
import type { OpenRecord } from "../records/open-record";
import type { Signer } from "../signing/signer";
import type { Store } from "../store/store";

/** Everything a promotion is decided by. What it is held against comes from the environment and the store, not from the checkout. */
export interface PromotionRequest {
  readonly manifest: ReleaseManifest;
  readonly registry: RegistryDocument;
  readonly environment: string;
  readonly evidence: SignedEvidence;
  /** Digest of the evidence bundle. */
  readonly evidenceDigest: string;
  /** The model that the evidence is about. */
  readonly modelDigest: string;
  /** Digest of the image that serves it, verified; `null` where the pipeline packages nothing. */
  readonly image: string | null;
  readonly acceptedGatePolicies: readonly string[];
  /** Empty where the environment names none. */
  readonly acceptedServingPolicies: readonly string[];
  /** Whose statements count here. */
  readonly trusted: readonly TrustedSigner[];
  readonly store: Store;
  readonly mlflow: MlflowClient;
  /** Opens records that one of the environment's signers signed. */
  readonly open: OpenRecord;
  /** Signs the new record. */
  readonly signer: Signer;
  readonly promotedBy: string;
  /** Where the run can be looked at; `null` on a laptop. */
  readonly run: string | null;
  readonly assurance: Assurance;
  readonly now: Date;
}
