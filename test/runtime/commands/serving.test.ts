import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ExitCode } from "../../../lib/runtime/exit-codes";
import { digestFolder } from "../../../lib/runtime/handoff/folder-digest";
import { ServerProcess } from "../../../lib/runtime/serving/server-process";
import { ModelRepository } from "../a-model-repository";

const faultyServer = resolve("test/runtime/serving/faulty-server.py");
const payloads = '{"request": {"dataframe_split": {"columns": ["a", "b"], "data": [[1, 2]]}}, "predictions": [3]}\n';

let repository: ModelRepository;

beforeEach(() => {
  repository = new ModelRepository();
  repository.write("model/MLmodel", "flavors: {}\n");
  repository.write("payloads.jsonl", payloads);
});
afterEach(() => {
  repository.remove();
});

interface Listed {
  readonly check: string;
  readonly result: string;
}

function named(document: Record<string, unknown>, wanted: string): readonly string[] {
  return (document.checks as readonly Listed[]).filter(({ result }) => result === wanted).map(({ check }) => check);
}

test("check says what a command breaks, each with a remedy, and refuses", async () => {
  const command = `FAULT=bad-requests-get-500 exec python3 ${faultyServer}`;
  const args = ["--model", "model", "--payloads", "payloads.jsonl", "--requests", "60", "--command", command];
  const { exitCode, document } = await repository.slipway(["serving", "check", ...args]);
  expect(named(document, "broken")).toEqual(["bad-requests-get-4xx"]);
  expect(document.checks).toContainEqual(
    expect.objectContaining({ check: "bad-requests-get-4xx", says: expect.any(String), remedy: expect.any(String) }),
  );
  expect([exitCode, document.outcome]).toEqual([ExitCode.refused, "refused"]);
});

test("check of a running server lists what needs its process as not run", async () => {
  const modelFolder = join(repository.folder, "model");
  const { digest } = await digestFolder(modelFolder);
  const server = await ServerProcess.start({
    ...{ argv: ["python3", faultyServer], directory: repository.folder, modelFolder, modelDigest: digest },
    ...{ env: process.env, added: { FAULT: "none" } },
  });
  try {
    await server.untilReady(60);
    const args = ["--url", server.url, "--payloads", "payloads.jsonl"];
    const { exitCode, document } = await repository.slipway(["serving", "check", ...args]);
    expect(named(document, "broken")).toEqual([]);
    expect(named(document, "held")).toContain("predictions-as-expected");
    expect([...named(document, "not-run")].sort()).toEqual([
      "ends-in-grace",
      "finishes-requests-in-flight",
      "latency-limit-bucket",
      "memory-steady",
      "metrics-from-start",
      "refuses-changed-model",
      "unready-on-sigterm",
    ]);
    expect(exitCode).toBe(ExitCode.passed);
    expect(await server.control.ending()).toBeNull();
  } finally {
    await server.stop();
  }
});

test.each([
  [["check"], /--model/],
  [["check", "--url", "http://127.0.0.1:9"], /--model/],
  [["check", "image", "--command", "serve", "--model", "model"], /not two/],
  [["check", "--model", "model"], /names no columns/],
  [["check", "--model", "model", "--payloads", "none.jsonl"], /none.jsonl/],
  [["check", "--model", "no-such-folder", "--payloads", "payloads.jsonl"], /no-such-folder/],
  [["start"], /--model/],
])("serving %j is bad input", async (args, says) => {
  const { exitCode, document } = await repository.slipway(["serving", ...args]);
  expect([exitCode, JSON.stringify(document.error)]).toEqual([ExitCode.badInput, expect.stringMatching(says)]);
});

test("start says what the present Python lacks", async () => {
  const empty = mkdtempSync(join(tmpdir(), "slipway-empty-python-"));
  try {
    execFileSync("python3", ["-m", "venv", "--without-pip", empty]);
    const args = ["serving", "start", "--model", "model", "--port", "1"];
    const { exitCode, stderr } = await repository.slipway(args, { PATH: `${join(empty, "bin")}:${process.env.PATH!}` });
    expect(exitCode).toBe(ExitCode.brokenEnvironment);
    expect(stderr).toMatch(/not serving: No module named .*prometheus_client/);
    expect(stderr).not.toContain("Traceback");
  } finally {
    rmSync(empty, { recursive: true, force: true });
  }
});
