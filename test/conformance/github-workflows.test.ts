import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describeWith, goTool, pythonProgram } from "../tools";
import { loadWorkflowParser, type ParseWorkflow } from "./workflow-parser";
import { workflowVariants } from "./workflow-variants";

const files = workflowVariants();
const folder = mkdtempSync(join(tmpdir(), "slipway-workflows-"));

beforeAll(() => {
  for (const { path, text } of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describeWith(
  () => goTool("actionlint"),
  "actionlint",
  (actionlint) => {
    test(`reports nothing about ${files.length} workflows`, () => {
      const { stdout, status } = run(actionlint, ["-shellcheck=", "-pyflakes=", ...files.map(({ path }) => path)]);
      expect(stdout).toBe("");
      expect(status).toBe(0);
    });

    test("does report a job that needs one that is not there", () => {
      const bad = join(folder, "bad.yml");
      writeFileSync(bad, files[0]!.text.replace("needs:\n      - lint", "needs:\n      - lin"));
      expect(run(actionlint, [bad]).stdout).toContain("lin");
    });
  },
);

describeWith(
  () => pythonProgram("zizmor", "zizmor"),
  "zizmor, auditor persona, offline",
  (zizmor) => {
    test(`reports nothing about ${files.length} workflows`, () => {
      const { stdout, status } = run(zizmor, ["--offline", "--persona=auditor", "--format=json", "--no-progress", "."]);
      expect(JSON.parse(stdout)).toEqual([]);
      expect(status).toBe(0);
    });

    test("does report a checkout that leaves its token behind", () => {
      const bad = join(folder, "bad.yml");
      writeFileSync(bad, files[0]!.text.replace("persist-credentials: false", "persist-credentials: true"));
      const { stdout } = run(zizmor, ["--offline", "--persona=auditor", "--format=json", "--no-progress", bad]);
      expect(stdout).toContain("artipacked");
    });
  },
);

describe("GitHub's own parser", () => {
  let parse: ParseWorkflow;
  beforeAll(() => {
    parse = loadWorkflowParser(folder);
  });

  test.each(files.map(({ path, text }) => [path, text] as const))("accepts %s", async (path, text) => {
    expect(await parse(path, text)).toEqual([]);
  });

  test("does report a key that it does not know", async () => {
    const faults = await parse("bad.yml", files[0]!.text.replace("timeout-minutes:", "time-out:"));
    expect(faults.join("\n")).toContain("time-out");
  });
});

function run(program: string, args: readonly string[]): { stdout: string; status: number | null } {
  const { stdout, stderr, status, error } = spawnSync(program, args, {
    cwd: folder,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  if (stdout === "" && status !== 0) throw new Error(stderr);
  return { stdout, status };
}
