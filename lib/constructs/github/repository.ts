import { BranchDefault } from "@cdktf/provider-github/lib/branch-default";
import { DataGithubRestApi } from "@cdktf/provider-github/lib/data-github-rest-api";
import { Repository } from "@cdktf/provider-github/lib/repository";
import { RepositoryFile } from "@cdktf/provider-github/lib/repository-file";
import { WorkflowRepositoryPermissions } from "@cdktf/provider-github/lib/workflow-repository-permissions";
import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { escapeTerraformTemplate } from "../../renderers/terraform-text";
import { ExistingGitHubRepository, type ExistingRepositoryProps } from "./existing-repository";
import type { ImmutableIds } from "./oidc-trust";
import { ModelRepository, type ModelRepositoryProps } from "./model-repository";

/** What a new repository is. */
export interface GitHubRepositoryProps extends ModelRepositoryProps {
  /**
   * What GitHub shows beside the repository's name.
   * @default none
   */
  readonly description?: string;
  /**
   * Who owns the pipeline's files (`.slipway/`, `.github/`): teams (`@acme/platform`) or people (`@jo`), written to CODEOWNERS
   * once; afterwards the file is changed by pull request like any other.
   * @default no CODEOWNERS
   */
  readonly codeOwners?: readonly string[];
}

/**
 * A model repository on GitHub. `new` creates one; {@link GitHubRepository.existing} takes one that is there already. Either
 * way {@link ModelRepository.actions} makes it the delivery of a pipeline.
 *
 * @example
 * const repository = GitHubRepository.existing(this, "repository", { name: "acme/insurance-risk", plan: "team" });
 * new MlPipeline(this, "insurance-risk", { delivery: repository.actions(), ... });
 */
export class GitHubRepository extends ModelRepository {
  /**
   * A repository that is there already. Nothing of it is changed but what pipelines deliver.
   *
   * @throws InvalidInputError naming everything that is wrong with the props
   */
  public static existing(scope: Construct, id: string, props: ExistingRepositoryProps): ExistingGitHubRepository {
    return new ExistingGitHubRepository(scope, id, props);
  }

  public readonly repository: Repository;
  /** Renames the branch that GitHub makes the repository with. */
  public readonly branchDefault: BranchDefault;
  /** Workflows get a token that reads, unless a job asks for more. */
  public readonly workflowPermissions: WorkflowRepositoryPermissions;
  /** CODEOWNERS, written once; `undefined` where no owners were named. */
  public readonly codeOwners: RepositoryFile | undefined;
  public readonly hasCodeOwners: boolean;
  private ownerAccount: DataGithubRestApi | undefined;
  /** A new repository has no other workflows whose actions this could stop. */
  protected readonly restrictsActions = true;

  /** @throws InvalidInputError naming everything that is wrong with the props */
  public constructor(scope: Construct, id: string, props: GitHubRepositoryProps) {
    super(scope, id, props);
    const provider = props.provider && { provider: props.provider };
    this.repository = new Repository(this, "repository", {
      name: this.name,
      visibility: this.visibility,
      ...(props.description !== undefined && { description: escapeTerraformTemplate(props.description) }),
      autoInit: true,
      hasIssues: true,
      hasWiki: false,
      hasProjects: false,
      deleteBranchOnMerge: true,
      vulnerabilityAlerts: true,
      // A model's history outlives the program that made its repository.
      archiveOnDestroy: true,
      ...provider,
    });
    this.branchDefault = new BranchDefault(this, "default-branch", {
      repository: this.repository.name,
      branch: this.defaultBranch,
      rename: true,
      ...provider,
    });
    this.workflowPermissions = new WorkflowRepositoryPermissions(this, "workflow-permissions", {
      repository: this.repository.name,
      defaultWorkflowPermissions: "read",
      canApprovePullRequestReviews: false,
      ...provider,
    });
    const owners = props.codeOwners ?? [];
    this.hasCodeOwners = owners.length > 0;
    if (this.hasCodeOwners) this.codeOwners = this.writeCodeOwners(owners);
  }

  public get repositoryName(): string {
    return this.repository.name;
  }

  protected override get prerequisites() {
    return [this.branchDefault, ...(this.codeOwners ? [this.codeOwners] : [])];
  }

  protected override immutableIds(): ImmutableIds {
    this.ownerAccount ??= new DataGithubRestApi(this, "owner", {
      endpoint: `users/${this.owner}`,
      ...(this.provider && { provider: this.provider }),
    });
    return {
      owner: Token.asString(Fn.lookupNested(Fn.jsondecode(this.ownerAccount.body), ["id"])),
      repository: Token.asString(this.repository.repoId),
    };
  }

  private writeCodeOwners(owners: readonly string[]): RepositoryFile {
    const who = owners.join(" ");
    return new RepositoryFile(this, "codeowners", {
      repository: this.repository.name,
      file: ".github/CODEOWNERS",
      content: escapeTerraformTemplate(`/.slipway/ ${who}\n/.github/ ${who}\n`),
      branch: this.branchDefault.branch,
      commitMessage: "Name the owners of the pipeline's files",
      overwriteOnCreate: true,
      lifecycle: { ignoreChanges: "all" },
      ...(this.provider && { provider: this.provider }),
    });
  }
}
