import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { writeBaseline } from "../../lib/runtime/baseline/baseline-document";
import { parseEvidence, unverifiedMeasures } from "../../lib/runtime/evidence/evidence-file";
import { MlflowClient } from "../../lib/runtime/mlflow/mlflow-client";
import type { Called } from "../runtime/a-model-repository";
import { GatedPipeline } from "../runtime/promotion/a-gated-model";
import { MlflowServer } from "./mlflow-server";

const rows = 400;
let server: MlflowServer;
let pipeline: GatedPipeline;
let digest: string;

beforeAll(async () => {
  server = await MlflowServer.start();
});
afterAll(() => server.stop());

let pipelines = 0;
beforeEach(async () => {
  pipeline = new GatedPipeline(`rejudged-${++pipelines}`, server.uri);
  digest = await pipeline.gate("weights", "none");
  expect(await pipeline.register()).toMatchObject({ exitCode: 0, document: { version: "1" } });
  await newSplit();
});
afterEach(() => {
  pipeline.repository.remove();
});

/** Another working folder, with held-out rows of today and no model. */
async function newSplit(): Promise<void> {
  const { repository } = pipeline;
  rmSync(repository.work, { recursive: true });
  const commands = { ...repository.manifest.pipeline.commands, predict: 'cp scores.csv "$SLIPWAY_PREDICTIONS"' };
  const manifest = { ...repository.manifest, pipeline: { ...repository.manifest.pipeline, commands } };
  repository.write(`.slipway/${pipeline.name}.json`, JSON.stringify(manifest));
  for (const folder of ["labels", "features", "baseline"])
    mkdirSync(join(repository.work, folder), { recursive: true });
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const copy = (columns: string, file: string): Promise<unknown> =>
    connection.run(`COPY (SELECT ${columns} FROM range(${rows})) TO '${join(repository.folder, file)}'`);
  const row = "range AS slipway_row";
  await copy(
    `${row}, (range % 3 = 0)::DOUBLE AS slipway_label, range AS slipway_cluster`,
    ".slipway-run/current/labels/labels.parquet",
  );
  await copy(`${row}, range * 2 AS x`, ".slipway-run/current/features/features.parquet");
  await copy(`${row}, if(range % 3 = 0, 1, 0) + range / 1000 AS score`, "scores.csv");
  connection.closeSync();
  await writeBaseline(join(repository.work, "baseline"), {
    kind: "slipway.baseline",
    version: 1,
    production: null,
    anchors: [],
  });
}

const gate = (version: string, env: Record<string, string> = {}): Promise<Called> =>
  pipeline.repository.slipway(["gate", "--version", version], {
    ...pipeline.env,
    SLIPWAY_ASSURANCE: "laptop",
    ...env,
  });

test("a registered version is judged anew on present rows, without training", async () => {
  expect(await gate("1")).toMatchObject({
    exitCode: 0,
    document: { verdict: { outcome: "passed", rows }, signed: true },
  });
  const file = join(pipeline.repository.work, "evidence", "evidence.dsse.json");
  const { subject } = unverifiedMeasures(parseEvidence(readFileSync(file, "utf8")));
  expect(`sha256:${subject[0]!.digest.sha256}`).toBe(digest);
});

test("a version that is not there, and one whose tag was moved, are refused by name", async () => {
  expect(await gate("9")).toMatchObject({ exitCode: 3, document: { error: { check: "version-missing" } } });
  const { registry } = MlflowClient.required({ MLFLOW_TRACKING_URI: server.uri }, "the test");
  await registry.setVersionTag(pipeline.name, "1", "slipway.model-digest", `sha256:${"0".repeat(64)}`);
  expect(await gate("1")).toMatchObject({ exitCode: 3, document: { error: { check: "registry-files-differ" } } });
});

test("a gate of the CI never runs the model's code", async () => {
  const called = await gate("1", { SLIPWAY_ASSURANCE: "" });
  expect(called).toMatchObject({ exitCode: 3, document: { error: { check: "model-code-in-the-gate" } } });
});
