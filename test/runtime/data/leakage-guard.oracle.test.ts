import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DataContract } from "../../../lib/blueprint/contract/data-contract";
import { splitData } from "../../../lib/runtime/data/split";
import { DuckDbSession } from "../../../lib/runtime/duckdb/session";
import { claimsContract, property } from "../../blueprint/contract/contracts";
import { describeWith, pythonWith } from "../../tools";
import { DataFolder } from "./data-folder";

const folder = new DataFolder();
afterAll(() => {
  folder.remove();
});

/** Features with ties, gaps, times and repeated and unique texts; the cost follows some of them. */
const rows = `SELECT p AS person, 1 AS year, 0 AS female, 0 AS visits,
  if(hash(p) % 7 = 0, NULL, (hash(p * 3) % 40)::DOUBLE) AS age,
  'AB' || (hash(p * 5) % 12) AS plan,
  'N' || p AS note,
  DATE '2024-01-01' + to_days((hash(p * 11) % 50)::INTEGER) AS since,
  (hash(p * 3) % 40) + 30 * (hash(p * 5) % 12) + hash(p * 13) % 300 + hash(p * 11) % 50 AS cost
  FROM range(4000) t(p)`;

describeWith(
  () => pythonWith("oracle"),
  "the leakage guard against scikit-learn",
  (python) => {
    test.each([0.1, null])("the strengths of features are ROC AUCs to 1e-9 (top fraction %s)", async (topFraction) => {
      const file = await folder.parquet(rows);
      const contract = DataContract.fromDocument(
        claimsContract((document) => {
          document.schema[0]!.properties.push({ name: "note", logicalType: "string" });
          document.schema[0]!.properties.push({ name: "since", logicalType: "date" });
          const custom = property(document, "cost").customProperties as unknown[];
          if (topFraction !== null) custom.push({ property: "slipwayTopFraction", value: topFraction });
        }),
      );
      const base = join(folder.path, String(topFraction));
      mkdirSync(base);
      const folders = { training: join(base, "t"), features: join(base, "f"), labels: join(base, "l") };
      const { strengths } = await DuckDbSession.with(
        { temporary: folder.path, reads: [file.path], writes: [base] },
        (session) => splitData(session, contract, file, { fraction: 0.25, from: null, seed: 3 }, folders),
      );
      const script = join(__dirname, "leakage_oracle.py");
      const result = spawnSync(python, [script, join(folders.training, "training.parquet")], { encoding: "utf8" });
      const expected = JSON.parse(result.stdout) as Record<string, number>;
      expect(strengths.map((each) => each.column).sort()).toEqual(Object.keys(expected).sort());
      for (const { column, auc } of strengths) expect(Math.abs(auc! - expected[column]!)).toBeLessThan(1e-9);
      expect(strengths.find((each) => each.column === "plan")!.auc).toBeGreaterThan(0.6);
      expect(strengths.find((each) => each.column === "note")!.auc).toBeLessThan(0.55);
    });
  },
);
