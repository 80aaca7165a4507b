import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { temporaryFolder } from "../temporary-folder";
import { slipwayFromSources, SmallModelRepository } from "./small-model-repository";

const cache = temporaryFolder();

test("on a terminal, the last picture of the tree stands once above the closing report", () => {
  const repository = new SmallModelRepository(cache, {
    data: { kind: "file", path: "data/payments.csv", sample: null },
    commands: { lint: "true", test: "echo 2 tests failed; false", train: "true", predict: null },
    customStages: [{ name: "report", run: "true", after: ["lint", "test"], before: [], lines: ["review"] }],
  });
  try {
    const terminal = [join(__dirname, "terminal.py"), ...slipwayFromSources, "run", "--line", "review"];
    const { stdout, stderr, status } = spawnSync("python3", terminal, {
      cwd: repository.folder,
      env: { ...repository.env, TERM: "xterm" },
      encoding: "utf8",
    });
    expect({ status, stderr }).toEqual({ status: 3, stderr: "" });
    const lines = stdout.split("\n").map((line) => line.trimEnd().replace(/[\d.]+ s\b/, "… s"));
    const tree = lines.slice(0, 5).map((line) => line.replace(/ +/g, " "));
    expect(tree).toEqual([
      "payments (review) on this machine",
      expect.stringMatching(/^├─ ✓ python-environment … s( with Python .*)?$/),
      "├─ ✓ lint … s",
      "├─ ✗ test … s exit code 1: 2 tests failed",
      "└─ - report needs test",
    ]);
    expect(lines.slice(5, 8)).toEqual(["", "Refused", "  test: exit code 1: 2 tests failed"]);
    expect(lines.filter((line) => line.includes("on this machine"))).toHaveLength(1);
  } finally {
    repository.remove();
  }
});
