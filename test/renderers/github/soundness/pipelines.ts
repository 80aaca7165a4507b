import fc from "fast-check";
import {
  DataSource,
  Environment,
  Packaging,
  Registry,
  Signing,
  Stage,
  Store,
  Training,
  Trigger,
} from "../../../../lib/index";
import { checkPipeline } from "../../../../lib/blueprint/pipeline/check-pipeline";
import { pipelineDocument } from "../../../../lib/blueprint/pipeline/pipeline-props";
import type { PipelineDocument, PythonEnvironment } from "../../../../lib/blueprint/pipeline/pipeline-document";

const STAGES = ["lint", "test", "acquire", "validate-data", "detect", "split", "baseline", "train", "predict", "gate"];
const PACKAGING = ["build", "package", "latency"];
const CONSEQUENCES = ["register", "promote-staging", "promote-production", "release-staging", "verify-staging"];
const CUSTOM = ["alpha", "beta", "gamma", "delta"];

const someNames = fc.subarray([...STAGES, ...PACKAGING, ...CONSEQUENCES, ...CUSTOM], { maxLength: 3 });
const lines = fc.constantFrom<undefined | ("review" | "delivery")[]>(
  undefined,
  undefined,
  ["delivery"],
  ["review", "delivery"],
);

const stages = fc.subarray(CUSTOM).chain((names) =>
  fc.tuple(
    ...names.map((name) =>
      fc
        .record({ after: someNames, before: fc.option(someNames, { nil: undefined }), lines })
        .map(({ after, before, lines: its }) =>
          Stage.command(name, `run ${name}`, {
            after,
            ...(before === undefined ? {} : { before }),
            ...(its === undefined ? {} : { lines: its }),
          }),
        ),
    ),
  ),
);

const triggers = fc.subarray([
  Trigger.push(),
  Trigger.manual(),
  Trigger.weekly(),
  Trigger.newData({ minLabelledRows: 1000 }),
  Trigger.drift(),
  Trigger.pullRequest(),
]);

const environments = fc.constantFrom(
  [],
  [Environment.staging()],
  [Environment.staging({ service: "risk" }), Environment.production()],
  [Environment.staging(), Environment.production({ service: "risk" })],
  [Environment.staging({ servedAt: "http://risk.staging.svc:8080" }), Environment.production()],
  [Environment.named("canary"), Environment.staging(), Environment.production()],
);

const data = fc.constantFrom(
  DataSource.file("data.csv"),
  DataSource.file("data.csv", { sample: "sample.csv" }),
  DataSource.command("python fetch.py", { output: "data.parquet", sample: "sample.parquet" }),
  DataSource.url("https://example.org/data.parquet", { sha256: "0".repeat(64), format: "parquet" }),
);

const python = fc.constantFrom<PythonEnvironment>(
  { version: "3.12", manager: "pip", lockFile: "requirements.txt" },
  { version: "3.12", manager: "uv", lockFile: "uv.lock" },
  { version: "3.12", manager: "poetry", lockFile: "poetry.lock" },
  { version: "3.12", manager: "conda-lock", lockFile: "conda-lock.yml" },
);

const base = `python:3.12-slim@sha256:${"5".repeat(64)}`;
const packaging = fc.constantFrom(
  undefined,
  Packaging.image({ base, repository: "ghcr.io/acme/risk" }),
  Packaging.image({ base, lockFile: "serving.txt", repository: "1234.dkr.ecr.eu-central-1.amazonaws.com/risk" }),
  Packaging.image({ base, server: "python serve.py", repository: "registry.acme.example/risk" }),
  Packaging.dockerfile({ server: "python serve.py", repository: "ghcr.io/acme/risk" }),
);

/** Any pipeline that keeps the rules, with custom stages anywhere. */
export const anyPipeline: fc.Arbitrary<PipelineDocument> = fc
  .record({
    lint: fc.constantFrom<string | false>("ruff check .", false),
    test: fc.constantFrom<string | false>("pytest", "pytest", false),
    predict: fc.constantFrom(undefined, "python predict.py"),
    root: fc.constantFrom(".", "models/risk"),
    registry: fc.constantFrom<Registry | false>(Registry.mlflow(), Registry.mlflow(), false),
    store: fc.constantFrom(Store.directory("/srv/models"), Store.s3({ bucket: "models", region: "eu-central-1" })),
    signing: fc.constantFrom(
      Signing.keyless(),
      Signing.ed25519(),
      Signing.kms("alias/gate", { region: "eu-central-1" }),
    ),
    data,
    python,
    stages,
    triggers,
    environments,
    packaging,
  })
  .map(({ predict, packaging: its, ...props }) =>
    pipelineDocument("risk", {
      ...props,
      ...(its === undefined ? {} : { packaging: its }),
      train: Training.command("python train.py", predict === undefined ? {} : { predict }),
    }),
  )
  .filter((pipeline) => checkPipeline(pipeline).length === 0);
