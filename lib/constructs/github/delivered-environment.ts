import { ActionsEnvironmentVariable } from "@cdktf/provider-github/lib/actions-environment-variable";
import { DataGithubTeam } from "@cdktf/provider-github/lib/data-github-team";
import { DataGithubUser } from "@cdktf/provider-github/lib/data-github-user";
import { RepositoryEnvironment } from "@cdktf/provider-github/lib/repository-environment";
import { RepositoryEnvironmentDeploymentPolicy } from "@cdktf/provider-github/lib/repository-environment-deployment-policy";
import { Token, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import type { Approver } from "../../blueprint/identity";

export interface DeliveredEnvironmentProps {
  readonly repository: string;
  /** Full name on GitHub: `<pipeline>-<name>`. */
  readonly name: string;
  readonly defaultBranch: string;
  /** Who approves jobs that run here; empty for nobody. */
  readonly approvers: readonly Approver[];
  /** Values by variable name, ready for Terraform. */
  readonly variables: Readonly<Record<string, string>>;
  readonly provider: TerraformProvider | undefined;
}

/** One protected environment: which branch may use it, who approves, which values its jobs see. Its secrets are never Terraform's. */
export class DeliveredEnvironment extends Construct {
  public readonly environment: RepositoryEnvironment;
  /** Limits the environment to the default branch. */
  public readonly branchPolicy: RepositoryEnvironmentDeploymentPolicy;
  /** By variable name. */
  public readonly variables: Readonly<Record<string, ActionsEnvironmentVariable>>;

  public constructor(scope: Construct, id: string, props: DeliveredEnvironmentProps) {
    super(scope, id);
    const provider = props.provider && { provider: props.provider };
    this.environment = new RepositoryEnvironment(this, "environment", {
      repository: props.repository,
      environment: props.name,
      canAdminsBypass: false,
      deploymentBranchPolicy: { protectedBranches: false, customBranchPolicies: true },
      ...(props.approvers.length > 0 && { preventSelfReview: true, reviewers: [this.reviewers(props)] }),
      ...provider,
    });
    this.branchPolicy = new RepositoryEnvironmentDeploymentPolicy(this, "default-branch", {
      repository: props.repository,
      environment: this.environment.environment,
      branchPattern: props.defaultBranch,
      ...provider,
    });
    this.variables = Object.fromEntries(
      Object.entries(props.variables).map(([name, value]) => [
        name,
        new ActionsEnvironmentVariable(this, name, {
          repository: props.repository,
          environment: this.environment.environment,
          variableName: name,
          value,
          ...provider,
        }),
      ]),
    );
  }

  /** GitHub wants numeric ids, so names are looked up when the plan is made. */
  private reviewers(props: DeliveredEnvironmentProps): { teams?: number[]; users?: number[] } {
    const provider = props.provider && { provider: props.provider };
    const named = (kind: Approver["kind"]) => props.approvers.filter((approver) => approver.kind === kind);
    const teams = named("team").map(
      ({ name }) => new DataGithubTeam(this, `team-${name}`, { slug: name, summaryOnly: true, ...provider }).id,
    );
    const users = named("user").map(
      ({ name }) => new DataGithubUser(this, `user-${name}`, { username: name, ...provider }).id,
    );
    return {
      ...(teams.length > 0 && { teams: teams.map((id) => Token.asNumber(id)) }),
      ...(users.length > 0 && { users: users.map((id) => Token.asNumber(id)) }),
    };
  }
}
