import { DataGithubRepository } from "@cdktf/provider-github/lib/data-github-repository";
import type { Construct } from "constructs";
import { escapeTerraformTemplate } from "../../renderers/terraform-text";
import { ModelRepository, type ModelRepositoryProps } from "./model-repository";

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
  /** Reads the repository when the plan is made. */
  public readonly repository: DataGithubRepository;
  public readonly hasCodeOwners = false;
  protected readonly restrictsActions: boolean;

  public constructor(scope: Construct, id: string, props: ExistingRepositoryProps) {
    super(scope, id, props);
    this.restrictsActions = props.restrictActions ?? false;
    this.repository = new DataGithubRepository(this, "repository", {
      fullName: this.fullName,
      lifecycle: {
        postcondition: [
          {
            condition: `\${self.default_branch == ${JSON.stringify(escapeTerraformTemplate(this.defaultBranch))}}`,
            errorMessage: `The default branch of ${this.fullName} is not ${escapeTerraformTemplate(JSON.stringify(this.defaultBranch))}: state defaultBranch.`,
          },
          {
            condition: `\${self.visibility == "${this.visibility}"}`,
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
}
