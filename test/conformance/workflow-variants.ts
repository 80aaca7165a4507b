import fc from "fast-check";
import type { PipelineDocument, PythonEnvironment } from "../../lib/blueprint/pipeline/pipeline-document";
import { definePipeline } from "../blueprint/pipeline/define-pipeline";
import type { PipelineProps } from "../../lib/blueprint/pipeline/pipeline-props";
import { DataSource, Environment, Packaging, Signing, Stage, Store, Training, Trigger } from "../../lib/index";
import { renderWorkflows, type WorkflowFile } from "../../lib/renderers/github/render-workflows";
import { anyPipeline } from "../renderers/github/soundness/pipelines";

const DIGESTS = { manifestDigest: `sha256:${"5".repeat(64)}`, runtimeLockSha256: "7".repeat(64) };

const PIP: PythonEnvironment = { version: "3.12", manager: "pip", lockFile: "requirements.txt" };

const SMALLEST: PipelineProps = {
  train: Training.command("python train.py"),
  data: DataSource.file("data.csv"),
  python: PIP,
};

const ALL_TRIGGERS = [
  Trigger.push(),
  Trigger.manual(),
  Trigger.weekly(),
  Trigger.daily(),
  Trigger.newData({ minLabelledRows: 500 }),
  Trigger.drift(),
];

const BASE = `python:3.12-slim@sha256:${"5".repeat(64)}`;

/** Pipelines whose jobs enter registries in each of the ways there are, and where environments measure what they serve. */
const packagingPipelines: Readonly<Record<string, PipelineDocument>> = {
  "image-github-packages": definePipeline("image-github-packages", {
    ...SMALLEST,
    data: DataSource.file("data.csv", { sample: "sample.csv" }),
    packaging: Packaging.image({ base: BASE, repository: "ghcr.io/acme/risk" }),
    environments: [
      Environment.staging({ servedAt: "http://risk.staging.svc:8080" }),
      Environment.production({ servedAt: "https://risk.example.org/a/b" }),
    ],
  }),
  "image-ecr": definePipeline("image-ecr", {
    ...SMALLEST,
    packaging: Packaging.image({
      base: BASE,
      lockFile: "serving.txt",
      platforms: ["linux/amd64", "linux/arm64"],
      repository: "123456789012.dkr.ecr.eu-central-1.amazonaws.com/risk",
    }),
    environments: [Environment.staging({ servedAt: "http://risk.staging.svc:8080" }), Environment.production()],
    store: Store.s3({ bucket: "models", region: "eu-central-1" }),
    signing: Signing.kms("alias/gate", { region: "eu-central-1" }),
    triggers: ALL_TRIGGERS,
  }),
  "image-other-registry": definePipeline("image-other-registry", {
    ...SMALLEST,
    packaging: Packaging.image({ base: BASE, repository: "registry.acme.example:5000/risk" }),
    environments: [Environment.staging({ servedAt: "http://risk.staging.svc:8080" }), Environment.production()],
    signing: Signing.ed25519(),
  }),
  "image-kept": definePipeline("image-kept", {
    ...SMALLEST,
    packaging: Packaging.image({ base: BASE }),
    environments: [],
  }),
  "image-dockerfile": definePipeline("image-dockerfile", {
    ...SMALLEST,
    data: DataSource.file("data.csv", { sample: "sample.csv" }),
    packaging: Packaging.dockerfile({
      file: "serving/Dockerfile",
      context: "serving",
      repository: "ghcr.io/acme/risk",
    }),
    environments: [Environment.production({ needsLatencyVerdict: false })],
  }),
  "image-own-server": definePipeline("image-own-server", {
    ...SMALLEST,
    root: "models/risk",
    train: Training.command("python train.py", { predict: "python predict.py" }),
    packaging: Packaging.image({
      base: BASE,
      server: "python serve.py --name '${{ github.token }}'",
      files: ["serve.py", "risk_model"],
      repository: "ghcr.io/acme/risk",
    }),
    environments: [Environment.staging(), Environment.production()],
  }),
};

/** Text that means something to GitHub, to bash or to YAML, in every place where a user writes text. */
const FOREIGN = "echo '${{ github.token }}' \"$(id)\" `id` %{x} ${x} # : - é 🚢\n\techo second: line";

/** Named pipelines that between them use every feature of the renderer. */
const namedPipelines: Readonly<Record<string, PipelineDocument>> = {
  smallest: definePipeline("smallest", SMALLEST),
  "all-triggers": definePipeline("all-triggers", { ...SMALLEST, triggers: ALL_TRIGGERS }),
  sample: definePipeline("sample", { ...SMALLEST, data: DataSource.file("data.csv", { sample: "sample.csv" }) }),
  "data-command": definePipeline("data-command", {
    ...SMALLEST,
    data: DataSource.command("python fetch.py", { output: "data.parquet", sample: "sample.parquet" }),
  }),
  "data-url": definePipeline("data-url", {
    ...SMALLEST,
    data: DataSource.url("https://example.org/claims.csv", { sha256: "0".repeat(64), format: "csv" }),
  }),
  uv: definePipeline("uv", { ...SMALLEST, python: { ...PIP, manager: "uv", lockFile: "uv.lock" } }),
  poetry: definePipeline("poetry", { ...SMALLEST, python: { ...PIP, manager: "poetry", lockFile: "poetry.lock" } }),
  conda: definePipeline("conda", {
    ...SMALLEST,
    python: { ...PIP, manager: "conda-lock", lockFile: "conda-lock.yml" },
  }),
  "one-of-several": definePipeline("one-of-several", { ...SMALLEST, root: "models/risk" }),
  "no-registry": definePipeline("no-registry", { ...SMALLEST, registry: false }),
  "no-lint": definePipeline("no-lint", { ...SMALLEST, lint: false }),
  released: definePipeline("released", {
    ...SMALLEST,
    environments: [Environment.staging({ service: "risk" }), Environment.production({ service: "risk" })],
    store: Store.s3({ bucket: "models", region: "eu-central-1" }),
    signing: Signing.kms("alias/gate", { region: "eu-central-1" }),
  }),
  ed25519: definePipeline("ed25519", {
    ...SMALLEST,
    environments: [Environment.staging(), Environment.production()],
    signing: Signing.ed25519(),
  }),
  foreign: definePipeline("foreign", {
    ...SMALLEST,
    root: "models/a ${{ b }} 'c",
    train: Training.command(FOREIGN, { predict: FOREIGN }),
    lint: FOREIGN,
    test: FOREIGN,
    python: { ...PIP, lockFile: "requirements-${{ x }} '.txt" },
    stages: [Stage.command("robustness", FOREIGN, { after: ["train"] })],
  }),
};

/** The workflows of the named pipelines, and of some that chance made; names of the files are unique. */
export function workflowVariants(): readonly WorkflowFile[] {
  const arbitrary = fc.sample(anyPipeline, { numRuns: 60, seed: 20_260 });
  const pipelines = [
    ...Object.values(namedPipelines),
    ...Object.values(packagingPipelines),
    ...arbitrary.map((pipeline, index) => ({ ...pipeline, name: `arbitrary-${index}` })),
  ];
  return pipelines.flatMap((pipeline, index) =>
    renderWorkflows(
      { pipeline, defaultBranch: index % 3 === 0 ? "trunk/it's" : "main" },
      { ...DIGESTS, ...(index % 2 === 0 ? { vendoredPackage: "slipway-0.1.0.tgz" } : {}) },
    ),
  );
}
