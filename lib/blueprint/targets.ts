import type { Approver, TrustedSigner } from "./identity";
import type { ReleaseManifest } from "./manifest/release-manifest";
import type { PolicySection } from "./policy/policy-document";
import type { Problem } from "./problems";

/**
 * What a pipeline asks of the place its CI runs: a GitHub repository today. The pipeline knows no provider; whoever
 * implements this knows no pipeline construct.
 *
 * @typeParam Delivered - what the target makes, handed back so that every created resource can be reached
 */
export interface PipelineDelivery<Delivered = unknown> {
  /** `owner/name` of the model repository; goes into the release manifest. */
  readonly repository: string;
  /** The branch that delivers, signs and promotes. */
  readonly defaultBranch: string;
  /** Who the delivery line's signing job is, for pipelines that sign without a stored key. */
  keylessSigner(pipeline: string): TrustedSigner;
  /** What this target cannot carry or enforce of the pipeline; called before anything is made. */
  check(pipeline: DeliverablePipeline): readonly Problem[];
  /**
   * Makes everything the pipeline needs on this target.
   *
   * @param scope - the construct to make it under, typed by whoever implements this
   */
  deliver(scope: object, pipeline: DeliverablePipeline): Delivered;
}

/** A checked pipeline, ready to be rendered for its target. */
export interface DeliverablePipeline {
  readonly manifest: ReleaseManifest;
  /** Bytes of `.slipway/<pipeline>.json`. */
  readonly manifestText: string;
  /** `sha256:...` of {@link manifestText}; the workflows name it. */
  readonly manifestDigest: string;
  /** The pinned command: files delivered as they are, and the digest by which the jobs check the lock file. */
  readonly runtime: DeliverableRuntime;
  /** Who approves promotion, by environment. */
  readonly approvers: Readonly<Record<string, readonly Approver[]>>;
  /** Deploy-time values by the variable name that jobs read. */
  readonly variables: Readonly<Record<string, VariableValue>>;
  /** Policy digests that promotion accepts, by section. */
  readonly acceptedPolicies: Readonly<Partial<Record<PolicySection, readonly string[]>>>;
  /** Whose evidence promotion accepts, by environment. */
  readonly signers: Readonly<Record<string, readonly TrustedSigner[]>>;
}

/**
 * What a variable holds: one value in every environment whose jobs read it, or a value per environment, by the environment's
 * name without the pipeline's prefix. Values may be known only when Terraform runs.
 */
export type VariableValue = string | Readonly<Record<string, string>>;

/** The pinned command as files of the model repository. */
export interface DeliverableRuntime {
  readonly files: readonly DeliverableFile[];
  /** Hex sha256 of `.slipway/runtime/package-lock.json`. */
  readonly lockSha256: string;
  /** File name of Slipway's own package where it is delivered beside the lock file; `null`: a registry has it. */
  readonly vendoredPackage: string | null;
}

/** A file of the model repository. */
export interface DeliverableFile {
  /** Path in the repository, with forward slashes. */
  readonly path: string;
  /** The file's text, byte for byte; never contains tokens. */
  readonly content: string;
}
