import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readTrainingReport } from "../../../lib/runtime/train/training-report";
import { ExitCode } from "../../../lib/runtime/exit-codes";
import { ModelRepository } from "../a-model-repository";

let repository: ModelRepository;

afterEach(() => {
  repository.remove();
});

function trainedBy(script: string): ModelRepository {
  repository = new ModelRepository({
    commands: { lint: null, test: null, train: "sh train.sh", predict: null },
  });
  repository.write("train.sh", script);
  repository.put("training", "training.parquet", "rows");
  return repository;
}

test("gives the model with a report that its digest covers", async () => {
  trainedBy(`
    cat "$SLIPWAY_TRAINING" > "$SLIPWAY_MODEL_DIR/weights"
    echo '{"parameters": {"depth": 3, "loss": "log"}, "metrics": {"auc": 0.71}}' > "$SLIPWAY_DECLARED"
  `);
  const { exitCode, document } = await repository.slipway(["train"]);
  expect(exitCode).toBe(ExitCode.passed);
  const model = join(repository.work, "model");
  expect(document.handoffs).toEqual({ model: await repository.digest("model") });
  expect(readFileSync(join(model, "weights"), "utf8")).toBe("rows");
  expect(await readTrainingReport(model)).toMatchObject({
    pipeline: "insurance-risk",
    run: null,
    training: await repository.digest("training"),
    environmentLock: { file: "uv.lock", digest: expect.stringMatching(/^sha256:/) },
    parameters: { depth: "3", loss: "log" },
    declaredMetrics: { auc: 0.71 },
  });
});

test("streams what the command says and keeps its stdout out of the document", async () => {
  trainedBy(`echo epoch 1; echo warning >&2; echo x > "$SLIPWAY_MODEL_DIR/m"`);
  const { stderr, document } = await repository.slipway(["train"]);
  expect(stderr).toMatch(/epoch 1\n/);
  expect(stderr).toMatch(/warning\n/);
  expect(document.outcome).toBe("passed");
});

test("on GitHub, what the command prints is no command to the runner", async () => {
  trainedBy(`echo '::add-mask::x'; echo x > "$SLIPWAY_MODEL_DIR/m"`);
  const { stderr } = await repository.slipway(["train"], { GITHUB_ACTIONS: "true" });
  const mark = /::stop-commands::([0-9a-f]{32})\n/.exec(stderr)![1]!;
  expect(stderr.indexOf("::add-mask::")).toBeGreaterThan(stderr.indexOf(mark));
  expect(stderr.indexOf("::add-mask::")).toBeLessThan(stderr.indexOf(`::${mark}::`));
});

test("the command sees no key, no token, and no file through which the job's outputs go", async () => {
  trainedBy(`env > "$SLIPWAY_MODEL_DIR/env"`);
  await repository.slipway(["train"], {
    SLIPWAY_SIGNING_KEY: "secret-1",
    SLIPWAY_HANDOFF_KEY: "secret-2",
    GITHUB_TOKEN: "secret-3",
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "secret-4",
    GITHUB_OUTPUT: join(repository.folder, "secret-5"),
    PATH: process.env.PATH,
    OWN_SETTING: "kept",
  });
  const seen = readFileSync(join(repository.work, "model/env"), "utf8");
  expect(seen).not.toContain("secret-");
  expect(seen).toContain("OWN_SETTING=kept");
});

test.each([
  ["training-failed", "exit 7", /exit code 7/],
  ["training-failed", "kill -9 $$", /signal SIGKILL/],
  ["model-missing", "true", /left no file/],
  ["reserved-file-name", `echo x > "$SLIPWAY_MODEL_DIR/slipway-training.json"`, /Slipway's own file/],
])("refuses %s: %s", async (check, script, message) => {
  trainedBy(script);
  const { exitCode, document } = await repository.slipway(["train"]);
  expect(exitCode).toBe(ExitCode.refused);
  expect(document.error).toMatchObject({ check, message: expect.stringMatching(message) });
});

test("refuses a model that holds a link", async () => {
  trainedBy(`ln -s /etc/passwd "$SLIPWAY_MODEL_DIR/m"`);
  const { exitCode, document } = await repository.slipway(["train"]);
  expect(exitCode).toBe(ExitCode.badInput);
  expect(JSON.stringify(document.error)).toContain("symbolic link");
});

test("a model of an earlier run is never taken for this one's", async () => {
  trainedBy("true");
  const stale = repository.put("model", "weights", "old");
  expect((await repository.slipway(["train"])).document.error?.check).toBe("model-missing");
  expect(existsSync(stale)).toBe(false);
});

test("refuses training rows that are not those handed over", async () => {
  trainedBy(`echo x > "$SLIPWAY_MODEL_DIR/m"`);
  const digest = await repository.digest("training");
  repository.put("training", "training.parquet", "edited");
  const { document } = await repository.slipway(["train", "--take", `training=${digest}`]);
  expect(document.error?.check).toBe("handoff-digest-mismatch");
});

test("says what is wrong with declared values, all at once", async () => {
  trainedBy(`echo x > "$SLIPWAY_MODEL_DIR/m"; echo '{"metrics": {"auc": "high", "f1": null}}' > "$SLIPWAY_DECLARED"`);
  const { exitCode, document } = await repository.slipway(["train"]);
  expect(exitCode).toBe(ExitCode.badInput);
  expect(document.error).toMatchObject({ problems: [{ path: "metrics.auc" }, { path: "metrics.f1" }] });
});
