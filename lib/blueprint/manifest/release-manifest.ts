import type { PipelineDocument } from "../pipeline/pipeline-document";
import type { PolicyDocument } from "../policy/policy-document";

/** The only thing that goes from synth to run time: `.slipway/<pipeline>.json` in the model repository. */
export interface ReleaseManifest {
  readonly kind: "slipway.release-manifest";
  readonly version: 1;
  /** `owner/name` of the model repository; `null` when it is only run on a laptop. */
  readonly repository: string | null;
  readonly defaultBranch: string;
  readonly pipeline: PipelineDocument;
  readonly policy: PolicyDocument;
  /** The data contract, an Open Data Contract Standard v3 document as JSON. */
  readonly contract: Readonly<Record<string, unknown>>;
  /** Pins the command that the jobs install. */
  readonly runtime: { readonly version: string; readonly integrity: string | null };
}
