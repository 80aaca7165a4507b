import { join } from "node:path";
import { TerraformVariable, type TerraformStack } from "cdktf";
import {
  DataSource,
  demographicParityDifference,
  Environment,
  HeldOut,
  Duration,
  JobRuntime,
  metric,
  Packaging,
  QualityPolicy,
  Registry,
  Signer,
  Signing,
  Stage,
  Store,
  topFraction,
  Training,
  Trigger,
  type Approver,
  type QualityPolicyProps,
} from "slipway";
import {
  Deliverer,
  GitHubRepository,
  Reviewer,
  type GitHubActionsOptions,
  type GitHubRepositoryProps,
} from "slipway/github";
import { aPolicy, type Props } from "../a-program";

/** A program that somebody really writes, by what it says differently from one that works. */
export interface WrongProgram {
  readonly title: string;
  readonly id?: string;
  readonly says: (stack: TerraformStack) => Partial<Props>;
  /** What the message lists below its first line. */
  readonly problems: readonly string[];
}

const BUCKET = Store.s3({ bucket: "acme-models", region: "eu-central-1" });
const BASE = `python:3.12-slim@sha256:${"5".repeat(64)}`;
const SIX_AND_ONE = ["ada", "bob", "cyd", "dan", "eve", "fay", "gus"];

function folder(name: string): string {
  return join(__dirname, "..", "wrong-repositories", name);
}

function repository(
  stack: TerraformStack,
  props: Partial<GitHubRepositoryProps>,
  options?: GitHubActionsOptions,
): Props["delivery"] {
  return GitHubRepository.existing(stack, "model", {
    name: "acme/insurance-risk",
    plan: "enterprise",
    ...props,
  }).actions(options);
}

function policy(props: Partial<QualityPolicyProps>): Partial<Props> {
  return {
    policy: new QualityPolicy({ decision: topFraction(0.1), accuracy: [metric("auc").atLeast(0.7)], ...props }),
  };
}

function approvedBy(reviewers: readonly Approver[]): Partial<Props> {
  return { store: BUCKET, environments: [Environment.production({ reviewers })] };
}

