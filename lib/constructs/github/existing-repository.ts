import { DataGithubRestApi } from "@cdktf/provider-github/lib/data-github-rest-api";
import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { escapeTerraformTemplate } from "../../renderers/terraform-text";
import { ModelRepository, type ModelRepositoryProps } from "./model-repository";
import type { ImmutableIds } from "./oidc-trust";

/** What an existing repository is stated to be. */
export interface ExistingRepositoryProps extends ModelRepositoryProps {
  /**
   * Whether only the actions that Slipway's workflows use (and `allowedActions`) may run in this repository. Other workflows
   * of the repository stop working when their actions are not named.
   * @default false for an existing repository
   */
  readonly restrictActions?: boolean;
}

/** A repository that Slipway did not make. Its plan fails before anything is changed when the repository is not as it was stated. */
export class ExistingGitHubRepository extends ModelRepository {
  /** What GitHub says of the repository when the plan is made. The provider's own data source crashes where there is none. */
  public readonly repository: DataGithubRestApi;
  public readonly hasCodeOwners = false;
  protected readonly restrictsActions: boolean;

  /** @throws InvalidInputError naming everything that is wrong with the props */
  public constructor(scope: Construct, id: string, props: ExistingRepositoryProps) {
    super(scope, id, props);
    this.restrictsActions = props.restrictActions ?? false;
    const branch = escapeTerraformTemplate(this.defaultBranch);
    this.repository = new DataGithubRestApi(this, "repository", {
      endpoint: `repos/${this.fullName}`,
      lifecycle: {
        postcondition: [
          {
            condition: "${self.code == 200}",
            errorMessage: `GitHub shows this token no repository ${this.fullName}: correct its name, or let the token see it.`,
          },
          {
            condition: said("default_branch", branch),
            errorMessage: `The default branch of ${this.fullName} is not "${branch}": state defaultBranch.`,
          },
          {
            condition: said("visibility", this.visibility),
            errorMessage: `The visibility of ${this.fullName} is not "${this.visibility}": state visibility, on which depends what GitHub enforces.`,
          },
        ],
      },
      ...(props.provider && { provider: props.provider }),
    });
  }

  public get repositoryName(): string {
    return this.name;
  }

  protected override get prerequisites() {
    return [this.repository];
  }

  protected override immutableIds(): ImmutableIds {
    const answer: unknown = Fn.jsondecode(this.repository.body);
    return {
      owner: Token.asString(Fn.lookupNested(answer, ["owner", "id"])),
      repository: Token.asString(Fn.lookupNested(answer, ["id"])),
    };
  }
}

/** A repository that is not there has only that wrong with it. */
function said(field: string, value: string): string {
  return `\${self.code != 200 || try(jsondecode(self.body).${field}, "") == "${value}"}`;
}
