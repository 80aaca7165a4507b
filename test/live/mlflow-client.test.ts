import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MlflowClient } from "../../lib/runtime/mlflow/mlflow-client";
import { MlflowError } from "../../lib/runtime/mlflow/mlflow-http";
import { MlflowServer } from "./mlflow-server";

let server: MlflowServer;
let mlflow: MlflowClient;
let folder: string;

beforeAll(async () => {
  server = await MlflowServer.start();
  mlflow = MlflowClient.required({ MLFLOW_TRACKING_URI: server.uri }, "the test");
  folder = mkdtempSync(join(tmpdir(), "slipway-mlflow-"));
});

afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function newRun(name: string) {
  return await mlflow.tracking.startRun(await mlflow.tracking.experiment("claims"), name, Date.now(), {
    purpose: "test",
  });
}

test("an experiment is made once and found again", async () => {
  const id = await mlflow.tracking.experiment("claims ' \" é");
  expect(await mlflow.tracking.experiment("claims ' \" é")).toBe(id);
});

test("a run keeps what was logged, beyond the limits of one request", async () => {
  const run = await newRun("logged");
  expect(run.status).toBe("RUNNING");
  const params = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`p${i}`, String(i)]));
  const metrics = Array.from({ length: 1001 }, (_, step) => ({
    key: "loss",
    value: 1 / (step + 1),
    timestamp: step,
    step,
  }));
  await mlflow.tracking.log(run.id, {
    params: { ...params, long: "x".repeat(7000) },
    tags: { "slipway.note": "ünïcode" },
    metrics: [...metrics, { key: "odd", value: NaN, timestamp: 1, step: 0 }],
  });
  await mlflow.tracking.endRun(run.id, "FINISHED", Date.now());
  const kept = await mlflow.tracking.run(run.id);
  expect(kept.status).toBe("FINISHED");
  expect(Object.keys(kept.params)).toHaveLength(151);
  expect(kept.params.long).toBe(`${"x".repeat(5997)}...`);
  expect(kept.metrics.loss).toBe(1 / 1001);
  expect(kept.metrics.odd).toBeNaN();
  expect(kept.tags).toMatchObject({ purpose: "test", "slipway.note": "ünïcode" });
});

test("finds the child runs of a sweep", async () => {
  const parent = await newRun("sweep");
  const child = await mlflow.tracking.startRun(parent.experimentId, "child", Date.now(), {
    "mlflow.parentRunId": parent.id,
  });
  expect((await mlflow.tracking.childRuns(parent)).map(({ id }) => id)).toEqual([child.id]);
});

test("files go up and come down byte for byte", async () => {
  const run = await newRun("files");
  const source = join(folder, "source");
  mkdirSync(join(source, "deep/er folder"), { recursive: true });
  const contents: Record<string, Buffer> = {
    MLmodel: Buffer.from("flavors: {}\n"),
    empty: Buffer.alloc(0),
    "deep/er folder/weights é.bin": Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * 7) % 251)),
  };
  for (const [path, content] of Object.entries(contents)) writeFileSync(join(source, path), content);
  await mlflow.artifacts.uploadFolder(source, `${run.artifactUri}/model`);
  const target = join(folder, "target");
  await mlflow.artifacts.downloadFolder(`${run.artifactUri}/model`, target);
  for (const [path, content] of Object.entries(contents)) {
    expect(readFileSync(join(target, path)).equals(content)).toBe(true);
  }
});

test("uploads no link, which could lead to a secret", async () => {
  const source = join(folder, "linked");
  mkdirSync(source);
  symlinkSync("/etc/passwd", join(source, "passwd"));
  await expect(mlflow.artifacts.uploadFolder(source, "mlflow-artifacts:/1/x")).rejects.toMatchObject({
    check: "irregular-file",
  });
});

test.each(["s3://bucket/1/x", "mlflow-artifacts://elsewhere.example.com/1/x", "file:///etc"])(
  "does not carry credentials to %s",
  async (address) => {
    await expect(mlflow.artifacts.download(address, join(folder, "no"))).rejects.toThrow(
      /not behind the artifact proxy/,
    );
  },
);

test("a version is found by its tag, holds its alias, and its absence is told apart from an error", async () => {
  const run = await newRun("registered");
  const { registry } = mlflow;
  await registry.ensureModel("claims model", "first");
  await registry.ensureModel("claims model", "again");
  const made = await registry.createVersion("claims model", `${run.artifactUri}/model`, run.id, "a version", {
    "slipway.model-digest": "sha256:aa",
  });
  expect(made).toMatchObject({ version: "1", runId: run.id, status: "READY" });
  await registry.setAlias("claims model", "staging", made.version);
  await registry.setVersionTag("claims model", made.version, "slipway.note", "later");
  expect(await registry.aliases("claims model")).toEqual(new Map([["staging", "1"]]));
  expect(await registry.aliases("no such model")).toEqual(new Map());
  const found = await registry.versionsTagged("claims model", "slipway.model-digest", "sha256:aa");
  expect(found.map(({ version }) => version)).toEqual(["1"]);
  expect(await registry.versionsTagged("claims model", "slipway.model-digest", "sha256:bb")).toEqual([]);
  expect((await registry.version("claims model", "1"))?.tags["slipway.note"]).toBe("later");
  expect(await registry.version("claims model", "99")).toBeNull();
  expect(await registry.filesOf("claims model", "1")).toBe(`${run.artifactUri}/model`);
});

test("the server's own words reach the user", async () => {
  const error = await mlflow.tracking.run("no-such-run").catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(MlflowError);
  expect((error as MlflowError).message).toMatch(/404 to GET .*runs\/get: .*no-such-run not found/);
});

describe("with authentication", () => {
  let guarded: MlflowServer;

  beforeAll(async () => {
    guarded = await MlflowServer.startWithAuthentication();
  });

  afterAll(async () => {
    await guarded.stop();
  });

  function as(username: string, password: string): MlflowClient {
    return MlflowClient.required(
      {
        MLFLOW_TRACKING_URI: guarded.uri,
        MLFLOW_TRACKING_USERNAME: username,
        MLFLOW_TRACKING_PASSWORD: password,
      },
      "the test",
    );
  }

  test("works with the right password and shows no wrong one", async () => {
    const { username, password } = guarded.admin!;
    expect(await as(username, password).tracking.experiment("guarded")).toMatch(/^\d+$/);
    const error = (await as(username, "wr0ng-pass")
      .tracking.experiment("guarded")
      .catch((reason: unknown) => reason)) as MlflowError;
    expect(error.status).toBe(401);
    expect(`${error.message} ${error.remedy}`).not.toContain("wr0ng-pass");
  });

  test("a user who may only read is told that the registry refused", async () => {
    const reader = await guarded.createUser("reader");
    const { username, password } = guarded.admin!;
    await as(username, password).registry.ensureModel("guarded", "");
    const error = (await as(reader.username, reader.password)
      .registry.setAlias("guarded", "production", "1")
      .catch((reason: unknown) => reason)) as MlflowError;
    expect(error.status).toBe(403);
    expect(error.remedy).toContain("what they may do on the server");
  });
});
