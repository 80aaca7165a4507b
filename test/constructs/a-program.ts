import { readFileSync } from "node:fs";
import { join } from "node:path";
import { GithubProvider } from "@cdktf/provider-github/lib/provider";
import { App, TerraformStack } from "cdktf";
import {
  demographicParityDifference,
  Duration,
  Environment,
  JobRuntime,
  metric,
  MlPipeline,
  Packaging,
  QualityPolicy,
  Store,
  topFraction,
  Training,
  type MlPipelineProps,
} from "slipway";
import { type DeliveredPipeline, GitHubRepository, Reviewer } from "slipway/github";

/** A checkout of a model repository, as small as one can be. */
const MODEL_REPOSITORY = join(__dirname, "model-repository");

/** Text of its data contract. */
export const CONTRACT = readFileSync(join(MODEL_REPOSITORY, "contracts", "claims.odcs.yaml"), "utf8");

/** What the jobs of these tests install. */
export const RUNTIME = JobRuntime.fromLockfile(join(__dirname, "program", "package-lock.json"));

export type Props = MlPipelineProps<DeliveredPipeline>;

/** A stack as a user's program begins it. */
export function aStack(id = "delivery", outdir?: string): TerraformStack {
  const stack = new TerraformStack(new App({ ...(outdir !== undefined && { outdir }), skipValidation: false }), id);
  new GithubProvider(stack, "github", { owner: "acme" });
  return stack;
}

export function aPolicy({ latencyMillis }: { readonly latencyMillis?: number } = {}): QualityPolicy {
  return new QualityPolicy({
    decision: topFraction(0.1),
    accuracy: [metric("auc").atLeast(0.7), metric("auc").notWorseThanProduction({ margin: 0.01 })],
    fairness: [demographicParityDifference({ group: "female" }).atMost(0.1)],
    ...(latencyMillis !== undefined && {
      serving: {
        errorRate: 0.01,
        latency: { quantile: 0.95, atMost: Duration.millis(latencyMillis), at: { requestsPerSecond: 20 } },
      },
    }),
  });
}

function aDelivery(stack: TerraformStack): Props["delivery"] {
  const repository = GitHubRepository.existing(stack, "repository", {
    name: "acme/insurance-risk",
    plan: "enterprise",
  });
  return repository.actions();
}

/** Only what a pipeline cannot do without. */
export function requiredProps(stack: TerraformStack, delivery = aDelivery(stack)): Props {
  return {
    delivery,
    contract: "contracts/claims.odcs.yaml",
    train: Training.command("python train.py"),
    policy: aPolicy(),
    repositoryPath: MODEL_REPOSITORY,
    runtime: RUNTIME,
  };
}

/** A pipeline that promotes to staging and, approved, to production. */
export function promotingProps(stack: TerraformStack, delivery = aDelivery(stack)): Props {
  return {
    ...requiredProps(stack, delivery),
    store: Store.s3({ bucket: "acme-models", region: "eu-central-1" }),
    environments: [Environment.staging(), Environment.production({ reviewers: [Reviewer.team("risk-owners")] })],
  };
}

/** The same, in images, of which staging measures whether they keep their latency. */
export function packagingProps(stack: TerraformStack, delivery = aDelivery(stack)): Props {
  return {
    ...promotingProps(stack, delivery),
    policy: aPolicy({ latencyMillis: 150 }),
    packaging: Packaging.image({
      base: `python:3.12-slim@sha256:${"5".repeat(64)}`,
      repository: "registry.acme.example/risk",
    }),
    environments: [
      Environment.staging({ servedAt: "http://risk.staging.svc:8080" }),
      Environment.production({ reviewers: [Reviewer.team("risk-owners")] }),
    ],
  };
}

export function aPipeline(props: (stack: TerraformStack) => Props = promotingProps): MlPipeline<DeliveredPipeline> {
  const stack = aStack();
  return new MlPipeline(stack, "insurance-risk", props(stack));
}
