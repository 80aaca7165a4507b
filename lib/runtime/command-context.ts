import type { ReleaseManifest } from "../blueprint/manifest/release-manifest";
import type { Line } from "../blueprint/pipeline/pipeline-document";
import type { HandoffName } from "../jobs/job";
import type { Output } from "./output/output";
import type { WorkFolder } from "./work-folder";

/** Environment variables as a command sees them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What every command is given besides its own arguments. */
export interface CommandContext {
  /** Only commands that declare `manifest: "none"` run without one; reading it there throws. */
  readonly manifest: ReleaseManifest;
  /** `sha256:<hex>` of the manifest file's bytes. */
  readonly manifestDigest: string;
  /** Folder that holds `.slipway/`: the top of the model repository. */
  readonly repository: string;
  readonly work: WorkFolder;
  readonly line: Line;
  /** Digests of the hand-offs that this command takes; each folder in {@link work} was verified to hold exactly that content. */
  readonly takes: ReadonlyMap<HandoffName, string>;
  /** Digests of hand-offs that the command only names in what it writes, as their givers said. */
  readonly cites: ReadonlyMap<HandoffName, string>;
  readonly out: Output;
  readonly env: Variables;
  /** Now, as the evidence and its age limit see it. */
  readonly now: () => Date;
}
