import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { DataContract } from "../../../lib/blueprint/contract/data-contract";
import { dataFile } from "../../../lib/runtime/data/data-file";
import { validateData } from "../../../lib/runtime/data/validate-data";
import { DuckDbSession } from "../../../lib/runtime/duckdb/session";
import { describeWith, pythonWith } from "../../tools";
import { DataFolder } from "./data-folder";
import { type FaultyCase, faultyCase, tableOfRows } from "./generated-contracts";

const folder = new DataFolder();
afterAll(() => {
  folder.remove();
});

type StoredCase = FaultyCase & { readonly data: string };

/** The same cases on every run, so that a disagreement can be looked at. */
const cases: Promise<readonly StoredCase[]> = Promise.all(
  fc.sample(faultyCase, { numRuns: 25, seed: 20 }).map(async (faulty, index) => {
    const json = join(folder.path, `rows-${index}.json`);
    writeFileSync(json, JSON.stringify(faulty.rows));
    mkdirSync(join(folder.path, String(index)));
    const { path } = await folder.parquet(tableOfRows(json), join(String(index), "claims.parquet"));
    return { ...faulty, data: path };
  }),
);

async function slipway({ contract, data }: StoredCase): Promise<Map<string, unknown>> {
  const report = await DuckDbSession.with({ temporary: folder.path, reads: [data] }, async (session) =>
    validateData(session, DataContract.fromDocument(contract), await dataFile(data), new Date()),
  );
  return new Map(report.checks.map((check) => [check.path, check.value]));
}

function oracle(python: string, script: string, given: readonly StoredCase[]): unknown[] {
  const file = join(folder.path, "cases.json");
  writeFileSync(file, JSON.stringify(given));
  const result = spawnSync(python, [join(__dirname, script), file], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (result.status !== 0) throw new Error(result.stderr);
  return JSON.parse(result.stdout.trim().split("\n").at(-1)!) as unknown[];
}

describeWith(
  () => pythonWith("oracle"),
  "pandera on polars",
  (python) => {
    test("counts the same breaking rows, check by check", async () => {
      const given = await cases;
      const answers = oracle(python, "pandera_oracle.py", given) as Record<string, number>[];
      for (const [index, faulty] of given.entries()) {
        const own = await slipway(faulty);
        expect(Object.keys(answers[index]!).length).toBeGreaterThan(10);
        for (const [place, value] of Object.entries(answers[index]!)) {
          expect([place, own.get(place)]).toEqual([place, value]);
        }
      }
    });
  },
);

describeWith(
  () => pythonWith("datacontract"),
  "datacontract-cli",
  (python) => {
    test("accepts the contracts and measures the same, check by check", async () => {
      const given = (await cases).slice(0, 10);
      const answers = oracle(python, "datacontract_oracle.py", given) as Record<string, unknown>[];
      for (const [index, faulty] of given.entries()) {
        const own = await slipway(faulty);
        const { lint, unmapped, ...measured } = answers[index]!;
        expect([lint, unmapped]).toEqual(["passed", []]);
        expect(Object.keys(measured).length).toBeGreaterThan(10);
        for (const [place, value] of Object.entries(measured)) {
          expect([place, own.get(place)]).toEqual([place, value]);
        }
      }
    });
  },
);
