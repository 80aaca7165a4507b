import { Construct } from "constructs";
import type { DataContract } from "../../blueprint/contract/data-contract";
import type { TrustedSigner } from "../../blueprint/identity";
import type { ReleaseManifest } from "../../blueprint/manifest/release-manifest";
import type { DataSource } from "../../blueprint/pipeline/data-source";
import type { PipelineProps } from "../../blueprint/pipeline/pipeline-props";
import type { PythonEnvironment } from "../../blueprint/pipeline/pipeline-document";
import type { PythonChoice } from "../../blueprint/pipeline/python-environment";
import type { QualityPolicy } from "../../blueprint/policy/quality-policy";
import type { PipelineDelivery, VariableValue } from "../../blueprint/targets";
import { checkedPipeline } from "./checked-pipeline";
import type { JobRuntime } from "./job-runtime";

/** What a user says about a pipeline. */
export interface MlPipelineProps<Delivered> extends Omit<PipelineProps, "data" | "python"> {
  /** Where the pipeline's CI runs: `GitHubRepository.existing(...).actions()`. */
  readonly delivery: PipelineDelivery<Delivered>;
  /** The data contract, or its file in the model repository, relative to `root`. */
  readonly contract: string | DataContract;
  /** What "good enough to ship" means. */
  readonly policy: QualityPolicy;
  /**
   * Where the data is.
   * @default the contract's first server, when that is a file of the repository
   */
  readonly data?: DataSource;
  /**
   * The locked Python environment, or how to choose among several.
   * @default the lock file that is found in `root`: uv.lock, poetry.lock, conda-lock.yml or hashed requirements
   */
  readonly python?: PythonEnvironment | PythonChoice;
  /**
   * A checkout of the model repository, from which the contract and the lock file are read. A relative path starts from the
   * folder of cdktf.json, as cdktf's own assets do.
   * @default ".", for programs that live in the model repository itself
   */
  readonly repositoryPath?: string;
  /**
   * The Slipway that jobs install.
   * @default JobRuntime.fromLockfile(), the version that this program uses
   */
  readonly runtime?: JobRuntime;
  /**
   * Values for the variables that jobs read, known now or when Terraform runs: `MLFLOW_TRACKING_URI`, `SLIPWAY_STORE`,
   * `SLIPWAY_HANDOFF_RECIPIENT`, `AWS_ROLE_ARN`. One value for all jobs that read it, or one per environment:
   * `{ AWS_ROLE_ARN: { gate: "arn:...", registry: "arn:..." } }`.
   * @default they are set in the delivery's environments by hand
   */
  readonly variables?: Readonly<Record<string, VariableValue>>;
  /**
   * Whose evidence promotion accepts. Needed where evidence is signed with a key.
   * @default the pipeline's own signing job, where it signs without a key
   */
  readonly trustedSigners?: readonly TrustedSigner[];
}

/**
 * The road of one model from `git push` to its environments: what is checked, in which order, by which limits, and who lets it
 * pass. The pipeline's name is the construct's id; it names files, jobs, environments and the registered model.
 *
 * @example
 * new MlPipeline(this, "insurance-risk", {
 *   delivery: GitHubRepository.existing(this, "repository", { name: "acme/insurance-risk", plan: "enterprise" }).actions(),
 *   contract: "contracts/claims.odcs.yaml",
 *   train: Training.command("python train.py"),
 *   policy,
 * });
 */
export class MlPipeline<Delivered = unknown> extends Construct {
  /** What goes to the model repository as `.slipway/<pipeline>.json`. */
  public readonly manifest: ReleaseManifest;
  /** `sha256:...` of the manifest's bytes; the workflows name it. */
  public readonly manifestDigest: string;
  /** What the delivery made, every resource of it. */
  public readonly delivered: Delivered;

  /**
   * @param id - name of the pipeline: lower-case letters, digits and single dashes
   * @throws InvalidInputError naming everything that is wrong, before anything is made
   */
  public constructor(scope: Construct, id: string, props: MlPipelineProps<Delivered>) {
    const pipeline = checkedPipeline(scope, id, props);
    super(scope, id);
    this.manifest = pipeline.manifest;
    this.manifestDigest = pipeline.manifestDigest;
    this.delivered = props.delivery.deliver(this, pipeline);
  }
}
