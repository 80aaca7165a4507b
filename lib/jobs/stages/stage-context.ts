import type { Line, PipelineDocument } from "../../blueprint/pipeline/pipeline-document";
import type { Step } from "../job";
import { imageAccess, type ImageAccess } from "../image-access";
import { Secret, TRACKING_SECRETS, Variable } from "../variables";

/** What a pipeline's store, signing and registry mean for the jobs that use them, and the steps that jobs share. */
export class StageContext {
  public readonly review: boolean;
  /** A bucket is reached with the job's own identity; a folder needs none. */
  public readonly storeIdentity: boolean;
  public readonly storeVariables: readonly string[];
  /** Sigstore and a key management service know the job by its own identity; a key is a secret. */
  public readonly signingIdentity: boolean;
  public readonly signingSecrets: readonly string[];
  public readonly signingVariables: readonly string[];
  public readonly trackingSecrets: readonly string[];
  public readonly trackingVariables: readonly string[];
  public readonly images: ImageAccess;

  public constructor(
    public readonly pipeline: PipelineDocument,
    private readonly line: Line,
  ) {
    const { store, signing, registry, packaging } = pipeline;
    this.review = line === "review";
    this.storeIdentity = store?.kind === "s3";
    this.storeVariables = [Variable.store, ...(this.storeIdentity ? [Variable.awsRole] : [])];
    this.signingIdentity = signing.kind !== "ed25519";
    this.signingSecrets = signing.kind === "ed25519" ? [Secret.signingKey] : [];
    this.signingVariables = signing.kind === "kms" ? [Variable.awsRole] : [];
    this.trackingSecrets = registry === null ? [] : TRACKING_SECRETS;
    this.trackingVariables = registry === null ? [] : [Variable.trackingUri];
    this.images = imageAccess(packaging);
  }

  public installPython(): Step {
    return { kind: "install-python", python: this.pipeline.python, directory: this.pipeline.root };
  }

  public slipway(title: string, command: readonly string[]): Step {
    return { kind: "slipway", title, command: this.review ? [...command, "--line", this.line] : command };
  }

  /** The steps of a job that runs the command and no user code: nothing of the repository but what Slipway delivered. */
  public slipwayOnly(title: string, command: readonly string[]): readonly Step[] {
    return [{ kind: "checkout", only: "slipway-folder" }, { kind: "install-slipway" }, this.slipway(title, command)];
  }

  /** The steps of a job in which the command runs code of the repository. */
  public slipwayWithPython(title: string, command: readonly string[]): readonly Step[] {
    return [
      { kind: "checkout", only: "everything" },
      { kind: "install-slipway" },
      this.installPython(),
      this.slipway(title, command),
    ];
  }
}
