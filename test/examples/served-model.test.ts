import { join } from "node:path";
import { servedModel } from "../../examples/insurance-risk/served-model";
import { latencyTable } from "../../lib/runtime/output/latency-table";
import type { CheckResult } from "../../lib/runtime/serving/check/check-run";
import { resultTable } from "../../lib/runtime/serving/check/check-report";
import { judgeServing, type ServingLimit } from "../../lib/verdict/latency/judge-latency";
import { latencyFigures } from "../../lib/verdict/latency/latency-figures";
import { temporaryFolder } from "../runtime/temporary-folder";
import { writeFiles } from "../runtime/write-files";
import { sampleOf } from "../verdict/latency/a-latency-sample";

const folder = temporaryFolder();
const limit: ServingLimit = { latency: { quantile: 0.95, atMostMillis: 450 }, errorRate: 0.01 };
const figures = latencyFigures(sampleOf(Array.from({ length: 600 }, (_, index) => 10 + (index % 7))), {
  quantiles: [0.95],
});
const hardware = { cpu: "A processor", cores: 2, memoryBytes: 2 ** 33, os: "Linux 6", arch: "x64", node: "v20" };

function summary(checks: readonly CheckResult[]): string {
  const measured = { figures, limit, verdict: judgeServing(figures, limit), hardware };
  return `### Serving contract\n\n${resultTable(checks)}\n\n${latencyTable(measured, { smoke: true })}\n`;
}

function check(id: string, result: CheckResult["result"]): CheckResult {
  return { check: { id, demands: "", remedy: "" }, result, says: "" };
}

function run(time: string, complete: boolean): Record<string, string> {
  const platforms = [{ platform: "linux/amd64", size: 93_596_319, packages: 50 }];
  return {
    [`.slipway-run/${time}/work/image/image.json`]: JSON.stringify({ image: `sha256:${time}`, complete, platforms }),
    [`.slipway-run/${time}/summaries/latency.md`]: summary([
      check("stays-up", "held"),
      check("becomes-ready", "held"),
      check("health-while-predicting", "not-run"),
    ]),
  };
}

test("the demo tells what the last run said of image and server", () => {
  const repository = writeFiles(join(folder, "repository"), {
    ...run("20260101T000000Z", true),
    ...run("20260102T000000Z", false),
    ".slipway-run/mlflow/mlflow.db": "",
  });
  expect(servedModel(repository).split("\n")).toEqual([
    "Image     sha256:20260102T000000Z",
    "          linux/amd64, 93.6 MB, 50 Python packages",
    "          without its base, whose registry could not be reached from here",
    "Contract  2 checks hold, 0 are broken, 1 could not be run",
    expect.stringMatching(
      /^Latency {3}latency at quantile 0.95 at most 450 ms: 16.0 ms \(16.0 ms to 16.0 ms\), ✅ passed$/,
    ),
    expect.stringMatching(/^ {10}error rate at most 0.01: 0.0000 \(.*\), ✅ passed$/),
    "          Measured on A processor, 2 cores, 8.0 GiB, Linux 6 x64, Node.js v20",
  ]);
});
