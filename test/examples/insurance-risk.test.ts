import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Testing } from "cdktf";
import { InvalidInputError, Packaging } from "slipway";
import { InsuranceRiskDelivery, policy } from "../../examples/insurance-risk/main";
import { plannedFiles, planTree, type Plan } from "../../examples/insurance-risk/plan-tree";
import { DataContract } from "../../lib/blueprint/contract/data-contract";
import { JobRuntime } from "../../lib/constructs/pipeline/job-runtime";
import { validateData } from "../../lib/runtime/data/validate-data";
import { DuckDbSession } from "../../lib/runtime/duckdb/session";
import { RUNTIME } from "../constructs/a-program";
import { DataFolder } from "../runtime/data/data-folder";

const EXAMPLE = "examples/insurance-risk";
const REPOSITORY = join(EXAMPLE, "repository");
const read = (path: string): string => readFileSync(join(REPOSITORY, path), "utf8");

/** The example vendors a tarball that a build has to make first; here jobs install what the other tests' jobs do. */
beforeAll(() => {
  jest.spyOn(JobRuntime, "vendored").mockReturnValue(RUNTIME);
});

function synthesized(): Plan {
  return JSON.parse(Testing.synth(new InsuranceRiskDelivery(Testing.app(), "insurance-risk-delivery"), true)) as Plan;
}

describe("the program", () => {
  test("has at most 100 lines", () => {
    expect(readFileSync(join(EXAMPLE, "main.ts"), "utf8").trimEnd().split("\n").length).toBeLessThanOrEqual(100);
  });

  test("synthesizes the same plan each time", () => {
    const plan = synthesized();
    // How long the files are is the renderers' business.
    expect(planTree(plan).replace(/\d+ KiB/g, "KiB")).toMatchSnapshot();
    expect(plannedFiles(plan)).toEqual(plannedFiles(synthesized()));
  });

  test("delivers with a difference where one is given", () => {
    const repository = "eu.registry.acme.example/insurance-risk";
    const packaging = Packaging.image({ base: `python:3.11@sha256:${"1".repeat(64)}`, repository });
    const { pipeline } = new InsuranceRiskDelivery(Testing.app(), "elsewhere", { packaging });
    expect(pipeline.manifest.pipeline.packaging).toMatchObject({ repository });
    expect(pipeline.manifest.policy).toEqual(policy.toDocument());
  });

  test("names no group as a feature that its policy protects", () => {
    const contract = DataContract.parse(read("contracts/claims.odcs.yaml"), "claims");
    const groups = policy.gate.fairness.map(({ group }) => group);
    expect(new Set(groups)).toEqual(new Set(["female", "black"]));
    for (const group of groups) expect(contract.roles.features).not.toContain(group);
  });
});

describe("the contract", () => {
  const contract = DataContract.parse(read("contracts/claims.odcs.yaml"), "claims");

  test("describes all 45 columns, in the order of the data", () => {
    const header = read("data/sample.csv").split("\n")[0]!.split(",");
    expect(contract.columns.map(({ name }) => name)).toEqual(header);
    expect(header).toHaveLength(45);
  });

  test("keeps everything that is known only afterwards away from the features", () => {
    const leaking =
      "meddol outpdol inpdol drugdol suppdol mentdol totadm inpmis mdvis notmdvis mentvis binexp lnmeddol time";
    for (const column of leaking.split(" ")) expect(contract.roles.features).not.toContain(column);
    expect(contract.roles.target).toEqual({ column: "meddol", topFraction: 0.1 });
  });

  test("keeps away what tells a protected attribute by its definition", () => {
    for (const column of ["female", "black", "fchild", "zper"]) expect(contract.roles.features).not.toContain(column);
  });

  test("is refused when a check is written that nothing could run", () => {
    const text = read("contracts/claims.odcs.yaml").replace("metric: rowCount", "metric: rowsOnTuesdays");
    expect(() => DataContract.parse(text, "claims")).toThrow(InvalidInputError);
  });
});

test("every requirement is locked by hashes, and no address of an index stands anywhere", () => {
  const lock = read("requirements.txt");
  const requirements = lock
    .replace(/\\\n/g, " ")
    .split("\n")
    .filter((line) => /^[a-z]/.test(line));
  expect(requirements.length).toBeGreaterThan(30);
  for (const requirement of requirements) expect(requirement).toContain("--hash=sha256:");
  expect(lock).not.toMatch(/index-url|https?:\/\/(?!docs|github)/);
});

describe("the invented sample", () => {
  const folder = new DataFolder();
  afterAll(() => {
    folder.remove();
  });

  async function brokenChecks(text: string): Promise<readonly string[]> {
    const file = await folder.csv(text, "sample.csv");
    const contract = DataContract.parse(read("contracts/claims.odcs.yaml"), "claims");
    const report = await DuckDbSession.with({ temporary: folder.path, reads: [file.path] }, (session) =>
      validateData(session, contract, file, new Date("2024-06-01T00:00:00Z")),
    );
    return report.checks.filter(({ outcome }) => outcome !== "passed").map(({ name }) => name);
  }

  /** The sample with one cell of its first row changed. */
  function withCell(column: string, value: string): string {
    const [header = "", first = "", ...rest] = read("data/sample.csv").split("\n");
    const cells = first.split(",");
    cells[header.split(",").indexOf(column)] = value;
    return [header, cells.join(","), ...rest].join("\n");
  }

  test("keeps the contract", async () => {
    expect(await brokenChecks(read("data/sample.csv"))).toEqual([]);
  });

  test.each([
    ["a negative cost", "outpdol", "-5"],
    ["a site that does not exist", "site", "7"],
    ["a coinsurance rate no plan has", "coins", "30"],
    ["a missing age", "xage", ""],
    ["a girl who is neither", "fchild", "1"],
    ["a person whose sex changes", "female", "0"],
    ["expenses without their sign", "binexp", "0"],
    ["the same person-year twice", "year", "2"],
    ["text where a number belongs", "income", "plenty"],
  ])("is refused with %s", async (_, column, value) => {
    expect(await brokenChecks(withCell(column, value))).not.toEqual([]);
  });

  test("is refused without one of its columns", async () => {
    expect(await brokenChecks(read("data/sample.csv").replace("disea", "disease"))).not.toEqual([]);
  });
});
