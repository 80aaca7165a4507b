import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { DataSource, Stage, Training } from "../../../lib/index";
import { checkPipeline } from "../../../lib/blueprint/pipeline/check-pipeline";
import { pipelineDocument } from "../../../lib/blueprint/pipeline/pipeline-props";
import { bashWord } from "../../../lib/renderers/github/bash";
import { renderWorkflows } from "../../../lib/renderers/github/render-workflows";
import { truthy, type Scope } from "./actions-model/expression";
import { readWorkflow, type FileStep, type WorkflowFile } from "./actions-model/workflow-file";
import { OPTIONS } from "./soundness/soundness";

const SPECIAL = [
  "${{",
  "}}",
  "'",
  '"',
  "$(id)",
  "`id`",
  "${",
  "%{",
  "\\",
  "\n",
  "\n\n",
  " ",
  "\t",
  "#",
  ": ",
  "- ",
  "| ",
  "é",
  "🚢",
  "\u2028",
  "\ufeff",
  "{{",
  "'''",
  "!!",
  "<<EOF",
  "*",
  "&a",
  "?",
];

const foreign = fc
  .array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...SPECIAL) },
      { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
    ),
  )
  .map((parts) => parts.join(""));

interface Texts {
  readonly command: string;
  readonly folder: string;
  readonly branch: string;
}

const PLAIN: Texts = { command: "make check", folder: "plain", branch: "main" };

function workflowsWith({ command, folder, branch }: Texts): readonly WorkflowFile[] | null {
  const pipeline = pipelineDocument("risk", {
    train: Training.command(command, { predict: command }),
    data: DataSource.command(command, { output: "data.csv", sample: folder }),
    python: { version: "3.12", manager: "pip", lockFile: `${folder}.txt` },
    root: folder,
    lint: command,
    test: command,
    stages: [Stage.command("custom-check", command)],
  });
  if (checkPipeline(pipeline).length > 0) return null;
  return renderWorkflows({ pipeline, defaultBranch: branch }, OPTIONS).map(({ text }) => readWorkflow(text));
}

const NO_SCOPE: Scope = { contexts: {}, status: { always: true, cancelled: false, failure: false, success: true } };

/** The program that bash gets from a step, after GitHub has put values in. */
function programOf(step: FileStep): string {
  return step.run === 'bash -eo pipefail -c "$COMMAND"\n' ? step.inputs.COMMAND!(NO_SCOPE) : step.run!;
}

const isUsers = ({ name }: FileStep): boolean => ["Lint", "Unit tests", "custom-check"].includes(name);

describe("text that users write, whatever it contains", () => {
  test("commands reach bash as they were written, folders and branches arrive as they are", () => {
    let rendered = 0;
    fc.assert(
      fc.property(foreign, foreign, foreign, (command, folder, branch) => {
        const workflows = workflowsWith({ command, folder, branch });
        if (workflows === null) return;
        rendered += 1;
        for (const workflow of workflows) {
          for (const step of workflow.jobs.flatMap(({ steps }) => steps).filter(isUsers)) {
            expect([command, `${command}\n`]).toContain(programOf(step));
          }
          for (const step of workflow.jobs.flatMap(({ steps }) => steps).filter(({ env }) => "LOCK_FILE" in env)) {
            expect(step.inputs.LOCK_FILE!(NO_SCOPE).endsWith(`${folder.split("/").at(-1)!}.txt`)).toBe(true);
          }
        }
        const { condition } = workflows[1]!.jobs.find(({ id }) => id === "lint")!;
        const on = (ref: string): boolean =>
          truthy(condition!.evaluate({ ...NO_SCOPE, contexts: { github: { ref } } }));
        expect([on(`refs/heads/${branch}`), on("refs/heads/something-else")]).toEqual([true, false]);
      }),
      { numRuns: 200 },
    );
    expect(rendered).toBeGreaterThan(50);
  });

  test("no script besides the user's own commands changes with it", () => {
    const scripts = (workflows: readonly WorkflowFile[]): readonly (string | null)[] =>
      workflows.flatMap(({ jobs }) =>
        jobs.flatMap(({ steps }) => steps.filter((step) => !isUsers(step)).map(({ run }) => run)),
      );
    const plain = scripts(workflowsWith(PLAIN)!);
    fc.assert(
      fc.property(foreign, foreign, (command, folder) => {
        const workflows = workflowsWith({ command, folder, branch: "main" });
        if (workflows !== null) expect(scripts(workflows)).toEqual(plain);
      }),
      { numRuns: 200 },
    );
  });

  test("run for real, a command is handed its words byte for byte", () => {
    fc.assert(
      fc.property(foreign, (text) => {
        const workflows = workflowsWith({ ...PLAIN, command: `printf %s ${bashWord(text)}` });
        if (workflows === null) return;
        const step = workflows[0]!.jobs.flatMap(({ steps }) => steps).find(isUsers)!;
        const env = Object.fromEntries(Object.keys(step.env).map((name) => [name, step.inputs[name]!(NO_SCOPE)]));
        const { stdout, status } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.run!], {
          env: { ...env, PATH: process.env.PATH, LC_ALL: "C.UTF-8" },
        });
        expect({ status, text: stdout.toString("utf8") }).toEqual({ status: 0, text });
      }),
      { numRuns: 60 },
    );
  });
});
