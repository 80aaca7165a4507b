import { execFileSync } from "node:child_process";
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { digestFolder } from "../../../lib/runtime/handoff/folder-digest";
import { checkServing } from "../../../lib/runtime/serving/check/check-run";
import { processTarget } from "../../../lib/runtime/serving/check/process-target";
import { ServingClient } from "../../../lib/runtime/serving/check/serving-client";
import { defaultServerCommand, defaultServerEnvironment } from "../../../lib/runtime/serving/default-server";
import { modelExamples } from "../../../lib/runtime/serving/model-examples";
import { ServerProcess } from "../../../lib/runtime/serving/server-process";
import { version } from "../../../lib/runtime/version";
import { describeWith, pythonWith } from "../../tools";

describeWith(() => pythonWith("serving"), "the default server", theDefaultServer);

function theDefaultServer(python: string): void {
  const folder = mkdtempSync(join(tmpdir(), "slipway-default-server-"));
  const env = { ...process.env, PATH: `${dirname(python)}:${process.env.PATH ?? ""}` };
  const running: ServerProcess[] = [];

  beforeAll(() => {
    execFileSync(python, [join(__dirname, "make_models.py"), folder], { stdio: "pipe", env });
  }, 300_000);
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(model: string, added: Record<string, string> = {}): Promise<ServerProcess> {
    const modelFolder = join(folder, model);
    const { digest } = await digestFolder(modelFolder);
    const server = await ServerProcess.start({
      ...{ argv: defaultServerCommand, directory: "/", modelFolder, modelDigest: digest, env },
      added: { ...defaultServerEnvironment({}), ...added },
    });
    running.push(server);
    return server;
  }

  async function serving(model: string, added: Record<string, string> = {}): Promise<ServingClient> {
    const server = await start(model, added);
    await server.untilReady(240);
    return new ServingClient(server.url);
  }

  async function ended(server: ServerProcess) {
    for (;;) {
      const ending = await server.control.ending();
      if (ending !== null) return ending;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  const told = (until: string, x = 1) => JSON.stringify({ dataframe_records: [{ x, until }] });

  it("keeps the serving contract", async () => {
    const modelFolder = join(folder, "classifier");
    const results = await checkServing({
      target: await processTarget({
        ...{ argv: defaultServerCommand, directory: folder, modelFolder, env },
        added: defaultServerEnvironment({}),
      }),
      ...(await modelExamples(modelFolder)),
      ...{ pipeline: "insurance-risk", latencyLimit: 0.137, grace: 10, memoryRequests: 300, startSeconds: 240 },
    });
    expect(results.filter(({ result }) => result === "broken")).toEqual([]);
    expect(results.filter(({ result }) => result === "not-run").map(({ check }) => check.id)).toEqual([
      "predictions-as-expected",
    ]);
  }, 600_000);

  it.each(["classifier", "regression"])(
    "serves exactly the scores that the gate judges: %s",
    async (model) => {
      const predictions = join(folder, `${model}.parquet`);
      const predictor = join("lib", "runtime", "predict", "mlflow-predictor.py");
      const judged = { SLIPWAY_MODEL_DIR: join(folder, model), SLIPWAY_PREDICTIONS: predictions };
      const features = { SLIPWAY_FEATURES: join(folder, "features.parquet") };
      execFileSync(python, [predictor], { env: { ...env, ...judged, ...features }, stdio: "pipe" });
      const read = "import json, pandas, sys; print(json.dumps(pandas.read_parquet(sys.argv[1]).score.tolist()))";
      const scores = JSON.parse(execFileSync(python, ["-c", read, predictions], { encoding: "utf8" })) as number[];
      expect(scores).toEqual(JSON.parse(readFileSync(join(folder, `${model}.json`), "utf8")));
      const client = await serving(model);
      const split = JSON.parse(readFileSync(join(folder, "rows.json"), "utf8")) as {
        columns: string[];
        data: number[][];
      };
      const answer = await client.predict(JSON.stringify({ dataframe_split: split }));
      expect(JSON.parse(answer.body)).toEqual({ predictions: scores });
      const csv = [split.columns, ...split.data].map((row) => row.join(",")).join("\n");
      expect(JSON.parse((await client.predict(csv, "text/csv")).body)).toEqual({ predictions: scores });
      expect(new Set(scores).size).toBeGreaterThan(50);
    },
    300_000,
  );

  it("says what is wrong with a request, selects by the threshold, and counts what it answered", async () => {
    const decided = join(folder, "decided");
    cpSync(join(folder, "classifier"), decided, { recursive: true });
    const description = { kind: "slipway.serving-description", version: 1, signature: null, decisionThreshold: 0.5 };
    writeFileSync(join(decided, "slipway-serving.json"), JSON.stringify(description));
    const client = await serving("decided", {
      SLIPWAY_MAX_BODY_BYTES: "2000",
      SLIPWAY_LATENCY_LIMIT_SECONDS: "0.137",
      SLIPWAY_PIPELINE: "insurance-risk",
    });
    const record = (fields: Record<string, unknown>) => JSON.stringify({ dataframe_records: [fields] });
    for (const [body, status, message] of [
      ["{", 400, /no JSON/],
      ["[1]", 400, /JSON object/],
      ["", 400, /empty/],
      ['{"instances": [], "inputs": []}', 400, /exactly one/],
      [record({ age: 1 }), 400, /visits/],
      [record({ age: "old", visits: 1 }), 400, /age/],
      [record({ age: 1, visits: 1.5 }), 400, /visits holds 1.5/],
      [record({ age: 1, visits: 1e30 }), 400, /visits/],
      [record({ age: 1, visits: null }), 400, /visits/],
      ['{"dataframe_split": {"columns": ["age", "visits"], "data": []}}', 400, /no row/],
      ['{"dataframe_records": [{"age": 1, "visits": 1}], "params": {"x": 1}}', 400, /params/],
      [record({ age: 1, visits: 1, more: "x".repeat(2000) }), 413, /2000 bytes/],
    ] as const) {
      const answer = await client.predict(body);
      const { error_code: code, message: said, ...others } = JSON.parse(answer.body) as Record<string, string>;
      expect([body, answer.status, said]).toEqual([body, status, expect.stringMatching(message)]);
      expect([typeof code, others]).toEqual(["string", {}]);
      expect(said).not.toMatch(/Traceback|File "/);
    }
    expect((await client.predict(record({ age: 1, visits: 1 }), "application/xml")).status).toBe(415);
    const inputs = [
      { inputs: { age: [20, 80], visits: [0, 8] } },
      {
        instances: [
          { age: 20, visits: 0 },
          { age: 80, visits: 8 },
        ],
      },
    ];
    for (const body of inputs) {
      const answer = JSON.parse((await client.predict(JSON.stringify(body))).body) as Record<string, unknown>;
      expect(answer).toEqual({ predictions: [expect.any(Number), expect.any(Number)], decisions: [false, true] });
    }
    expect(JSON.parse((await client.get("/version")).body)).toEqual({
      model: (await digestFolder(decided)).digest,
      pipeline: "insurance-risk",
      server: `slipway-serving/${version()}`,
    });
    const metrics = await client.get("/metrics");
    writeFileSync(join(folder, "metrics.txt"), metrics.body);
    const parse = `
import json, sys
from prometheus_client.parser import text_string_to_metric_families
families = {family.name: family for family in text_string_to_metric_families(open(sys.argv[1]).read())}
requests = {sample.labels["code"]: sample.value for sample in families["slipway_prediction_requests"].samples}
[errors] = [sample.value for sample in families["slipway_prediction_errors"].samples]
duration = {s.name + s.labels.get("le", ""): s.value for s in families["slipway_prediction_duration_seconds"].samples}
name = "slipway_prediction_duration_seconds"
print(json.dumps([requests, errors, duration[name + "_count"], duration[name + "_bucket+Inf"], name + "_bucket0.137" in duration]))`;
    const parsed = execFileSync(python, ["-c", parse, join(folder, "metrics.txt")], { encoding: "utf8" });
    expect(JSON.parse(parsed)).toEqual([{ "200": 2, "400": 11, "413": 1, "415": 1 }, 0, 15, 15, true]);
  }, 300_000);

  it("tells nothing of a model's own failure, and refuses what would wait too long", async () => {
    const limits = { SLIPWAY_MAX_CONCURRENCY: "1", SLIPWAY_MAX_WAITING: "1" };
    const client = await serving("told", limits);
    const failed = await client.predict(told("", -4321));
    expect([failed.status, JSON.parse(failed.body)]).toEqual([
      500,
      { error_code: "INTERNAL_ERROR", message: "the model could not predict" },
    ]);
    const output = await running[0]!.control.output();
    expect(output).toContain("RuntimeError");
    expect(output).not.toContain("4321");
    const go = join(folder, "go-on");
    const begun = [
      client.beginPrediction(told(go)),
      client.beginPrediction(told(go)),
      client.beginPrediction(told(go)),
    ];
    const refused = await Promise.race(begun.map(({ answer }) => answer));
    expect([refused.status, refused.headers["retry-after"]]).toEqual([503, "1"]);
    expect((await client.get("/health")).status).toBe(200);
    writeFileSync(go, "");
    const answers = await Promise.all(begun.map(({ answer }) => answer));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 503]);
    const { body } = await client.get("/metrics");
    expect(body).toMatch(/^slipway_prediction_errors_total 2\.0$/m);
    expect(body).toMatch(/requests_total\{code="503"\} 1\.0$/m);
  }, 300_000);

  it("on SIGTERM is not ready, alive, accepts for a while, and answers what has begun", async () => {
    const client = await serving("told", { SLIPWAY_GRACE_SECONDS: "60", SLIPWAY_DRAIN_SECONDS: "1" });
    const go = join(folder, "finish");
    const begun = client.beginPrediction(told(go));
    await begun.sent;
    await client.get("/health");
    await running[0]!.control.terminate();
    while ((await client.get("/ready")).status === 200);
    expect((await client.get("/health")).status).toBe(200);
    // From now on nobody new is accepted, and what has begun is still there.
    while ((await client.statusOf("/health")) !== null);
    writeFileSync(go, "");
    expect((await begun.answer).status).toBe(200);
    expect(await ended(running[0]!)).toEqual({ exitCode: 0, signal: null });
  }, 300_000);

  it("says by its exit code that something was cut off by the end of the grace", async () => {
    const client = await serving("told", { SLIPWAY_GRACE_SECONDS: "2", SLIPWAY_DRAIN_SECONDS: "0" });
    const begun = client.beginPrediction(told(join(folder, "never")));
    await begun.sent;
    await client.get("/health");
    await running[0]!.control.terminate();
    expect(await ended(running[0]!)).toEqual({ exitCode: 1, signal: null });
    const status = await begun.answer.then(
      (answer) => answer.status,
      () => null,
    );
    expect([null, 500]).toContain(status);
  }, 300_000);

  it("refuses a changed model and wrong settings in one line each, before it loads anything", async () => {
    cpSync(join(folder, "told"), join(folder, "changed"), { recursive: true });
    const { digest } = await digestFolder(join(folder, "changed"));
    appendFileSync(join(folder, "changed", "python_model.pkl"), "x");
    for (const [added, says] of [
      [{ SLIPWAY_MODEL_DIGEST: digest }, /SLIPWAY_MODEL_DIGEST names sha256/],
      [{ SLIPWAY_GRACE_SECONDS: "soon", SLIPWAY_MAX_WAITING: "-1" }, /SLIPWAY_GRACE_SECONDS.*SLIPWAY_MAX_WAITING/],
    ] as const) {
      const server = await ServerProcess.start({
        ...{ argv: defaultServerCommand, directory: "/", modelFolder: join(folder, "changed"), env },
        modelDigest: digest,
        added: { ...defaultServerEnvironment({}), ...added },
      });
      running.push(server);
      expect(await ended(server)).toEqual({ exitCode: 3, signal: null });
      const lines = (await server.control.output()).trim().split("\n");
      expect(lines).toHaveLength(1);
      expect(JSON.parse(lines[0]!)).toMatchObject({ level: "error", message: expect.stringMatching(says) });
    }
  }, 300_000);
}
