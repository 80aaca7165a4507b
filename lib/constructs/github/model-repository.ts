import { ActionsRepositoryPermissions } from "@cdktf/provider-github/lib/actions-repository-permissions";
import { Lazy, TerraformProvider, TerraformStack, Token, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { WorkloadIdentity } from "../../blueprint/identity";
import { Problems } from "../../blueprint/problems";
import { GitHubActionsDelivery, type GitHubActionsOptions } from "./actions-delivery";
import { githubWorkloadIdentity, type ImmutableIds } from "./oidc-trust";
import { SharedFiles } from "./shared-files";
import type { GitHubPlan, RepositoryVisibility } from "./repository-plan";

/** What Slipway has to know of a repository before GitHub is asked. */
export interface ModelRepositoryProps {
  /** `owner/name`. */
  readonly name: string;
  /** What the owner pays GitHub for: what GitHub enforces depends on it. GitHub Pro counts as `team`. */
  readonly plan: GitHubPlan;
  /**
   * Who may read it; what GitHub enforces depends on it.
   * @default "private"
   */
  readonly visibility?: RepositoryVisibility;
  /**
   * The branch that delivers, signs and promotes.
   * @default "main"
   */
  readonly defaultBranch?: string;
  /**
   * Actions that may run besides those that Slipway's workflows use, as patterns: `acme/scan@*`.
   * @default none
   */
  readonly allowedActions?: readonly string[];
  /**
   * The provider to use.
   * @default the stack's GitHub provider; its `owner` must be the repository's
   */
  readonly provider?: TerraformProvider;
}

/** A GitHub repository that pipelines can be delivered to. */
export abstract class ModelRepository extends Construct {
  /** `owner/name`. */
  public readonly fullName: string;
  public readonly owner: string;
  public readonly name: string;
  public readonly plan: GitHubPlan;
  public readonly visibility: RepositoryVisibility;
  public readonly defaultBranch: string;
  public readonly provider: TerraformProvider | undefined;
  /** Limits the repository to named actions; made with the first pipeline, where actions are restricted. */
  public actionsPermissions: ActionsRepositoryPermissions | undefined;

  /** @internal names of the pipelines that were delivered here */
  public readonly pipelines = new Set<string>();
  /** @internal files that these pipelines have in common */
  public readonly sharedFiles: SharedFiles;

  private readonly allowedActions: Set<string>;

  protected constructor(scope: Construct, id: string, props: ModelRepositoryProps) {
    checkRepository(props, id);
    super(scope, id);
    const [owner = "", name = ""] = props.name.split("/");
    this.fullName = props.name;
    this.owner = owner;
    this.name = name;
    this.plan = props.plan;
    this.visibility = props.visibility ?? "private";
    this.defaultBranch = props.defaultBranch ?? "main";
    this.provider = props.provider;
    this.allowedActions = new Set(props.allowedActions);
    this.sharedFiles = new SharedFiles(this, "shared");
    this.node.addValidation({ validate: () => this.ownerProblems() });
  }

  /** The repository's name for resources: a reference where Terraform makes the repository. */
  public abstract get repositoryName(): string;
  /** Whether Slipway wrote CODEOWNERS here. */
  public abstract readonly hasCodeOwners: boolean;
  /** Whether only named actions may run. */
  protected abstract readonly restrictsActions: boolean;
  /** The ids that newer repositories carry in their OIDC subjects. */
  protected abstract immutableIds(): ImmutableIds;
  /** What must stand before a pipeline is delivered. */
  protected abstract get prerequisites(): readonly ITerraformDependable[];

  /**
   * GitHub Actions of this repository as the delivery of a pipeline.
   *
   * @throws InvalidInputError when the options contradict each other
   */
  public actions(options: GitHubActionsOptions = {}): GitHubActionsDelivery {
    return new GitHubActionsDelivery(this, options);
  }

  /**
   * What a cloud role has to check of an OIDC token so that only jobs in that environment of this repository get it. Never
   * trust less: `repo:owner/name:*` lets every branch and pull request in.
   *
   * @param environment - name on GitHub, `<pipeline>-<name>`, for example `insurance-risk-production`
   * @param audience - `aud` that the cloud expects
   * @default audience - "sts.amazonaws.com"
   */
  public oidcTrust(environment: string, audience = "sts.amazonaws.com"): WorkloadIdentity {
    return githubWorkloadIdentity(this.fullName, environment, audience, this.immutableIds());
  }

  /** @internal everything a pipeline of this repository waits for */
  public get standsBeforePipelines(): readonly ITerraformDependable[] {
    return this.prerequisites;
  }

  /** @internal lets the workflows of a pipeline use these actions, as `owner/name` */
  public allowActions(actions: readonly string[]): void {
    if (!this.restrictsActions) return;
    for (const action of actions) this.allowedActions.add(`${action}@*`);
    this.actionsPermissions ??= new ActionsRepositoryPermissions(this, "actions-permissions", {
      repository: this.repositoryName,
      enabled: true,
      allowedActions: "selected",
      allowedActionsConfig: {
        githubOwnedAllowed: false,
        verifiedAllowed: false,
        patternsAllowed: Lazy.listValue({ produce: () => [...this.allowedActions].sort() }),
      },
      ...(this.provider && { provider: this.provider }),
    });
  }

  /** GitHub's resources name a repository without its owner: the provider's owner decides where they land. */
  private ownerProblems(): string[] {
    const providers = this.provider ? [this.provider] : githubProviders(TerraformStack.of(this));
    return providers.flatMap((provider) => {
      const owner: unknown = (provider as { owner?: unknown }).owner;
      if (typeof owner !== "string" || Token.isUnresolved(owner) || owner === this.owner) return [];
      return [
        `GitHub provider "${provider.node.path}": owner ${JSON.stringify(owner)} is not the owner of ${this.fullName}. ` +
          `Set owner: "${this.owner}" on the provider, or give the repository a provider of its own.`,
      ];
    });
  }
}

/** The stack's default GitHub provider; one with an alias serves only who names it. */
function githubProviders(stack: TerraformStack): readonly TerraformProvider[] {
  return stack.node
    .findAll()
    .filter((construct) => construct instanceof TerraformProvider)
    .filter(({ terraformResourceType, alias }) => terraformResourceType === "github" && alias === undefined);
}

function checkRepository(props: ModelRepositoryProps, id: string): void {
  const problems = new Problems();
  if (Token.isUnresolved(props.name) || !/^[A-Za-z0-9](-?[A-Za-z0-9])*\/[A-Za-z0-9._-]{1,100}$/.test(props.name)) {
    problems.add("name", props.name, "is not owner/name", 'Write both as on GitHub: "acme/insurance-risk".');
  }
  const branch = props.defaultBranch ?? "main";
  if (Token.isUnresolved(branch) || !/^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(branch) || /\.\.|^refs\//.test(branch)) {
    problems.add("defaultBranch", branch, "is not the plain name of a branch", 'Write it as on GitHub: "main".');
  }
  if (!["free", "team", "enterprise"].includes(props.plan)) {
    problems.add(
      "plan",
      props.plan,
      "is not a plan of GitHub's",
      'Write "free", "team" (also for Pro) or "enterprise".',
    );
  }
  if (props.visibility === "internal" && props.plan !== "enterprise") {
    problems.add(
      "visibility",
      props.visibility,
      "exists with GitHub Enterprise only",
      'Write "private", or state plan "enterprise".',
    );
  }
  problems.throwIfAny(`GitHubRepository "${id}"`);
}
