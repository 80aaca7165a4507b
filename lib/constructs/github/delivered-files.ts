import { createHash } from "node:crypto";
import { RepositoryFile } from "@cdktf/provider-github/lib/repository-file";
import { RepositoryPullRequest } from "@cdktf/provider-github/lib/repository-pull-request";
import type { ITerraformDependable, TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { DeliverableFile } from "../../blueprint/targets";
import type { SharedFiles } from "./shared-files";
import { escapeTerraformTemplate } from "../../renderers/terraform-text";

/** `direct` writes to the default branch; `pullRequest` writes to a branch and opens one pull request. */
export type DeliveryMode = "direct" | "pullRequest";

export interface DeliveredFilesProps {
  readonly mode: DeliveryMode;
  readonly repository: string;
  readonly defaultBranch: string;
  readonly pipeline: string;
  readonly manifest: DeliverableFile;
  readonly runtime: readonly DeliverableFile[];
  readonly workflows: readonly DeliverableFile[];
  /** Where files go that other pipelines of the repository deliver as well. */
  readonly shared: SharedFiles;
  /** What must stand before a workflow may run. */
  readonly dependsOn: readonly ITerraformDependable[];
  readonly provider: TerraformProvider | undefined;
}

/**
 * The files of a pipeline in the model repository, in the order in which they may be seen: GitHub's API makes one commit per
 * file, so the manifest comes first, the command that reads it next, the workflows that name its digest last. Between two of
 * these commits the runtime refuses a manifest that the workflow does not name.
 */
export class DeliveredFiles extends Construct {
  public readonly manifest: RepositoryFile;
  public readonly runtime: readonly RepositoryFile[];
  public readonly workflows: readonly RepositoryFile[];
  /** The pull request that carries the files; `undefined` in direct mode. */
  public readonly pullRequest: RepositoryPullRequest | undefined;

  private readonly branch: string;
  private last: readonly ITerraformDependable[];

  public constructor(
    scope: Construct,
    id: string,
    private readonly props: DeliveredFilesProps,
  ) {
    super(scope, id);
    this.branch = props.mode === "direct" ? props.defaultBranch : deliveryBranch(props);
    this.last = props.dependsOn;
    this.manifest = this.file(props.manifest);
    this.runtime = props.runtime.map((file) => this.runtimeFile(file));
    this.workflows = props.workflows.map((file) => this.file(file));
    if (props.mode === "pullRequest") this.pullRequest = this.openPullRequest();
  }

  /**
   * One file after the other, in both directions: each write makes a commit that the next has to build on, and where a merged
   * branch was deleted, the first removal makes it again.
   */
  private file(file: DeliverableFile, scope: Construct = this): RepositoryFile {
    const { mode, repository, defaultBranch, pipeline, provider } = this.props;
    const resource = new RepositoryFile(scope, file.path, {
      repository,
      file: file.path,
      content: escapeTerraformTemplate(file.content),
      branch: this.branch,
      commitMessage: `Deliver Slipway pipeline ${pipeline}`,
      overwriteOnCreate: true,
      // After the merge the branch may be deleted: the provider then reads the file where it was merged to.
      ...(mode === "pullRequest" && { autocreateBranch: true, autocreateBranchSourceBranch: defaultBranch }),
      dependsOn: [...this.last],
      ...(provider && { provider }),
    });
    this.last = [resource];
    return resource;
  }

  /** On the default branch the runtime of all pipelines is one; a pull request carries its own. */
  private runtimeFile(file: DeliverableFile): RepositoryFile {
    if (this.props.mode === "pullRequest") return this.file(file);
    const resource = this.props.shared.share(file, (scope) => this.file(file, scope));
    if (!this.last.includes(resource)) this.last = [...this.last, resource];
    return resource;
  }

  private openPullRequest(): RepositoryPullRequest {
    const { repository, defaultBranch, pipeline, provider } = this.props;
    return new RepositoryPullRequest(this, "pull-request", {
      baseRepository: repository,
      baseRef: defaultBranch,
      headRef: this.branch,
      title: `Deliver Slipway pipeline ${pipeline}`,
      body: "Written by `cdktf deploy` from the platform's program: the release manifest, the pinned command and the workflows. Review and merge; edits belong into the program.",
      dependsOn: [...this.last],
      ...(provider && { provider }),
    });
  }
}

/**
 * A branch per content: the provider edits a merged pull request instead of opening another, and only a new head branch makes
 * it open one.
 */
function deliveryBranch({ pipeline, manifest, runtime, workflows }: DeliveredFilesProps): string {
  const hash = createHash("sha256");
  for (const { path, content } of [manifest, ...runtime, ...workflows]) hash.update(JSON.stringify([path, content]));
  return `slipway/${pipeline}-${hash.digest("hex").slice(0, 12)}`;
}
