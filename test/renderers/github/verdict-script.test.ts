import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataSource, Training, Trigger } from "../../../lib/index";
import { definePipeline } from "../../blueprint/pipeline/define-pipeline";
import { randomFrom } from "./soundness/scenarios";
import { renderLines } from "./soundness/soundness";
import { verdictScript } from "./soundness/verdict-script";

/** The rest of these tests judges by a model of the verdict's script; here the model is held against the script, run by bash. */
describe("the verdict's script", () => {
  const folder = mkdtempSync(join(tmpdir(), "slipway-verdict-"));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const lines = [[Trigger.push()], [Trigger.newData({ minLabelledRows: 1 })]].flatMap((triggers) =>
    renderLines(
      definePipeline("risk", {
        train: Training.command("python train.py"),
        data: DataSource.file("data.csv", { sample: "sample.csv" }),
        python: { version: "3.12", manager: "pip", lockFile: "requirements.txt" },
        triggers,
      }),
    ),
  );

  test.each(lines.map((line, index) => [line.line, index] as const))("decides as modelled, %s %i", (_, index) => {
    const verdict = lines[index]!.workflow.jobs.find(({ id }) => id === "verdict")!;
    const [step] = verdict.steps;
    const random = randomFrom(index + 1);
    const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
    const outcomes = { success: 0, failure: 0 };
    for (let run = 0; run < 60; run += 1) {
      const mostly = pick(["success", "success", "skipped"]);
      const results = verdict.needs.map((id) => [
        id,
        random() < 0.9 ? mostly : pick(["failure", "cancelled", "skipped", ""]),
      ]);
      const inputs = {
        ...step!.env,
        RESULTS: results.map(([id, result]) => `${id} ${result}`).join("\n"),
        ...("DUE" in step!.env ? { DUE: pick(["true", "false", ""]) } : {}),
      };
      const summary = join(folder, `summary-${index}-${run}.md`);
      const { status } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", step!.run!], {
        env: { ...inputs, GITHUB_STEP_SUMMARY: summary, PATH: process.env.PATH },
      });
      const expected = verdictScript(inputs) as "success" | "failure";
      outcomes[expected] += 1;
      expect({ inputs, status }).toEqual({ inputs, status: expected === "success" ? 0 : 1 });
      const table = readFileSync(summary, "utf8");
      for (const id of verdict.needs) expect(table).toMatch(new RegExp(`^\\| ${id} \\| \\w[\\w ]* \\|$`, "m"));
    }
    expect(outcomes.success).toBeGreaterThan(0);
    expect(outcomes.failure).toBeGreaterThan(0);
  });
});
