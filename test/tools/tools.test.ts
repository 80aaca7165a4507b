import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildOnce } from "./build-once";
import { describeWith, goTool, pythonWith } from ".";

describe("buildOnce", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "slipway-build-once-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("builds once, however often it is asked", () => {
    let builds = 0;
    for (let asked = 0; asked < 3; asked++) {
      buildOnce(join(folder, "tool"), () => {
        builds++;
        execFileSync("mkdir", [join(folder, "tool")]);
      });
    }
    expect(builds).toBe(1);
  });

  it("does not take a failed build for complete, and leaves no lock", () => {
    const tool = join(folder, "tool");
    expect(() => {
      buildOnce(tool, () => {
        throw new Error("no network");
      });
    }).toThrow("no network");
    expect(existsSync(`${tool}.lock`)).toBe(false);
    buildOnce(tool, () => execFileSync("mkdir", [tool]));
    expect(existsSync(join(tool, ".complete"))).toBe(true);
  });

  it("lets parallel workers build one after the other, never twice", async () => {
    const log = join(folder, "log");
    const script = `
      const { buildOnce } = require(${JSON.stringify(join(__dirname, "build-once.ts"))});
      const { appendFileSync, mkdirSync } = require("node:fs");
      buildOnce(${JSON.stringify(join(folder, "tool"))}, () => {
        mkdirSync(${JSON.stringify(join(folder, "tool"))});
        appendFileSync(${JSON.stringify(log)}, "built\\n");
      });`;
    const workers = [1, 2, 3, 4].map(
      () =>
        new Promise<number | null>((resolve) => {
          spawn(process.execPath, ["--import", "tsx", "-e", script], { stdio: "inherit" }).on("exit", resolve);
        }),
    );
    expect(await Promise.all(workers)).toEqual([0, 0, 0, 0]);
    expect(readFileSync(log, "utf8")).toBe("built\n");
  });
});

describeWith(
  () => pythonWith("oracle"),
  "the oracle environment",
  (python) => {
    it("has the packages that tests compare with", () => {
      const script = "import fairlearn, pandas, pandera, polars, pyarrow, scipy, sklearn; print(sklearn.__version__)";
      expect(execFileSync(python, ["-c", script], { encoding: "utf8" })).toMatch(/^1\./);
    });
  },
);

describeWith(
  () => goTool("actionlint"),
  "actionlint",
  (actionlint) => {
    it("is the pinned version's", () => {
      expect(execFileSync(actionlint, ["-version"], { encoding: "utf8" })).toContain("v1.7.12");
    });
  },
);