export const WRONG_PROGRAMS: readonly WrongProgram[] = [
  {
    title: "a name with capitals and spaces",
    id: "Insurance Risk",
    says: () => ({}),
    problems: [
      'name: "Insurance Risk" is not a name. Use lower-case letters, digits and single dashes, a letter first.',
    ],
  },
  {
    title: "a contract at another path",
    says: () => ({ contract: "contracts/claim.odcs.yaml" }),
    problems: [
      'contract: "contracts/claim.odcs.yaml" is not a file of the model repository. Name it relative to the pipeline\'s root, or say where a checkout of the repository is: repositoryPath. Looked in <checkout>/model-repository.',
    ],
  },
  {
    title: "a checkout that is somewhere else",
    says: () => ({ repositoryPath: "/checkouts/insurance-risk" }),
    problems: [
      'contract: "contracts/claims.odcs.yaml" is not a file of the model repository. Name it relative to the pipeline\'s root, or say where a checkout of the repository is: repositoryPath. Looked in /checkouts/insurance-risk.',
      "python.lockFile: (missing) is not there: no locked Python environment was found. Add uv.lock, poetry.lock, conda-lock.yml, or a requirements.txt with a hash on every line.",
    ],
  },
  {
    title: "a contract with mistakes",
    says: () => ({ repositoryPath: folder("bad-contract") }),
    problems: [
      "contract(contracts/claims.odcs.yaml).schema[0].properties: (missing) name no target. Give one property the custom property slipwayRole: target",
      'contract(contracts/claims.odcs.yaml).schema[0].properties[1].logicalType: "numeric" must be equal to one of the allowed values (by the standard\'s schema). Use one of string, date, number, integer, object, array, boolean',
    ],
  },
  {
    title: "requirements without hashes",
    says: () => ({ repositoryPath: folder("unlocked") }),
    problems: [
      'python.lockFile: "requirements.txt" has 1 line without a hash, the first is "scikit-learn>=1.5". Lock it: `uv pip compile --generate-hashes requirements.in -o requirements.txt`, or `pip-compile --generate-hashes`.',
    ],
  },
  {
    title: "two lock files",
    says: () => ({ repositoryPath: folder("two-locks") }),
    problems: [
      'python.lockFile: ["poetry.lock","uv.lock"] are several lock files, and nothing says which one counts. Name it, for example `python: { lockFile: "poetry.lock" }`, or remove the others.',
    ],
  },
  {
    title: "a lock file that is not there",
    says: () => ({ python: { lockFile: "requirements.txt" } }),
    problems: [
      'python.lockFile: "requirements.txt" is not a lock file of the pipeline\'s root. Name one that is there: uv.lock.',
    ],
  },
  {
    title: "no package lock of the program",
    says: () => ({ runtime: JobRuntime.fromLockfile("/platform/package-lock.json") }),
    problems: [
      'runtime: "/platform/package-lock.json" is not in /platform. Run `npm install`, or name the lock file: JobRuntime.fromLockfile(path).',
    ],
  },
  {
    title: "a tarball that was not packed",
    says: () => ({
      runtime: JobRuntime.vendored(
        "/platform/slipway-0.1.0.tgz",
        join(__dirname, "..", "program", "package-lock.json"),
      ),
    }),
    problems: ['runtime: "/platform/slipway-0.1.0.tgz" is not in /platform. Pack it first: `npm pack`.'],
  },
  {
    title: "fairness on a column that does not exist",
    says: () => policy({ fairness: [demographicParityDifference({ group: "gender" }).atMost(0.1)] }),
    problems: ['policy.fairness[0].group: "gender" is not a column of the contract. Name one of female.'],
  },
  {
    title: "fairness on a column that is not protected",
    says: () => policy({ fairness: [demographicParityDifference({ group: "site" }).atMost(0.1)] }),
    problems: [
      'policy.fairness[0].group: "site" is a column of the contract without the role protected, and the gate gets no other columns. Give it the custom property slipwayRole: protected.',
    ],
  },
  {
    title: "a slice that does not exist",
    says: () => policy({ accuracy: [metric("auc").perSlice("region").atLeast(0.7)] }),
    problems: ['policy.accuracy[0].slice: "region" is not a column of the contract. Name one of site, female.'],
  },
  {
    title: "a slice on a feature",
    says: () => policy({ accuracy: [metric("auc").perSlice("age").atLeast(0.7)] }),
    problems: [
      'policy.accuracy[0].slice: "age" is a column of the contract without the role slice, and the gate gets no other columns. Give it the custom property slipwayRole: slice.',
    ],
  },
  {
    title: "a regression metric on a label",
    says: () => policy({ accuracy: [metric("rmse").atMost(100)] }),
    problems: [
      'policy.accuracy[0].metric: "rmse" judges a quantity, and the contract\'s target "cost" is a label. Use a metric of scores, such as metric("auc").',
    ],
  },
  {
    title: "a policy that limits nothing",
    says: () => policy({ accuracy: [] }),
    problems: [
      'policy.accuracy: [] limits nothing, so every model would pass. Add a limit: metric("auc").atLeast(0.7).',
    ],
  },
  {
    title: "drift of a column that is no feature",
    says: () => policy({ drift: { populationStabilityIndex: 0.2, features: ["cost"] } }),
    problems: ['policy.drift.features[0]: "cost" is not a feature of the contract. Name features: age, income, site.'],
  },
  {
    title: "a drift trigger without a drift limit",
    says: () => ({ triggers: [Trigger.push(), Trigger.drift()] }),
    problems: [
      'triggers[1]: "drift" has no limit to act on. Give the policy one: drift: { populationStabilityIndex: 0.2 }.',
    ],
  },
  {
    title: "a new-data trigger that counts nothing",
    says: () => ({ triggers: [Trigger.newData({ minLabelledRows: 0 })] }),
    problems: [
      "triggers[0].minLabelledRows: 0 is not a whole number from 1. Say how many new labelled rows are worth a training, for example 1000.",
    ],
  },
  {
    title: "a cron expression with a sixth field",
    says: () => ({ triggers: [Trigger.cron("0 0 4 * * 1")] }),
    problems: [
      'triggers[0].cron: "0 0 4 * * 1" has 6 fields, not five. Give five fields such as `17 3 * * 1`: minute, hour, day of month, month, day of week, in UTC.',
    ],
  },
  {
    title: "held out by a date where time is a number",
    says: () => ({ heldOut: HeldOut.from("2024-01-01") }),
    problems: [
      'heldOut.from: "2024-01-01" is not a value of the contract\'s time column "year" of type integer. Write a number.',
    ],
  },
  {
    title: "all rows held out",
    says: () => ({ heldOut: HeldOut.fraction(1) }),
    problems: ["heldOut.fraction: 1 is not between 0 and 1. Hold out a share such as 0.2."],
  },
  {
    title: "data without a digest",
    says: () => ({ data: DataSource.url("https://data.example/claims.csv", { sha256: "latest", format: "csv" }) }),
    problems: [
      'data.sha256: "latest" is not a SHA-256. Give the 64 lower-case hex digits that `sha256sum` prints for the file.',
    ],
  },
  {
    title: "data over plain http",
    says: () => ({ data: DataSource.url("http://data.example/claims.csv", { sha256: "0".repeat(64), format: "csv" }) }),
    problems: [
      'data.url: "http://data.example/claims.csv" is not an https address. Give an address that begins with https://.',
    ],
  },
  {
    title: "a sample outside of the repository",
    says: () => ({ data: DataSource.file("data/claims.parquet", { sample: "../sample.csv" }) }),
    problems: [
      'data.sample: "../sample.csv" leads outside. Give a path with forward slashes that stays inside the repository.',
    ],
  },
  {
    title: "an empty training command",
    says: () => ({ train: Training.command(" ") }),
    problems: ['train: " " is an empty command. Give the command to run, or leave the property out.'],
  },
  {
    title: "a command with letters in parts",
    says: () => ({ lint: "ruff check Modele\u0301" }),
    problems: [
      'lint: "ruff check Modele\u0301" holds letters in parts (not Unicode NFC), which Terraform would put together. Write them as one: text.normalize("NFC").',
    ],
  },
  {
    title: "a stage after one that does not exist",
    says: () => ({ stages: [Stage.command("scan", "make scan", { after: ["tests"] })] }),
    problems: [
      'stages[0].after[0]: "tests" is no stage of this pipeline. Name one that is there: lint, test, acquire, validate-data, split, baseline, train, predict, gate, register.',
    ],
  },
  {
    title: "a circle of stages",
    says: () => ({ stages: [Stage.command("scan", "make scan", { after: ["train"], before: ["lint"] })] }),
    problems: [
      'stages[0]: "scan" would have to come before and after itself: lint -> train -> scan -> lint. Take one of these names out of `after` or `before`.',
    ],
  },
  {
    title: "production before staging",
    says: () => ({
      store: BUCKET,
      environments: [Environment.production({ reviewers: [Reviewer.team("risk-owners")] }), Environment.staging()],
    }),
    problems: [
      'environments[0].name: "production" comes before "staging". List production last: models are promoted in the order of this list.',
    ],
  },
  {
    title: "an environment of Slipway's own",
    says: () => ({ store: BUCKET, environments: [Environment.named("gate")] }),
    problems: [
      'environments[0].name: "gate" is the environment of one of Slipway\'s own jobs. Choose a name other than acquire, data, baseline, training, gate, images, registry.',
    ],
  },
  {
    title: "production that nobody approves",
    says: () => ({ store: BUCKET, environments: [Environment.production()] }),
    problems: [
      'environments[0].reviewers: [] names nobody, so GitHub would let every promotion through. Name who approves, for example [Reviewer.team("risk-owners")], or set approval: false.',
    ],
  },
  {
    title: "more reviewers than GitHub takes",
    says: () => approvedBy(SIX_AND_ONE.map((login) => Reviewer.user(login))),
    problems: [
      'environments[0].reviewers: "7 reviewers" are more than the 6 GitHub takes. Name a team of them instead.',
    ],
  },
  {
    title: "promotion without a registry",
    says: () => ({ store: BUCKET, registry: false, environments: [Environment.staging()] }),
    problems: ["registry: false promotes models that are registered nowhere. Give a registry, or no environments."],
  },
  {
    title: "promotion from a folder of GitHub's runner",
    says: () => ({ registry: Registry.mlflow(), environments: [Environment.staging()] }),
    problems: [
      'store: ".slipway-store" is a folder that is gone with GitHub\'s runner before anything is promoted from it. Use Store.s3(...), give variables: { SLIPWAY_STORE: "s3://..." }, or name self-hosted runners that share a disk with runsOn.',
    ],
  },
  {
    title: "a key that nobody is told to trust",
    says: () => ({ store: BUCKET, signing: Signing.ed25519(), environments: [Environment.staging()] }),
    problems: [
      'trustedSigners: (missing) is required where evidence is signed with a key of ed25519: promotion would trust nobody. Name its public key, as `slipway keys` prints it: trustedSigners: [Signer.ed25519("ci", publicKey)].',
    ],
  },
  {
    title: "a private key in the program",
    says: () => ({
      trustedSigners: [Signer.ed25519("ci", "-----BEGIN PRIVATE KEY-----\nMC4CAQ\n-----END PRIVATE KEY-----\n")],
    }),
    problems: [
      'trustedSigners[0].publicKey: "(not shown)" is a private key, and now stands in a program. Revoke it with `slipway keys`, and name the public half of the next one.',
    ],
  },
  {
    title: "a timeout of a stage in hours",
    says: () => ({ timeoutMinutes: { train: 1.5 } }),
    problems: [
      "timeoutMinutes.train: 1.5 is not a whole number of minutes from 1 to 7200. Give the longest time the stage may take.",
    ],
  },
  {
    title: "a deploy-time value in a command",
    says: (stack) => ({
      train: Training.command(`python train.py --bucket ${new TerraformVariable(stack, "bucket", {}).stringValue}`),
    }),
    problems: [
      'train.run: "(a deploy-time value)" is known only when Terraform runs, and cannot stand in the manifest or a workflow. Write the value itself, or hand it to jobs as a variable: variables: { MLFLOW_TRACKING_URI: ... }.',
    ],
  },
  {
    title: "a deploy-time value as the store's bucket",
    says: (stack) => ({
      store: Store.s3({ bucket: new TerraformVariable(stack, "bucket", {}).stringValue, region: "eu-central-1" }),
    }),
    problems: [
      'store.bucket: "(a deploy-time value)" is known only when Terraform runs, and cannot stand in the manifest or a workflow. Write the value itself, or hand it to jobs as a variable: variables: { MLFLOW_TRACKING_URI: ... }.',
    ],
  },
  {
    title: "a variable that no job reads",
    says: () => ({ variables: { TRACKING_URI: "https://mlflow.example" } }),
    problems: [
      'variables.TRACKING_URI: "https://mlflow.example" is read by no job of this pipeline. Jobs read MLFLOW_TRACKING_URI, SLIPWAY_HANDOFF_RECIPIENT, SLIPWAY_STORE.',
    ],
  },
  {
    title: "a role for an environment that reads none",
    says: () => ({ store: BUCKET, variables: { AWS_ROLE_ARN: { training: "arn:aws:iam::1:role/x", registry: "" } } }),
    problems: [
      'variables.AWS_ROLE_ARN.registry: "" is empty, which GitHub refuses. Give it a value, or leave it out.',
      'variables.AWS_ROLE_ARN.training: "arn:aws:iam::1:role/x" is for an environment whose jobs do not read it. Name one of baseline, registry.',
    ],
  },
  {
    title: "accepted policies as a variable",
    says: () => ({ variables: { SLIPWAY_ACCEPTED_POLICIES: "{}" } }),
    problems: [
      'variables.SLIPWAY_ACCEPTED_POLICIES: "{}" is what the platform says by policy and trustedSigners. Leave it out.',
    ],
  },
  {
    title: "a private repository on the free plan",
    says: (stack) => ({ delivery: repository(stack, { plan: "free" }) }),
    problems: [
      'delivery.plan: "free" with visibility "private" has no environments. State plan "team" if the repository has it, or make the repository public.',
      'delivery.plan: "free" with visibility "private" enforces no rulesets, so nothing holds back an unjudged merge. State plan "team" if the repository has it, or make the repository public, or accept it by name: actions({ acceptUnenforced: ["ruleset"] }).',
    ],
  },
  {
    title: "required reviewers on a private repository of a team",
    says: (stack) => ({ ...approvedBy([Reviewer.team("risk-owners")]), delivery: repository(stack, { plan: "team" }) }),
    problems: [
      'delivery.plan: "team" with visibility "private" enforces no required reviewers, so nobody has to approve a promotion. State plan "enterprise" if the repository has it, or make the repository public, or accept it by name: actions({ acceptUnenforced: ["requiredReviewers"] }).',
    ],
  },
  {
    title: "a merge queue on a private repository of a team",
    says: (stack) => ({ delivery: repository(stack, { plan: "team" }, { ruleset: { mergeQueue: true } }) }),
    problems: [
      'delivery.plan: "team" with visibility "private" has no merge queue. State plan "enterprise" if the repository has it, or make the repository public.',
    ],
  },
  {
    title: "direct delivery by nobody",
    says: (stack) => ({ delivery: repository(stack, {}, { mode: "direct" }) }),
    problems: [
      'deliveredBy: (missing) is required with mode "direct": the ruleset would refuse the very files that install it. Name who deploys, for example Deliverer.app(123456), or use mode "pullRequest".',
    ],
  },
  {
    title: "a deliverer where everything comes by pull request",
    says: (stack) => ({ delivery: repository(stack, {}, { deliveredBy: Deliverer.app(1) }) }),
    problems: [
      'deliveredBy: {"actorType":"Integration","actorId":1} has no meaning with mode "pullRequest": nobody passes the ruleset there. Leave it out, or use mode "direct".',
    ],
  },
  {
    title: "a repository without its owner",
    says: (stack) => ({ delivery: repository(stack, { name: "insurance-risk" }) }),
    problems: ['name: "insurance-risk" is not owner/name. Write both as on GitHub: "acme/insurance-risk".'],
  },
  {
    title: "a repository by its address",
    says: (stack) => ({
      delivery: repository(stack, {
        name: "https://github.com/acme/insurance-risk",
        defaultBranch: "refs/heads/main",
        visibility: "internal",
        plan: "team",
      }),
    }),
    problems: [
      'name: "https://github.com/acme/insurance-risk" is not owner/name. Write both as on GitHub: "acme/insurance-risk".',
      'defaultBranch: "refs/heads/main" is not the plain name of a branch. Write it as on GitHub: "main".',
      'visibility: "internal" exists with GitHub Enterprise only. Write "private", or state plan "enterprise".',
    ],
  },
  {
    title: "a service to release to",
    says: () => ({
      store: BUCKET,
      environments: [Environment.staging(), Environment.named("live", { service: "risk" })],
    }),
    problems: [
      'environments[1].service: "risk" would be released by a command that this version does not have. Leave it out: the pipeline ends at promotion.',
    ],
  },
  {
    title: "a base image by its tag, pushed to an address",
    says: () => ({
      packaging: Packaging.image({ base: "python:3.12-slim", repository: "https://ghcr.io/acme/risk:latest" }),
    }),
    problems: [
      'packaging.base: "python:3.12-slim" names an image that may be another one tomorrow. Pin it by digest: python:3.12-slim@sha256:<64 hex digits>, as `docker buildx imagetools inspect` shows it.',
      'packaging.repository: "https://ghcr.io/acme/risk:latest" is not a registry and a repository in lower case, without scheme, tag or digest. Write it like ghcr.io/acme/insurance-risk.',
    ],
  },
  {
    title: "images that are pushed nowhere",
    says: () => ({
      packaging: Packaging.image({ base: BASE, platforms: [] }),
      store: BUCKET,
      environments: [Environment.staging()],
    }),
    problems: [
      "packaging.repository: (missing) is missing, and images of models that are promoted are kept nowhere. Say where they are pushed, for example ghcr.io/acme/insurance-risk.",
      "packaging.platforms: [] names none. Name one of linux/amd64, linux/arm64, or both.",
    ],
  },
  {
    title: "a model with a predict command, and no server",
    says: () => ({
      train: Training.command("python train.py", { predict: "python predict.py" }),
      packaging: Packaging.image({ base: BASE, repository: "ghcr.io/acme/risk", files: ["../serve.py"] }),
      interfaceVersion: 1.5,
    }),
    problems: [
      "interfaceVersion: 1.5 is not a whole number from 1. Start at 1, and raise it by one when clients have to change.",
      "packaging.server: (missing) is missing: the model predicts by a command of the repository, which Slipway's server cannot serve. Give the command of a server that keeps the serving contract, or leave out `train.predict`.",
      'packaging.files[0]: "../serve.py" leads outside. Give a path with forward slashes that stays inside the repository.',
    ],
  },
  {
    title: "conda packages as wheels",
    says: () => ({
      python: { version: "3.12", manager: "conda-lock", lockFile: "conda-lock.yml" },
      packaging: Packaging.image({ base: BASE, repository: "ghcr.io/acme/risk" }),
    }),
    problems: [
      'packaging: "conda-lock.yml" locks conda packages, and an image is assembled from wheels. Use Packaging.dockerfile(), or lock the environment for serving with uv and name it: lockFile.',
    ],
  },
  {
    title: "a Dockerfile on runners that cannot build",
    says: (stack) => ({
      delivery: repository(stack, {}, { runsOn: ["acme-pods"] }),
      packaging: Packaging.dockerfile({ repository: "ghcr.io/acme/risk" }),
    }),
    problems: [
      'packaging: "Packaging.dockerfile() on runners acme-pods" needs a container engine, which nothing says these runners have. Use Packaging.image(), which needs none, or say that they have one: actions({ canBuildImages: true }).',
    ],
  },
  {
    title: "a latency limit that nothing measures before production",
    says: () => ({
      ...policy({
        serving: {
          errorRate: 0.01,
          latency: { quantile: 0.95, atMost: Duration.millis(150), at: { requestsPerSecond: 20 } },
        },
      }),
      packaging: Packaging.image({ base: BASE, repository: "ghcr.io/acme/risk" }),
      store: BUCKET,
      environments: [
        Environment.staging(),
        Environment.production({ reviewers: [Reviewer.team("risk-owners")], servedAt: "risk.acme.example" }),
      ],
    }),
    problems: [
      'environments[1].servedAt: "risk.acme.example" is not an address of a server. Give one that begins with http:// or https://, without user, query or fragment.',
      'environments[1]: "production" asks for the latency verdict of an environment before it, and none is served anywhere. Say where the one before is served, Environment.staging({ servedAt: "http://..." }), or set needsLatencyVerdict: false.',
    ],
  },
  {
    title: "a program that no compiler checked",
    says: () => ({ policy: undefined, train: undefined }) as unknown as Partial<Props>,
    problems: [
      "train: (missing) is required. Every pipeline has delivery, contract, train and policy.",
      "policy: (missing) is required. Every pipeline has delivery, contract, train and policy.",
    ],
  },
  {
    title: "many mistakes at once",
    id: "insurance_risk",
    says: (stack) => ({
      contract: "claims.yaml",
      train: Training.command(""),
      heldOut: HeldOut.fraction(20),
      triggers: [Trigger.pullRequest()],
      environments: [Environment.production()],
      delivery: repository(stack, { plan: "team" }),
      policy: aPolicy(),
    }),
    problems: [
      'contract: "claims.yaml" is not a file of the model repository. Name it relative to the pipeline\'s root, or say where a checkout of the repository is: repositoryPath. Looked in <checkout>/model-repository.',
      'name: "insurance_risk" is not a name. Use lower-case letters, digits and single dashes, a letter first.',
      'train: "" is an empty command. Give the command to run, or leave the property out.',
      "heldOut.fraction: 20 is not between 0 and 1. Hold out a share such as 0.2.",
      'triggers: ["pullRequest","mergeGroup"] never start delivery. Add `Trigger.push()`, `Trigger.weekly()` or another one.',
      'delivery.plan: "team" with visibility "private" enforces no required reviewers, so nobody has to approve a promotion. State plan "enterprise" if the repository has it, or make the repository public, or accept it by name: actions({ acceptUnenforced: ["requiredReviewers"] }).',
      'environments[0].reviewers: [] names nobody, so GitHub would let every promotion through. Name who approves, for example [Reviewer.team("risk-owners")], or set approval: false.',
      'store: ".slipway-store" is a folder that is gone with GitHub\'s runner before anything is promoted from it. Use Store.s3(...), give variables: { SLIPWAY_STORE: "s3://..." }, or name self-hosted runners that share a disk with runsOn.',
    ],
  },
];
