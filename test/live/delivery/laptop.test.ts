import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createSigningKeyPair } from "../../../lib/runtime/keys/signing-key-pair";
import { MlflowServer } from "../mlflow-server";
import { ModelRepository } from "./model-repository";
import { BEHIND_THE_GATE, DECIDING_JOBS, ONLY_NOT_WORSE, REFUSED, type Scenario } from "./scenarios";
import { type DeliveryUnderTest, synthesizeDelivery } from "./synthesized-delivery";

/** The same manifest, the same changes and the same expectations as the workflow's test: the engine must not matter. */

/** Nothing serves the model in an environment here, so nothing can be measured there. */
const JOBS_HERE = DECIDING_JOBS.filter((job) => job !== "verify-staging");

interface LaptopRun {
  readonly exitCode: number | null;
  /** State by job. */
  readonly jobs: Readonly<Record<string, string>>;
  /** Where the run keeps its hand-offs and logs. */
  readonly folder: string;
}

let folder: string;
let program: DeliveryUnderTest;
let repository: ModelRepository;
let mlflow: MlflowServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "slipway-laptop-"));
  execFileSync("npm", ["run", "--silent", "build"]);
  const packed = execFileSync("npm", ["pack", "--silent", "--ignore-scripts", "--pack-destination", folder], {
    encoding: "utf8",
  });
  program = {
    tarball: join(folder, packed.trim()),
    publicPem: createSigningKeyPair().publicKey,
    // Nobody listens there: as on a train.
    base: `127.0.0.1:1/library/python@sha256:${"5".repeat(64)}`,
  };
  repository = new ModelRepository(synthesizeDelivery(program).files);
  mlflow = await MlflowServer.start();
});

afterAll(async () => {
  await mlflow.stop();
  repository.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs HEAD on this machine with a user's folders of the test's own, against the store of that name. */
async function runHere(store: string): Promise<LaptopRun> {
  const { exitCode, stdout, stderr } = await slipway(["run", "--json", "--approve", "production"], {
    PATH: process.env.PATH,
    HOME: process.env.HOME,
    XDG_CACHE_HOME: process.env.XDG_CACHE_HOME,
    XDG_CONFIG_HOME: join(folder, "config"),
    MLFLOW_TRACKING_URI: mlflow.uri,
    SLIPWAY_STORE: `file://${join(folder, "stores", store)}`,
  });
  const { jobs, run } = JSON.parse(stdout === "" ? "{}" : stdout) as {
    readonly run: string;
    readonly jobs?: readonly { readonly id: string; readonly state: string }[];
  };
  if (jobs === undefined) throw new Error(`${stdout}\n${stderr}`);
  return { exitCode, jobs: Object.fromEntries(jobs.map(({ id, state }) => [id, state])), folder: run };
}

function slipway(args: readonly string[], env: NodeJS.ProcessEnv) {
  const options = { cwd: repository.folder, env, maxBuffer: 1 << 28 };
  return new Promise<{ exitCode: number | null; stdout: string; stderr: string }>((done) => {
    const run = execFile(process.execPath, [resolve("dist/runtime/main.js"), ...args], options, (_, stdout, stderr) => {
      done({ exitCode: run.exitCode, stdout, stderr });
    });
  });
}

async function registered(): Promise<number> {
  const filter = encodeURIComponent("name='insurance-risk'");
  const answer = await mlflow.rest("GET", `model-versions/search?filter=${filter}&max_results=200`);
  const { model_versions: versions } = (await answer.json()) as { readonly model_versions?: readonly unknown[] };
  return versions?.length ?? 0;
}

async function changed(change: Scenario["change"], store: string): Promise<LaptopRun> {
  const before = await registered();
  const run = await repository.during(
    () => {
      change(repository, (differently) => {
        repository.deliver(synthesizeDelivery({ ...program, ...differently }).files);
      });
    },
    () => runHere(store),
  );
  expect(await registered()).toBe(before);
  for (const job of BEHIND_THE_GATE.filter((each) => JOBS_HERE.includes(each)))
    expect([job, run.jobs[job]]).toEqual([job, "skipped"]);
  return run;
}

test("the good model reaches production, in an image that is kept as a layout without the base nobody can reach", async () => {
  const run = await runHere("good");
  expect(run).toMatchObject({
    exitCode: 0,
    jobs: Object.fromEntries(JOBS_HERE.map((job) => [job, "passed"])),
  });
  expect(await registered()).toBe(1);
  const image = join(run.folder, "work", "image");
  const document = JSON.parse(readFileSync(join(image, "image.json"), "utf8")) as Record<string, unknown>;
  expect(document).toMatchObject({ reference: null, complete: false, base: program.base });
  expect(readFileSync(join(run.folder, "logs", "package.log"), "utf8")).toContain("the base could not be reached");
  // The manifest is what the digest says, and the layers that Slipway laid are there.
  const blob = (digest: string): Buffer => readFileSync(join(image, "layout", "blobs", digest.replace(":", "/")));
  const manifest = blob(document.image as string);
  expect(`sha256:${createHash("sha256").update(manifest).digest("hex")}`).toBe(document.image);
  const { layers } = JSON.parse(manifest.toString("utf8")) as { layers: readonly { digest: string; size: number }[] };
  expect(layers.length).toBeGreaterThan(2);
  for (const { digest, size } of layers) expect(blob(digest)).toHaveLength(size);
});

test.each(REFUSED)("$title is refused at $stage", async ({ change, stage }) => {
  const run = await changed(change, `refused-${stage}`);
  expect(run.exitCode).toBe(3);
  expect(run.jobs[stage]).toBe("failed");
  for (const job of JOBS_HERE.slice(0, JOBS_HERE.indexOf(stage))) expect([job, run.jobs[job]]).toEqual([job, "passed"]);
});

test("a model that these rows cannot tell from production ends undecided", async () => {
  const run = await changed((of) => {
    of.edit(
      "risk_model.py",
      "return list(available)",
      'return [name for name in available if name not in ("disea", "physlm", "ghindx", "xghindx")]',
    );
  }, "good");
  expect(run).toMatchObject({ exitCode: 4, jobs: { predict: "passed", gate: "failed" } });
});

test("a model that is clearly worse than production is refused", async () => {
  const run = await changed((of, redeliver) => {
    of.edit("params.json", '"all"', '["plan", "coins"]');
    redeliver({ policy: ONLY_NOT_WORSE });
  }, "good");
  expect(run).toMatchObject({ exitCode: 3, jobs: { predict: "passed", gate: "failed" } });
});
