import { App, Testing } from "cdktf";
import { Environment, JobRuntime, Packaging, QualityPolicy, Signer, Signing, Store, type DataContract } from "slipway";
import { Reviewer } from "slipway/github";
import { InsuranceRiskDelivery, policy as examplePolicy } from "../../../examples/insurance-risk/main";
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
  /** Base image by digest, in a registry that can be reached from here, or cannot. */
  readonly base: string;
  /** Where staging serves the model. @default - nowhere, and production asks for no latency verdict */
  readonly servedAt?: string;
  /** @default the example's own, with the latency that a busy machine keeps */
  readonly policy?: QualityPolicy | undefined;
  /** @default the example's own */
  readonly contract?: DataContract | undefined;
}

/** The example's limits for its gate, and a slower latency than the one it promises for serving hardware: these machines are busy. */
function patientPolicy(): QualityPolicy {
  const document = examplePolicy.toDocument();
  const latency = { quantile: 0.95, atMostMillis: 5_000, smokeAtMostMillis: 15_000 };
  return QualityPolicy.fromDocument({
    ...document,
    serving: { errorRate: 0.05, latency: { ...latency, atRequestsPerSecond: 5, atRowsPerRequest: 1 } },
  });
}

/**
 * The example's program where no cloud answers: a key signs instead of Sigstore, the store is a folder that the runners share, the
 * base image comes from a registry of this machine.
 */
export function synthesizeDelivery(program: DeliveryUnderTest): SynthesizedDelivery {
  const { tarball, publicPem, base, servedAt, policy, contract } = program;
  const stack = new InsuranceRiskDelivery(new App(), "insurance-risk-delivery", {
    runtime: JobRuntime.vendored(tarball),
    ...(contract === undefined ? {} : { contract }),
    policy: policy ?? patientPolicy(),
    signing: Signing.ed25519(),
    trustedSigners: [Signer.ed25519("ci", publicPem)],
    store: Store.directory("/srv/slipway-store"),
    // Runners of GitHub share no disk; those of the test do, and say where.
    variables: { SLIPWAY_STORE: "file:///srv/slipway-store" },
    // SLIPWAY_IMAGES names the registry of the test.
    packaging: Packaging.image({ base, lockFile: "serving.txt", repository: "registry.acme.example/insurance-risk" }),
    environments: [
      Environment.staging(servedAt === undefined ? {} : { servedAt }),
      Environment.production({
        reviewers: [Reviewer.team("risk-owners")],
        needsLatencyVerdict: servedAt !== undefined,
      }),
    ],
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
