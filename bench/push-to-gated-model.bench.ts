import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { plannedFiles, readPlan } from "../examples/insurance-risk/plan-tree";

/**
 * Seconds from a push to a gated, registered model on this machine: cold (no Python environment yet), warm, and against a plain
 * script that does the same Python work one after the other without Slipway. Needs `npm run build`, `npm pack` and `npm run synth`.
 */
interface RunReport {
  readonly run: string;
  readonly jobs: readonly { readonly id: string; readonly state: string; readonly milliseconds: number | null }[];
}

const folder = mkdtempSync(join(tmpdir(), "slipway-bench-"));
const repository = join(folder, "repository");
const env = { ...process.env, XDG_CACHE_HOME: join(folder, "cache"), XDG_CONFIG_HOME: join(folder, "config") };

function main(): void {
  deliver();
  const cold = timed(() => slipwayRun());
  const warm = timed(() => slipwayRun());
  const plain = timed(() => {
    plainScript(warm.result.run);
  });
  const table = [
    "# Push to gated model",
    "",
    `Measured by \`npm run bench -- push-to-gated-model\` on ${new Date().toISOString().slice(0, 10)}: ${machine()}.`,
    "",
    "| | seconds | against the plain script |",
    "| --- | ---: | ---: |",
    row("cold: environments made first", cold.seconds, plain.seconds),
    row("warm", warm.seconds, plain.seconds),
    row("plain script, warm: lint, tests, data, training, prediction", plain.seconds, plain.seconds),
    "",
    "The plain script validates nothing, splits nothing off, measures, signs and registers nothing; it trains on the split that the run made.",
    "",
    "| job | cold | warm |",
    "| --- | ---: | ---: |",
    ...warm.result.jobs.map(({ id, milliseconds }) => {
      const first = cold.result.jobs.find((job) => job.id === id)?.milliseconds ?? null;
      return `| ${id} | ${secondsOf(first)} | ${secondsOf(milliseconds)} |`;
    }),
    "",
  ].join("\n");
  console.log(table);
  writeFileSync("bench/results/push-to-gated-model.md", table);
}

function machine(): string {
  const [first] = cpus();
  return `${cpus().length} cores (${first!.model}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
}

function deliver(): void {
  cpSync("examples/insurance-risk/repository", repository, { recursive: true });
  for (const { path, content } of plannedFiles(readPlan("cdktf.out/stacks/insurance-risk-delivery/cdk.tf.json"))) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), content);
  }
  const author = ["-c", "user.name=Bench", "-c", "user.email=bench@example.com"];
  for (const args of [
    ["init", "-q"],
    ["add", "-A"],
    [...author, "commit", "-qm", "Push"],
  ])
    run("git", args, env);
}

function slipwayRun(): RunReport {
  return JSON.parse(
    run(process.execPath, [join(process.cwd(), "dist/runtime/main.js"), "run", "--json"], env),
  ) as RunReport;
}

function plainScript(finishedRun: string): void {
  const work = join(finishedRun, "work");
  const programs = join(environmentFolder(), "bin");
  const model = join(folder, "plain-model");
  const script = "ruff check . && pytest && python data/fetch.py && python train.py && python $PREDICTOR";
  run("bash", ["-ec", script], {
    ...env,
    PATH: `${programs}:${process.env.PATH ?? ""}`,
    PREDICTOR: join(process.cwd(), "dist/runtime/predict/mlflow-predictor.py"),
    MLFLOW_TRACKING_URI: `file://${join(folder, "mlruns")}`,
    MLFLOW_ALLOW_FILE_STORE: "true",
    SLIPWAY_TRAINING: join(work, "training", "training.parquet"),
    SLIPWAY_FEATURES: join(work, "features", "features.parquet"),
    SLIPWAY_MODEL_DIR: model,
    SLIPWAY_PREDICTIONS: join(folder, "plain.parquet"),
  });
}

/** The one environment with the repository's linter in it; the other is MLflow's. */
function environmentFolder(): string {
  const all = join(folder, "cache", "slipway", "python");
  const found = readdirSync(all).find((name) => existsSync(join(all, name, "bin", "ruff")));
  if (found === undefined) throw new Error(`no environment with ruff in ${all}`);
  return join(all, found);
}

function timed<T>(work: () => T): { readonly seconds: number; readonly result: T } {
  const start = process.hrtime.bigint();
  const result = work();
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, result };
}

function run(program: string, args: readonly string[], variables: NodeJS.ProcessEnv): string {
  const done = spawnSync(program, args, { cwd: repository, env: variables, encoding: "utf8", maxBuffer: 1 << 26 });
  if (done.status !== 0)
    throw new Error(`${program} ${args.join(" ")} ended with ${String(done.status)}\n${done.stderr}`);
  return done.stdout;
}

function row(name: string, seconds: number, plain: number): string {
  return `| ${name} | ${seconds.toFixed(1)} | ${(seconds / plain).toFixed(2)} |`;
}

function secondsOf(milliseconds: number | null): string {
  return milliseconds === null ? "not started" : (milliseconds / 1000).toFixed(1);
}

try {
  main();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
