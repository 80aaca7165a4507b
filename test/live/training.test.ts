import { copyFileSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ExitCode } from "../../lib/runtime/exit-codes";
import { digestFolder } from "../../lib/runtime/handoff/folder-digest";
import { DuckDbSession } from "../../lib/runtime/duckdb/session";
import { MlflowClient } from "../../lib/runtime/mlflow/mlflow-client";
import { readTrainingReport } from "../../lib/runtime/train/training-report";
import { ModelRepository } from "../runtime/a-model-repository";
import { pythonWith } from "../tools";
import { MlflowServer } from "./mlflow-server";

let server: MlflowServer;
let mlflow: MlflowClient;
let repository: ModelRepository;

beforeAll(async () => {
  server = await MlflowServer.start();
  mlflow = MlflowClient.required({ MLFLOW_TRACKING_URI: server.uri }, "the test");
});

afterAll(async () => {
  await server.stop();
});

afterEach(() => {
  repository.remove();
});

/** A repository whose training script is one of the files beside this test, with rows that a model can learn from. */
async function repositoryWith(script: string): Promise<ModelRepository> {
  repository = new ModelRepository({
    name: "claims",
    commands: { lint: null, test: null, train: "python3 train.py", predict: null },
    registry: { kind: "mlflow", model: "claims", experiment: "claims" },
  });
  copyFileSync(join(__dirname, "models", script), join(repository.folder, "train.py"));
  const training = join(dirname(repository.put("training", "made", "")), "training.parquet");
  const features = join(dirname(repository.put("features", "made", "")), "features.parquet");
  const rows = "range AS row, sin(range) AS x, cos(range * 3) AS z FROM range(400)";
  const writes = [dirname(training), dirname(features)];
  await DuckDbSession.with({ temporary: repository.folder, writes }, async (duckdb) => {
    await duckdb.run(
      `COPY (SELECT row AS slipway_cluster, x, z, (x + z / 2 > 0.3)::DOUBLE AS slipway_label FROM (SELECT ${rows}))
         TO '${training}' (FORMAT parquet)`,
    );
    await duckdb.run(`COPY (SELECT row AS slipway_row, x, z FROM (SELECT ${rows})) TO '${features}' (FORMAT parquet)`);
  });
  return repository;
}

function env(more: Record<string, string> = {}): Record<string, string> {
  const python = dirname(pythonWith("mlflow"));
  return {
    PATH: `${python}:${process.env.PATH ?? ""}`,
    MLFLOW_TRACKING_URI: server.uri,
    HOME: repository.folder,
    ...more,
  };
}

async function lastRun() {
  const report = await readTrainingReport(join(repository.work, "model"));
  return await mlflow.tracking.run(report!.run!.id);
}

async function scores(model: string): Promise<readonly number[]> {
  const file = join(repository.work, "predictions", `${model}.parquet`);
  return await DuckDbSession.with({ temporary: repository.folder, reads: [file] }, async (duckdb) =>
    (await duckdb.rows(`SELECT score FROM '${file}' ORDER BY slipway_row`)).map(({ score }) => Number(score)),
  );
}

test("an ordinary script with autologging and a sweep writes into the run that Slipway made", async () => {
  await repositoryWith("sweep.py");
  const { exitCode, document, stderr } = await repository.slipway(["train"], env());
  expect([exitCode, stderr.includes("Traceback")]).toEqual([ExitCode.passed, false]);
  const run = await lastRun();
  expect(run.status).toBe("FINISHED");
  expect(run.tags).toMatchObject({
    "slipway.pipeline": "claims",
    "slipway.training-digest": await repository.digest("training"),
    "slipway.model-digest": await repository.digest("model"),
    "slipway.environment-lock": expect.stringMatching(/^sha256:/),
  });
  expect(run.params.C).toBeDefined();
  expect(run.metrics.cv_auc).toBeGreaterThan(0.8);
  const children = await mlflow.tracking.childRuns(run);
  expect(children.map(({ status }) => status)).toEqual(["FINISHED", "FINISHED", "FINISHED"]);
  expect(document.training).toMatchObject({ declaredMetrics: { cv_auc: run.metrics.cv_auc } });
  const kept = join(repository.folder, "kept");
  await mlflow.artifacts.downloadFolder(`${run.artifactUri}/slipway`, kept);
  expect(readFileSync(join(kept, "uv.lock"), "utf8")).toBe("version = 1\n");
});

