import { RepositoryRuleset, type RepositoryRulesetConfig } from "@cdktf/provider-github/lib/repository-ruleset";
import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Deliverer } from "./deliverer";

/** The App id of GitHub Actions on github.com: a check of the same name from anybody else does not count. */
const GITHUB_ACTIONS_APP_ID = 15368;

/** What a pull request needs before it is merged. */
export interface MergeRulesetOptions {
  /**
   * Approving reviews that a pull request needs before it is merged, 0 to 10.
   * @default 1
   */
  readonly approvals?: number;
  /**
   * Whether a code owner's review is needed for files that have one.
   * @default true where Slipway wrote CODEOWNERS
   */
  readonly codeOwnerReview?: boolean;
  /**
   * Whether pull requests go through a merge queue.
   * @default false
   */
  readonly mergeQueue?: boolean;
  /**
   * App id of GitHub Actions, for GitHub Enterprise Server, where it differs.
   * @default 15368, its id on github.com
   */
  readonly actionsAppId?: number;
}

export interface MergeRulesetProps {
  readonly repository: string;
  readonly pipeline: string;
  /** Name of the one check that must have succeeded. */
  readonly requiredCheck: string;
  readonly options: MergeRulesetOptions;
  readonly codeOwnerReview: boolean;
  /** Who delivers straight to the default branch; `undefined` where everything comes by pull request. */
  readonly bypass: Deliverer | undefined;
  readonly dependsOn: readonly ITerraformDependable[];
  readonly provider: RepositoryRulesetConfig["provider"];
}

/** What has to hold before anything reaches the default branch: a reviewed pull request on which the pipeline's verdict stands. */
export class MergeRuleset extends Construct {
  public readonly ruleset: RepositoryRuleset;

  public constructor(scope: Construct, id: string, props: MergeRulesetProps) {
    super(scope, id);
    const { options, bypass } = props;
    const queued = options.mergeQueue ?? false;
    this.ruleset = new RepositoryRuleset(this, "ruleset", {
      repository: props.repository,
      name: `slipway ${props.pipeline}`,
      target: "branch",
      enforcement: "active",
      conditions: { refName: { include: ["~DEFAULT_BRANCH"], exclude: [] } },
      ...(bypass && {
        bypassActors: [{ actorType: bypass.actorType, actorId: bypass.actorId, bypassMode: "always" }],
      }),
      rules: {
        deletion: true,
        nonFastForward: true,
        pullRequest: {
          requiredApprovingReviewCount: options.approvals ?? 1,
          requireCodeOwnerReview: options.codeOwnerReview ?? props.codeOwnerReview,
          dismissStaleReviewsOnPush: true,
          requireLastPushApproval: (options.approvals ?? 1) > 0,
          requiredReviewThreadResolution: false,
        },
        requiredStatusChecks: {
          requiredCheck: [
            { context: props.requiredCheck, integrationId: options.actionsAppId ?? GITHUB_ACTIONS_APP_ID },
          ],
          // A merge queue tests the merged result itself; without one the branch has to be up to date.
          strictRequiredStatusChecksPolicy: !queued,
          doNotEnforceOnCreate: false,
        },
        ...(queued && { mergeQueue: { mergeMethod: "SQUASH", groupingStrategy: "ALLGREEN" } }),
      },
      dependsOn: [...props.dependsOn],
      ...(props.provider && { provider: props.provider }),
    });
  }
}
