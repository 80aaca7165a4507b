import { GithubProvider } from "@cdktf/provider-github/lib/provider";
import { App, S3Backend, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import {
  DataSource,
  Duration,
  demographicParityDifference,
  Environment,
  equalOpportunityDifference,
  HeldOut,
  JobRuntime,
  metric,
  MlPipeline,
  type MlPipelineProps,
  Packaging,
  QualityPolicy,
  Store,
  topFraction,
  Training,
  Trigger,
} from "slipway";
import { type DeliveredPipeline, GitHubRepository, Reviewer } from "slipway/github";

/** What "good enough to ship" means. docs/tutorial.md says how the limits were found. */
export const policy = new QualityPolicy({
  decision: topFraction(0.1), // who is offered a care manager
  accuracy: [
    metric("auc").atLeast(0.62),
    metric("auc").atLeast(0.58, { on: "confidenceBound" }),
    metric("auc").notWorseThanProduction({ margin: 0.02 }),
  ],
  fairness: [
    demographicParityDifference({ group: "female" }).atMost(0.1),
    demographicParityDifference({ group: "black" }).atMost(0.1),
    equalOpportunityDifference({ group: "female" }).atMost(0.2),
  ],
  serving: {
    errorRate: 0.01,
    latency: { quantile: 0.95, atMost: Duration.millis(150), at: { requestsPerSecond: 20 } },
  },
  drift: { populationStabilityIndex: 0.2 },
});

/** The delivery of one model repository: its CI, environments, rules. What differs elsewhere, such as in another region, is given. */
export class InsuranceRiskDelivery extends TerraformStack {
  public readonly pipeline: MlPipeline;

  public constructor(scope: Construct, id: string, differing: Partial<MlPipelineProps<DeliveredPipeline>> = {}) {
    super(scope, id);
    new S3Backend(this, {
      bucket: "acme-terraform-state",
      key: `${id}.tfstate`,
      region: "eu-central-1",
      encrypt: true,
    });
    new GithubProvider(this, "github", { owner: "acme" });
    const repository = GitHubRepository.existing(this, "repository", {
      name: "acme/insurance-risk",
      plan: "enterprise",
    });
    this.pipeline = new MlPipeline(this, "insurance-risk", {
      delivery: repository.actions(),
      repositoryPath: "examples/insurance-risk/repository",
      runtime: JobRuntime.vendored("slipway-0.1.0.tgz"), // once published: leave it out
      contract: "contracts/claims.odcs.yaml",
      data: DataSource.command("python data/fetch.py", { output: "data/claims.parquet", sample: "data/sample.csv" }),
      heldOut: HeldOut.from(3, { fraction: 0.3, seed: 1 }), // 30 % of the people, from the third year on
      lint: "ruff check .",
      test: "pytest",
      train: Training.command("python train.py"),
      policy,
      store: Store.s3({ bucket: "acme-models", prefix: "insurance-risk", region: "eu-central-1" }),
      triggers: [Trigger.push(), Trigger.manual(), Trigger.weekly()],
      packaging: Packaging.image({
        base: "python:3.11-slim@sha256:9c900dea9e8fb7e16277c179b555cc72d29a352dbc33cff48ad5a0412fd5bfc7",
        lockFile: "serving.txt", // what training needs and serving does not stays out of the image
        repository: "ghcr.io/acme/insurance-risk",
      }),
      environments: [
        Environment.staging({ servedAt: "http://insurance-risk.staging.svc:8080" }),
        Environment.production({ reviewers: [Reviewer.team("risk-owners")] }),
      ],
      ...differing,
    });
  }
}

if (require.main === module) {
  const app = new App();
  new InsuranceRiskDelivery(app, "insurance-risk-delivery");
  app.synth();
}
