import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { digestFolder } from "../../../lib/runtime/handoff/folder-digest";
import { ExitCode } from "../../../lib/runtime/exit-codes";
import { ModelRepository } from "../a-model-repository";

const rows = 5;
const scoreAll = `{ echo slipway_row,score; for row in 0 1 2 3 4; do echo "$row,0.$row"; done; } > "$SLIPWAY_PREDICTIONS"`;

let repository: ModelRepository;

afterEach(() => {
  repository.remove();
});

async function scoredBy(script: string): Promise<ModelRepository> {
  repository = new ModelRepository({ commands: { lint: null, test: null, train: "true", predict: "sh predict.sh" } });
  repository.write("predict.sh", script);
  repository.put("model", "weights", "candidate");
  const features = join(repository.put("features", "made", ""), "..", "features.parquet");
  await duckdb(
    `COPY (SELECT range AS slipway_row, range * 2 AS x FROM range(${rows})) TO '${features}' (FORMAT parquet)`,
  );
  return repository;
}

async function withBaseline(): Promise<void> {
  repository.put("baseline", "production/weights", "production");
  const { digest } = await digestFolder(join(repository.work, "baseline/production"));
  repository.put(
    "baseline",
    "baseline.json",
    JSON.stringify({
      kind: "slipway.baseline",
      version: 1,
      production: { digest, version: "3", record: `sha256:${"0".repeat(64)}` },
      anchors: [],
    }),
  );
}

async function duckdb(sql: string) {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  return (await connection.runAndReadAll(sql)).getRowObjects();
}

async function predictions(model: string) {
  return await duckdb(
    `SELECT slipway_row::INT AS row, score FROM '${join(repository.work, "predictions", model)}.parquet'`,
  );
}

const review = ["predict", "--line", "review"];

test("keeps one score per row, sorted, from CSV", async () => {
  await scoredBy(
    `{ echo score,extra,slipway_row; for row in 4 2 0 1 3; do echo "0.$row,secret,$row"; done; } > "$SLIPWAY_PREDICTIONS"`,
  );
  const { exitCode, document } = await repository.slipway(review);
  expect(exitCode).toBe(ExitCode.passed);
  expect(document.handoffs).toEqual({ predictions: await repository.digest("predictions") });
  expect(await predictions("candidate")).toEqual([0, 1, 2, 3, 4].map((row) => ({ row, score: row / 10 })));
});

test("each model scores the same rows, the candidate last", async () => {
  await scoredBy(`${scoreAll}; cat "$SLIPWAY_MODEL_DIR/weights"; echo`);
  await withBaseline();
  const { exitCode, stderr } = await repository.slipway(["predict"]);
  expect(exitCode).toBe(ExitCode.passed);
  expect(stderr.match(/^(production|candidate)$/gm)).toEqual(["production", "candidate"]);
  expect(await predictions("production")).toHaveLength(rows);
});

test("the code sees neither secrets nor the pipeline's folders", async () => {
  await scoredBy(`${scoreAll}; env; ls "$(dirname "$SLIPWAY_FEATURES")"`);
  repository.put("labels", "labels.parquet", "labels");
  const { stderr } = await repository.slipway(review, {
    MLFLOW_TRACKING_URI: "http://127.0.0.1:1",
    MLFLOW_TRACKING_PASSWORD: "secret-1",
    GITHUB_TOKEN: "secret-2",
    SLIPWAY_WORK: repository.work,
    AWS_SECRET_ACCESS_KEY: "secret-3",
  });
  expect(stderr).not.toMatch(/secret-|MLFLOW|SLIPWAY_WORK|labels/);
  expect(stderr).toMatch(/SLIPWAY_FEATURES=/);
});

test.each([
  ["prediction-failed", "exit 3", /exit code 3/],
  ["predictions-missing", "true", /left no file/],
  ["predictions-missing", `ln -s /etc/passwd "$SLIPWAY_PREDICTIONS"`, /no regular file/],
  ["predictions-unreadable", `printf 'row,score\\n0,1\\n' > "$SLIPWAY_PREDICTIONS"`, /slipway_row/],
  ["predictions-unreadable", `printf 'slipway_row,score\\n0,high\\n' > "$SLIPWAY_PREDICTIONS"`, /cannot be read/],
  ["predictions-unreadable", `printf 'PAR1 and no more' > "$SLIPWAY_PREDICTIONS"`, /cannot be read/],
  ["predictions-incomplete", `${scoreAll}; sed -i 2d "$SLIPWAY_PREDICTIONS"`, /1 rows without one/],
  ["predictions-incomplete", `${scoreAll}; echo 3,0.9 >> "$SLIPWAY_PREDICTIONS"`, /1 predicted more than once/],
  ["predictions-incomplete", `${scoreAll}; echo 77,0.9 >> "$SLIPWAY_PREDICTIONS"`, /1 rows that were not asked for/],
  ["predictions-not-numbers", `${scoreAll}; sed -i s/0.3/NaN/ "$SLIPWAY_PREDICTIONS"`, /1 of the candidate model's 5/],
  ["predictions-not-numbers", `${scoreAll}; sed -i s/0.3// "$SLIPWAY_PREDICTIONS"`, /missing, NaN or infinite/],
])("refuses %s: %s", async (check, script, message) => {
  await scoredBy(script);
  const { exitCode, document } = await repository.slipway(review);
  expect(document.error).toMatchObject({ check, message: expect.stringMatching(message) });
  expect(exitCode).toBe(ExitCode.refused);
  expect(document.handoffs).toBeUndefined();
});

test("a process that goes on after its command is ended before the predictions are read", async () => {
  await scoredBy(`${scoreAll}
    (setsid env -i /bin/sh -c ': > "$0.running"; while :; do sed -i s/0.4/1.0/ "$0" 2>/dev/null || exit; done' "$SLIPWAY_PREDICTIONS" </dev/null >/dev/null 2>&1 &)
    until [ -e "$SLIPWAY_PREDICTIONS.running" ]; do :; done`);
  const first = await repository.slipway(review);
  expect(first.exitCode).toBe(ExitCode.passed);
  expect(first.stderr).toContain("slipway: ended");
  // What is kept is what the digest says, whatever the process had still wanted to write.
  expect(first.document.handoffs).toEqual({ predictions: await repository.digest("predictions") });
});

test("a candidate that rewrites production's predictions is refused", async () => {
  await scoredBy(`${scoreAll}
    if [ "$(cat "$SLIPWAY_MODEL_DIR/weights")" = candidate ]; then echo x >> .slipway-run/current/predictions/production.parquet; fi`);
  await withBaseline();
  const { document } = await repository.slipway(["predict"]);
  expect(document.error?.check).toBe("predictions-rewritten");
});

test("a baseline that holds another model than it names is refused", async () => {
  await scoredBy(scoreAll);
  await withBaseline();
  repository.put("baseline", "production/weights", "weaker");
  const { document } = await repository.slipway(["predict"]);
  expect(document.error?.check).toBe("baseline-digest-mismatch");
});

test("leaves nothing of what the code wrote beside its predictions", async () => {
  await scoredBy(`${scoreAll}; echo x > "$SLIPWAY_MODEL_DIR/weights"; echo x > "$HOME/left"; echo "home=$HOME"`);
  const { stderr } = await repository.slipway(review);
  expect(readFileSync(join(repository.work, "model/weights"), "utf8")).toBe("candidate");
  expect(existsSync(/home=(.*)/.exec(stderr)![1]!)).toBe(false);
});
