import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { DataContract } from "../../../lib/blueprint/contract/data-contract";
import { validateData } from "../../../lib/runtime/data/validate-data";
import { DuckDbSession } from "../../../lib/runtime/duckdb/session";
import { DataFolder } from "./data-folder";
import { type FaultyCase, faultyCase, tableOfRows } from "./generated-contracts";

const folder = new DataFolder();
afterAll(() => {
  folder.remove();
});

/** What the checker finds: breaking rows (or repeated values) by place, only where there are any. */
async function found(file: Awaited<ReturnType<DataFolder["csv"]>>, { contract }: FaultyCase): Promise<object> {
  const read = DataContract.fromDocument(contract);
  const report = await DuckDbSession.with({ temporary: folder.path, reads: [file.path] }, (session) =>
    validateData(session, read, file, new Date()),
  );
  return Object.fromEntries(
    report.checks.filter((check) => check.outcome !== "passed").map((check) => [check.path, check.value]),
  );
}

test("the checker finds exactly the injected faults, in Parquet and in CSV", async () => {
  await fc.assert(
    fc.asyncProperty(faultyCase, async (faulty) => {
      const json = join(folder.path, "rows.json");
      writeFileSync(json, JSON.stringify(faulty.rows));
      expect(await found(await folder.parquet(tableOfRows(json)), faulty)).toEqual(faulty.expected);
      const names = Object.keys(faulty.rows[0]!);
      const lines = faulty.rows.map((row) => names.map((name) => cellText(row[name])).join(","));
      expect(await found(await folder.csv(`${[names.join(","), ...lines].join("\n")}\n`), faulty)).toEqual(
        faulty.expected,
      );
    }),
    { numRuns: 40 },
  );
});

function cellText(cell: unknown): string {
  return typeof cell === "string" || typeof cell === "number" ? String(cell) : "";
}
