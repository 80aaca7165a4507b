import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CustomStage } from "../../../lib/blueprint/pipeline/pipeline-document";
import { temporaryFolder } from "../temporary-folder";
import { SmallModelRepository } from "./small-model-repository";

const cache = temporaryFolder();
let repository: SmallModelRepository;

afterEach(() => {
  repository.remove();
});

function stage(name: string, run: string, after: readonly string[]): CustomStage {
  return { name, run, after, before: [], lines: ["review"] };
}

/** Lint, test and two stages of the user's own: processes without any hand-off. */
function checksOnly(): SmallModelRepository {
  return new SmallModelRepository(cache, {
    data: { kind: "file", path: "data/payments.csv", sample: null },
    commands: { lint: "true", test: "test ! -e broken", train: "true", predict: null },
    customStages: [stage("licences", "true", ["lint"]), stage("report", "true", ["test", "licences"])],
  });
}

describe("checks without data", () => {
  beforeEach(() => {
    repository = checksOnly();
  });

  test("are all kept while nothing changes, in the same run folder", async () => {
    const first = await repository.report(["--line", "review"]);
    const again = await repository.report(["--line", "review", "--resume"]);
    expect(first.outcome).toBe("passed");
    expect(first.states).toMatchObject({ lint: "passed", test: "passed", licences: "passed", report: "passed" });
    expect(again.states).toMatchObject({ lint: "kept", test: "kept", licences: "kept", report: "kept" });
    expect(again.run).toBe(first.run);
  });

  test("run again after a change of the code, committed or not", async () => {
    await repository.report(["--line", "review"]);
    repository.write({ "train.py": "print('new')\n" });
    const uncommitted = await repository.report(["--line", "review", "--resume"]);
    expect(uncommitted.states).toMatchObject({ lint: "passed", test: "passed", report: "passed" });
    repository.commit();
    const committed = await repository.report(["--line", "review", "--resume"]);
    expect(committed.states).toMatchObject({ lint: "kept", test: "kept", report: "kept" });
  });

  test("are kept after a change of what git ignores", async () => {
    await repository.report(["--line", "review"]);
    repository.write({ ".slipway-store/note": "not the repository's" });
    const { states } = await repository.report(["--line", "review", "--resume"]);
    expect(states).toMatchObject({ lint: "kept", test: "kept" });
  });

  test("run again after a change of the manifest, even one that is none of theirs", async () => {
    await repository.report(["--line", "review"]);
    repository.deliver({ timeoutMinutes: { train: 7 } });
    const { states } = await repository.report(["--line", "review", "--resume"]);
    expect(states).toMatchObject({ lint: "passed", test: "passed", licences: "passed", report: "passed" });
  });

  test("of a run that failed go on where it stopped, with what was not done", async () => {
    repository.write({ ".gitignore": ".slipway-run/\nbroken\n", broken: "" });
    const failed = await repository.report(["--line", "review"]);
    expect(failed.outcome).toBe("refused");
    expect(failed.states).toMatchObject({ lint: "passed", test: "failed", licences: "passed", report: "skipped" });
    rmSync(join(repository.folder, "broken"));
    const resumed = await repository.report(["--line", "review", "--resume"]);
    expect(resumed.states).toMatchObject({ lint: "kept", test: "passed", licences: "kept", report: "passed" });
  });

  test("have no run to resume when its record is cut off", async () => {
    const { run } = await repository.report(["--line", "review"]);
    writeFileSync(join(run, "run.json"), '{"pipeline": "pay');
    const { exitCode, stderr } = await repository.run(["--line", "review", "--resume"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("has no earlier review run");
  });

  test("of a review are nothing that a delivery could go on with", async () => {
    await repository.report(["--line", "review"]);
    const { exitCode, stderr } = await repository.run(["--resume", "--only", "lint"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("has no earlier delivery run");
  });

  test("of a new run start anew, in a folder of its own", async () => {
    const first = await repository.report(["--line", "review"]);
    const second = await repository.report(["--line", "review"]);
    expect(second.states.lint).toBe("passed");
    expect(second.run).not.toBe(first.run);
  });

  test("are run alone, with what they need, when asked for", async () => {
    const { states } = await repository.report(["--line", "review", "--only", "licences"]);
    expect(Object.keys(states).sort()).toEqual(["licences", "lint", "python-environment"]);
  });

  test("that were not asked for are remembered for the next resume", async () => {
    await repository.report(["--line", "review"]);
    await repository.report(["--line", "review", "--resume", "--only", "lint"]);
    const { states } = await repository.report(["--line", "review", "--resume"]);
    expect(states).toMatchObject({ lint: "kept", test: "kept", report: "kept" });
  });

  test("that do not exist are bad input that lists those that do, and nothing is made", async () => {
    const { exitCode, stderr } = await repository.run(["--line", "review", "--only", "linting"]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("linting");
    expect(stderr).toContain("lint, test");
    expect(existsSync(join(repository.folder, ".slipway-run"))).toBe(false);
  });
});

test("an approval of an environment that does not exist is bad input", async () => {
  repository = checksOnly();
  const { exitCode, stderr } = await repository.run(["--approve", "prod"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("Name one of staging, production.");
});

describe("a review of the sample", () => {
  beforeEach(() => {
    repository = new SmallModelRepository(cache, {}, [
      { kind: "absolute", metric: "auc", comparison: "atLeast", limit: 0.7, on: "estimate", slice: null },
    ]);
  });

  test("goes as far as an unsigned gate, without server, store or key, and keeps what follows from the same inputs", async () => {
    const first = await repository.report(["--line", "review"]);
    expect(first).toMatchObject({ outcome: "passed", assurance: "laptop" });
    expect(Object.keys(first.states)).toEqual(expect.arrayContaining(["acquire", "split", "train", "predict", "gate"]));
    expect(Object.keys(first.states)).not.toEqual(expect.arrayContaining(["mlflow-server"]));
    expect(existsSync(join(repository.folder, ".slipway-store"))).toBe(false);
    expect(readdirSync(join(first.run, "work", "evidence"))).not.toContain("evidence.dsse.json");

    // A changed hand-off is made again from its giver on; what it says is the same, so what follows from it is kept.
    writeFileSync(join(first.run, "work", "model", "score.sql"), "-x");
    const repaired = await repository.report(["--line", "review", "--resume"]);
    expect(repaired.states).toMatchObject({
      acquire: "kept",
      split: "kept",
      train: "passed",
      predict: "kept",
      gate: "kept",
    });

    // Code that makes another model changes everything after it.
    repository.write({ "score.sql": "-x" });
    const changed = await repository.report(["--line", "review", "--resume"]);
    expect(changed.states).toMatchObject({
      "validate-data": "kept",
      train: "passed",
      predict: "passed",
      gate: "passed",
    });
  });

  test("prints one document with --json, and its last words as text without", async () => {
    const { stdout, stderr, exitCode } = await repository.run(["--line", "review"]);
    expect({ exitCode, error: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, error: "" });
    for (const heading of ["Passed", "Assurance: laptop", "Where to look", "What to do next"]) {
      expect(stdout).toContain(heading);
    }
    expect(stderr).toMatch(/^train +running$/m);
    expect(stderr).toMatch(/^train +[\d.]+ s +passed$/m);
    expect(stdout + stderr).not.toContain("\u001b[");
  });
});
