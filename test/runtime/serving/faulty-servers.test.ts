import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkServing, type CheckResult } from "../../../lib/runtime/serving/check/check-run";
import { processTarget } from "../../../lib/runtime/serving/check/process-target";

const split = (data: readonly unknown[][]) => JSON.stringify({ dataframe_split: { columns: ["a", "b"], data } });

/** Checks the small server of faulty-server.py with one fault; its scores are the sums of the rows. */
async function check(fault: string): Promise<readonly CheckResult[]> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-faulty-"));
  try {
    const model = join(folder, "model");
    mkdirSync(model);
    writeFileSync(join(model, "MLmodel"), "flavors: {}\n");
    return await checkServing({
      target: await processTarget({
        argv: ["python3", join(__dirname, "faulty-server.py")],
        directory: folder,
        modelFolder: model,
        env: process.env,
        added: { FAULT: fault },
      }),
      columns: ["a", "b"].map((name) => ({ name, type: "double", required: true })),
      requests: [
        { body: split([[1, 2]]), rows: 1, expected: [3] },
        {
          body: split([
            [0.5, 2],
            [3, 4],
          ]),
          rows: 2,
          expected: [2.5, 7],
        },
      ],
      pipeline: "insurance-risk",
      latencyLimit: 0.137,
      grace: 3,
      memoryRequests: 120,
      startSeconds: 60,
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function named(results: readonly CheckResult[], wanted: CheckResult["result"]): readonly string[] {
  return results.filter(({ result }) => result === wanted).map(({ check: { id } }) => id);
}

test("finds nothing wrong with a server that keeps the contract, and makes every check", async () => {
  const results = await check("none");
  expect(results.filter(({ result }) => result !== "held")).toEqual([]);
  expect(new Set(results.map(({ check: { id } }) => id)).size).toBe(results.length);
});

const faults: readonly (readonly [fault: string, check: string])[] = [
  ["no-readiness", "becomes-ready"],
  ["ready-before-load", "ready-means-ready"],
  ["health-waits-for-model", "health-from-start"],
  ["version-without-digest", "version-names-model"],
  ["answers-unknown-paths", "unknown-path-404"],
  ["other-shape", "answers-predictions"],
  ["one-prediction-too-few", "one-prediction-per-row"],
  ["wrong-scores", "predictions-as-expected"],
  ["dies-of-bad-requests", "survives-bad-requests"],
  ["bad-requests-get-200", "bad-requests-get-4xx"],
  ["bad-requests-get-500", "bad-requests-get-4xx"],
  ["no-metrics", "metrics-exposed"],
  ["metrics-as-html", "metrics-exposed"],
  ["counter-born-late", "metrics-from-start"],
  ["no-bucket-at-limit", "latency-limit-bucket"],
  ["bad-requests-uncounted", "requests-counted"],
  ["client-mistakes-are-errors", "client-mistakes-are-no-errors"],
  ["durations-of-successes-only", "durations-consistent"],
  ["infinity-is-not-count", "durations-consistent"],
  ["health-blocked-by-predictions", "health-while-predicting"],
  ["leaks-memory", "memory-steady"],
  ["ready-while-draining", "unready-on-sigterm"],
  ["drops-requests-in-flight", "finishes-requests-in-flight"],
  ["ends-with-an-error", "ends-in-grace"],
  ["ignores-sigterm", "ends-in-grace"],
  ["does-not-verify", "refuses-changed-model"],
];

test.concurrent.each(faults)("of a server with the fault %s exactly %s is broken", async (fault, id) => {
  const results = await check(fault);
  expect(named(results, "broken")).toEqual([id]);
});

test("says why a server that does not start does not, and makes no other check", async () => {
  const results = await check("does-not-start");
  expect(results.find(({ check: { id } }) => id === "becomes-ready")).toMatchObject({
    result: "broken",
    says: expect.stringMatching(/exit code 1.*no such library/),
  });
  expect(named(results, "broken")).toEqual(["becomes-ready"]);
  expect(named(results, "held")).toEqual([]);
});