test("a script that fails leaves a run that says so", async () => {
  await repositoryWith("failing.py");
  const { exitCode, document, stderr } = await repository.slipway(["train"], env());
  expect([exitCode, document.error?.check]).toEqual([ExitCode.refused, "training-failed"]);
  const id = /runs\/([0-9a-f]{32})/.exec(stderr)![1]!;
  expect((await mlflow.tracking.run(id)).status).toBe("FAILED");
});

test("on the review line nothing reaches the server", async () => {
  await repositoryWith("sweep.py");
  const { exitCode } = await repository.slipway(["train", "--line", "review"], env());
  expect(exitCode).toBe(ExitCode.passed);
  expect((await readTrainingReport(join(repository.work, "model")))?.run).toBeNull();
});

test("the default predictor gives a classifier's probability", async () => {
  await repositoryWith("sweep.py");
  await repository.slipway(["train"], env());
  const { exitCode } = await repository.slipway(["predict", "--line", "review"], env());
  expect(exitCode).toBe(ExitCode.passed);
  const given = await scores("candidate");
  expect(given).toHaveLength(400);
  expect(given.every((score) => score > 0 && score < 1)).toBe(true);
});

describe("a model that means harm", () => {
  async function attacked(): Promise<void> {
    await repositoryWith("sweep.py");
    await repository.slipway(["train"], env());
    const production = join(repository.work, "baseline/production");
    const { files, digest } = await digestFolder(join(repository.work, "model"));
    for (const { path } of files) {
      repository.put("baseline", join("production", path), readFileSync(join(repository.work, "model", path)));
    }
    expect((await digestFolder(production)).digest).toBe(digest);
    const baseline = {
      kind: "slipway.baseline",
      version: 1,
      production: { digest, version: "1", record: "" },
      anchors: [],
    };
    repository.put("baseline", "baseline.json", JSON.stringify(baseline));
    copyFileSync(join(__dirname, "models", "malicious.py"), join(repository.folder, "train.py"));
    expect((await repository.slipway(["train"], env())).exitCode).toBe(ExitCode.passed);
  }

  test("finds no secret, cannot outlive its job, and is refused for rewriting production's predictions", async () => {
    await attacked();
    const secrets = { SLIPWAY_SIGNING_KEY: "s3cret", MLFLOW_TRACKING_TOKEN: "s3cret", GITHUB_TOKEN: "s3cret" };
    const { document, stderr } = await repository.slipway(["predict"], env(secrets));
    expect(stderr).toMatch(/environment of the model: .*SLIPWAY_FEATURES/);
    expect(stderr).not.toMatch(/s3cret|MLFLOW_TRACKING/);
    expect(stderr).toMatch(/slipway: ended \d+ process/);
    expect(document.error?.check).toBe("predictions-rewritten");
    expect(document.handoffs).toBeUndefined();
  });

  test("its background process, alone, changes nothing that is kept", async () => {
    await attacked();
    const { exitCode, stderr, document } = await repository.slipway(["predict", "--line", "review"], env());
    expect(stderr).toMatch(/slipway: ended \d+ process/);
    expect(exitCode).toBe(ExitCode.passed);
    expect(document.handoffs).toEqual({ predictions: await repository.digest("predictions") });
    expect(new Set(await scores("candidate"))).toEqual(new Set([0.5]));
  });
});
