import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { readPipe, SmallModelRepository } from "../../runtime/laptop/small-model-repository";
import { MlflowServer } from "../mlflow-server";

/** The user's own cache: the MLflow server's environment weighs a gigabyte and is the same for every test. */
const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
let repository: SmallModelRepository;

beforeEach(() => {
  repository = new SmallModelRepository(cache, {}, [
    { kind: "absolute", metric: "auc", comparison: "atLeast", limit: 0.5, on: "estimate", slice: null },
    { kind: "relative", metric: "auc", against: "production", anchor: null, margin: 0.05 },
  ]);
});

afterEach(() => {
  repository.remove();
});

/** Command lines of processes on this machine that name this repository's folder. */
function leftBehind(): readonly string[] {
  const { stdout } = spawnSync("ps", ["-eo", "args="], { encoding: "utf8" });
  return stdout.split("\n").filter((line) => line.includes(repository.home));
}

/** What the gate of a run signed about its measures. */
function signedMeasures(run: string): {
  readonly inputs: { readonly model: string };
  readonly comparedWith: { readonly production: string };
} {
  const bundle = readFileSync(join(run, "work", "evidence", "evidence.dsse.json"), "utf8");
  const payloads = [...bundle.matchAll(/"payload": ?"([^"]+)"/g)].map(([, text = ""]) => Buffer.from(text, "base64"));
  const measures = payloads.map(String).find((text) => text.includes("gate-measures/v1"))!;
  return (JSON.parse(measures) as { predicate: ReturnType<typeof signedMeasures> }).predicate;
}

async function change(score: string) {
  repository.write({ "score.sql": score });
  repository.commit();
  return await repository.report(["--approve", "production"]);
}

test("a model goes to production by approval, and later candidates are held against it", async () => {
  const first = await repository.report();
  expect(first).toMatchObject({
    outcome: "passed",
    states: { "mlflow-server": "passed", "promote-staging": "passed", "promote-production": "approval" },
  });
  const approved = await repository.report(["--resume", "--approve", "production"]);
  expect(approved).toMatchObject({
    outcome: "passed",
    run: first.run,
    states: { train: "kept", "promote-production": "passed" },
  });
  const production = signedMeasures(approved.run).inputs.model;
  expect(signedMeasures(approved.run).comparedWith.production).toBe("none");

  const undecided = await change("CASE WHEN x > 80 THEN (x * 7919) % 101 ELSE x END");
  expect(undecided).toMatchObject({ outcome: "undecided", states: { gate: "failed", register: "skipped" } });
  expect(signedMeasures(undecided.run).comparedWith.production).toBe(production);

  const worse = await change("CASE WHEN x > 85 THEN 0 ELSE x END");
  expect(worse).toMatchObject({ outcome: "refused", states: { gate: "failed", register: "skipped" } });

  // Ranks the rows as production does: another model, no worse, and the next production.
  const asGood = await change("x * 2 + 1");
  expect(asGood).toMatchObject({ outcome: "passed", states: { "promote-production": "passed" } });
  expect(signedMeasures(asGood.run).comparedWith.production).toBe(production);
  expect(signedMeasures(asGood.run).inputs.model).not.toBe(production);
  expect(leftBehind()).toEqual([]);
});

test("the embedded MLflow ends with a run that fails, and keeps what it holds", async () => {
  const refused = await change("-x");
  expect(refused).toMatchObject({
    outcome: "refused",
    states: { "mlflow-server": "passed", gate: "failed", register: "skipped" },
  });
  expect(existsSync(join(repository.folder, ".slipway-run", "mlflow", "mlflow.db"))).toBe(true);
  expect(leftBehind()).toEqual([]);
  const address = refused.jobs?.find(({ id }) => id === "mlflow-server")?.note ?? "";
  expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  await expect(fetch(`${address}/health`)).rejects.toThrow();
});

test("the embedded MLflow and a training end when the run is stopped", async () => {
  const train = "sleep 1000 & echo $! > .slipway-run/pids; wait";
  repository.deliver({ commands: { lint: "true", test: "true", train, predict: "true" } });
  repository.write({ ".slipway-run/.keep": "" });
  const pipe = join(repository.folder, ".slipway-run", "pids");
  execFileSync("mkfifo", [pipe]);
  const run = repository.start([]);
  const pid = (await readPipe(pipe)).trim();
  expect(leftBehind().join("\n")).toContain("mlflow");
  run.process.kill("SIGINT");
  expect((await run.ended).exitCode).toBe(5);
  expect(leftBehind()).toEqual([]);
  expect(spawnSync("ps", ["-o", "stat=", "-p", pid], { encoding: "utf8" }).stdout).not.toMatch(/^[^Z\s]/);
});

test("a tracking server of the user's own is used, and none is started", async () => {
  const server = await MlflowServer.start();
  try {
    const { exitCode, stdout, stderr } = await repository.run([], { MLFLOW_TRACKING_URI: server.uri });
    expect({ exitCode, error: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, error: "" });
    expect(stderr).not.toContain("mlflow-server");
    expect(stdout).not.toMatch(/^ {2}mlflow/m);
    expect(readdirSync(join(repository.folder, ".slipway-run"))).not.toContain("mlflow");
    const search = await fetch(`${server.uri}/api/2.0/mlflow/registered-models/get?name=payments`);
    expect(search.status).toBe(200);
  } finally {
    await server.stop();
  }
});
