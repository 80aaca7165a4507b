import { App, Testing, TerraformStack } from "cdktf";
import {
  DataSource,
  Environment,
  HeldOut,
  JobRuntime,
  MlPipeline,
  Signer,
  Signing,
  Store,
  Training,
  type DataContract,
  type QualityPolicy,
} from "slipway";
import { GitHubRepository, Reviewer } from "slipway/github";
import { GithubProvider } from "@cdktf/provider-github/lib/provider";
import { policy as examplePolicy } from "../../../examples/insurance-risk/main";
import { unescapeTerraformTemplate } from "../../../lib/renderers/terraform-text";

/** The pipeline of the insurance example as `terraform apply` would put it into the model repository. */
export interface SynthesizedDelivery {
  /** Content by path in the model repository. */
  readonly files: ReadonlyMap<string, string>;
  /** Values of the environments' variables, by name. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface DeliveryUnderTest {
  /** What `npm pack` wrote: the jobs install it. */
  readonly tarball: string;
  /** PEM of the key whose evidence promotion accepts. */
  readonly publicPem: string;
  /** @default the example's own */
  readonly policy?: QualityPolicy | undefined;
  /** @default the example's own */
  readonly contract?: DataContract | undefined;
}

/** The example's program with two differences: a key signs, because no Sigstore answers here, and the store is a folder that the runners share. */
export function synthesizeDelivery({ tarball, publicPem, policy, contract }: DeliveryUnderTest): SynthesizedDelivery {
  const stack = new TerraformStack(new App(), "insurance-risk-delivery");
  new GithubProvider(stack, "github", { owner: "acme" });
  const repository = GitHubRepository.existing(stack, "repository", {
    name: "acme/insurance-risk",
    plan: "enterprise",
  });
  new MlPipeline(stack, "insurance-risk", {
    delivery: repository.actions({ runsOn: ["self-hosted"] }),
    repositoryPath: "examples/insurance-risk/repository",
    runtime: JobRuntime.vendored(tarball),
    contract: contract ?? "contracts/claims.odcs.yaml",
    data: DataSource.command("python data/fetch.py", { output: "data/claims.parquet", sample: "data/sample.csv" }),
    heldOut: HeldOut.from(3, { fraction: 0.3, seed: 1 }),
    train: Training.command("python train.py"),
    policy: policy ?? examplePolicy,
    signing: Signing.ed25519(),
    trustedSigners: [Signer.ed25519("ci", publicPem)],
    store: Store.directory("/srv/slipway-store"),
    environments: [Environment.staging(), Environment.production({ reviewers: [Reviewer.team("risk-owners")] })],
  });
  const { resource } = JSON.parse(Testing.synth(stack, true)) as { resource: SynthesizedResources };
  return {
    files: new Map(
      Object.values(resource.github_repository_file).map(({ file, content }) => [
        file,
        unescapeTerraformTemplate(content),
      ]),
    ),
    variables: Object.fromEntries(
      Object.values(resource.github_actions_environment_variable).map(({ variable_name, value }) => [
        variable_name,
        unescapeTerraformTemplate(value),
      ]),
    ),
  };
}

interface SynthesizedResources {
  readonly github_repository_file: Readonly<Record<string, { readonly file: string; readonly content: string }>>;
  readonly github_actions_environment_variable: Readonly<
    Record<string, { readonly variable_name: string; readonly value: string }>
  >;
}
