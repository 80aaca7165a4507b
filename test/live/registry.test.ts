import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MlflowClient } from "../../lib/runtime/mlflow/mlflow-client";
import { ExitCode } from "../../lib/runtime/exit-codes";
import { GatedPipeline } from "../runtime/promotion/a-gated-model";
import { MlflowServer } from "./mlflow-server";

let server: MlflowServer;
let mlflow: MlflowClient;
let pipeline: GatedPipeline;
let pipelines = 0;

beforeAll(async () => {
  server = await MlflowServer.start();
  mlflow = MlflowClient.required({ MLFLOW_TRACKING_URI: server.uri }, "the test");
});

afterAll(async () => {
  await server.stop();
});

beforeEach(() => {
  pipeline = new GatedPipeline(`registry-${++pipelines}`, server.uri);
});

afterEach(() => {
  pipeline.repository.remove();
});

async function aliases() {
  return Object.fromEntries(await mlflow.registry.aliases(pipeline.name));
}

function records(environment: string): readonly string[] {
  const folder = join(pipeline.store, "records", pipeline.name, environment);
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

test("a gated model goes through development and staging to production, each step recorded", async () => {
  const digest = await pipeline.gate("first", "none");
  const registered = await pipeline.register();
  expect(registered).toMatchObject({ exitCode: ExitCode.passed, document: { version: "1", created: true, digest } });
  expect(await aliases()).toEqual({ development: "1" });
  const version = await mlflow.registry.version(pipeline.name, "1");
  expect(version?.tags).toMatchObject({
    "slipway.model-digest": digest,
    "slipway.evidence": expect.stringMatching(/^sha256:/),
    "slipway.git-revision": "0123456789abcdef0123456789abcdef01234567",
  });
  expect(await pipeline.promote("staging")).toMatchObject({
    exitCode: ExitCode.passed,
    document: { version: "1", record: { number: 1 }, already: false },
  });
  expect(await pipeline.promote("production")).toMatchObject({ exitCode: ExitCode.passed });
  expect(await aliases()).toEqual({ development: "1", staging: "1", production: "1" });
  expect(records("production")).toEqual(["000001.dsse.json"]);
});

test("the next candidate is compared with what the records say is in production", async () => {
  const first = await pipeline.gate("first", "none");
  await pipeline.register();
  await pipeline.promote("staging");
  await pipeline.promote("production");
  const { document } = await pipeline.repository.slipway(["baseline"], pipeline.env);
  expect(document.baseline).toMatchObject({ production: { digest: first, version: "1" }, anchors: [] });
  const folder = join(pipeline.repository.work, "baseline/production");
  expect(readFileSync(join(folder, "weights.bin"), "utf8")).toBe("first");
  await pipeline.gate("second", first);
  expect((await pipeline.register()).document.version).toBe("2");
  expect((await pipeline.promote("staging")).exitCode).toBe(ExitCode.passed);
  expect((await pipeline.promote("production")).document.record).toMatchObject({ number: 2 });
  expect(await aliases()).toEqual({ development: "2", staging: "2", production: "2" });
});

test("before the first promotion there is no production", async () => {
  const { document } = await pipeline.repository.slipway(["baseline"], pipeline.env);
  expect(document.baseline).toMatchObject({ production: null });
});

test("running register and promote again changes nothing", async () => {
  await pipeline.gate("first", "none");
  await pipeline.register();
  expect((await pipeline.register()).document).toMatchObject({ version: "1", created: false });
  await pipeline.promote("staging");
  expect((await pipeline.promote("staging")).document).toMatchObject({ already: true, record: { number: 1 } });
  await pipeline.promote("production");
  // Its evidence was made before it was in production itself.
  expect((await pipeline.promote("production")).document).toMatchObject({ already: true, record: { number: 1 } });
  expect(await mlflow.registry.version(pipeline.name, "2")).toBeNull();
});

test("a promotion that broke off between record and alias is completed by running it again", async () => {
  await pipeline.gate("first", "none");
  await pipeline.register();
  await pipeline.promote("staging");
  await server.rest("DELETE", "registered-models/alias", { name: pipeline.name, alias: "staging" });
  expect((await pipeline.promote("staging")).document).toMatchObject({ already: true });
  expect(await aliases()).toMatchObject({ staging: "1" });
});

test("of promotions at the same time exactly one is recorded", async () => {
  await pipeline.gate("first", "none");
  await pipeline.register();
  const results = await Promise.all(Array.from({ length: 4 }, () => pipeline.promote("staging")));
  const recorded = results.filter(({ document }) => document.already === false);
  const others = results.filter((result) => !recorded.includes(result));
  expect(recorded).toHaveLength(1);
  for (const { document } of others)
    expect(document.already === true || document.error?.check === "promotion-conflict").toBe(true);
  expect(records("staging")).toEqual(["000001.dsse.json"]);
});
