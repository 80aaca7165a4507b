import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Output } from "../../../lib/runtime/output/output";
import { runUserCommand, shellCommand } from "../../../lib/runtime/user-code/user-command";
import { predictionEnvironment } from "../../../lib/runtime/user-code/user-environment";

const onLinux = process.platform === "linux" ? test : test.skip;

let folder: string;
let printed: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "slipway-command-"));
  printed = "";
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function run(script: string, env: Record<string, string> = {}) {
  const out = new Output({ stdout: () => undefined, stderr: (text) => (printed += text) }, false, {});
  return await runUserCommand(
    { argv: shellCommand(script), directory: folder, env: { PATH: process.env.PATH, ...env } },
    out,
  );
}

function isRunning(pidFile: string): boolean {
  try {
    process.kill(Number(readFileSync(join(folder, pidFile), "utf8")), 0);
    return true;
  } catch {
    return false;
  }
}

test("tells exit code from signal", async () => {
  expect(await run("exit 3")).toEqual({ exitCode: 3, signal: null });
  expect(await run("kill -TERM $$")).toEqual({ exitCode: null, signal: "SIGTERM" });
  expect(await run("false; echo never")).toEqual({ exitCode: 1, signal: null });
});

test("says that Python is missing", async () => {
  await expect(run("true", { PATH: folder })).rejects.toMatchObject({
    message: expect.stringContaining("python3 cannot be started (ENOENT)"),
    remedy: expect.stringContaining("PATH"),
  });
});

test("inherits nothing", async () => {
  await run("env", { OWN: "1" });
  expect(printed.split("\n").map((line) => line.split("=")[0])).not.toContain("HOME");
  expect(printed).toContain("OWN=1");
});

test("ends what the command leaves in its process group", async () => {
  expect(await run("sleep 1000 & echo $! > pid")).toEqual({ exitCode: 0, signal: null });
  expect(isRunning("pid")).toBe(false);
});

onLinux("ends what left the process group, dropped its environment and lost its parent", async () => {
  const detach = `(setsid env -i /bin/sh -c 'echo $$ > ${folder}/pid; exec sleep 1000' </dev/null >/dev/null 2>&1 &)`;
  await run(`${detach}; while [ ! -s pid ]; do :; done`);
  expect(existsSync(join(folder, "pid"))).toBe(true);
  expect(isRunning("pid")).toBe(false);
  expect(printed).toContain("slipway: ended 1 process(es) that the command left running");
});

onLinux("passes a signal on to the command", async () => {
  const ending = run(`trap 'echo stopping; exit 9' TERM; echo ready; echo $$ > pid; while :; do sleep 0.05; done`);
  while (!printed.includes("ready")) await new Promise((resolve) => setImmediate(resolve));
  process.emit("SIGTERM", "SIGTERM");
  expect(await ending).toEqual({ exitCode: 9, signal: null });
  expect(printed).toContain("stopping");
});

test("predicting code sees no path, token or server of the pipeline", () => {
  const env = predictionEnvironment(
    {
      PATH: "/bin",
      LANG: "C.UTF-8",
      OMP_NUM_THREADS: "2",
      HOME: "/root",
      SLIPWAY_WORK: "/w",
      SLIPWAY_SIGNING_KEY: "k",
      MLFLOW_TRACKING_URI: "http://x",
      MLFLOW_RUN_ID: "r",
      GITHUB_TOKEN: "t",
      GITHUB_WORKSPACE: "/w",
      AWS_SECRET_ACCESS_KEY: "s",
      PYTHONPATH: "/w",
      LD_PRELOAD: "x",
    },
    "/scratch",
    { SLIPWAY_FEATURES: "/scratch/features.parquet" },
  );
  expect(env).toEqual({
    PATH: "/bin",
    LANG: "C.UTF-8",
    OMP_NUM_THREADS: "2",
    HOME: "/scratch",
    TMPDIR: "/scratch",
    SLIPWAY_FEATURES: "/scratch/features.parquet",
  });
});
