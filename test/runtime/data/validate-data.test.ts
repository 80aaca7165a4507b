import { DataContract } from "../../../lib/blueprint/contract/data-contract";
import type { DataFile } from "../../../lib/runtime/data/data-file";
import { type ContractReport, validateData } from "../../../lib/runtime/data/validate-data";
import { DuckDbSession } from "../../../lib/runtime/duckdb/session";
import { type ClaimsDocument, claimsContract, property } from "../../blueprint/contract/contracts";
import { DataFolder } from "./data-folder";

const now = new Date("2024-06-01T00:00:00Z");
const folder = new DataFolder();
afterAll(() => {
  folder.remove();
});

async function report(file: DataFile, change?: (document: ClaimsDocument) => void): Promise<ContractReport> {
  const contract = DataContract.fromDocument(claimsContract(change));
  return DuckDbSession.with({ temporary: folder.path, reads: [file.path] }, (session) =>
    validateData(session, contract, file, now),
  );
}

function broken(found: ContractReport): Record<string, number | boolean | null> {
  return Object.fromEntries(
    found.checks.filter((check) => check.outcome !== "passed").map((check) => [check.name, check.value]),
  );
}

const rows = `SELECT i // 2 AS person, i % 2 + 1 AS year, i * 1.5 AS cost, 'AB' || i AS plan,
  i % 2 AS female, 20.0 + i AS age, i AS visits FROM range(40) t(i)`;

function claims(change: string): Promise<DataFile> {
  return folder.parquet(`SELECT * REPLACE (${change}) FROM (${rows})`);
}

test("data that keeps its contract passes every check", async () => {
  const found = await report(await folder.parquet(rows));
  expect(broken(found)).toEqual({});
  expect(found).toMatchObject({ outcome: "passed", rows: 40, unknownColumns: [] });
});

test.each<[string, string, Record<string, number | null>]>([
  ["nulls in a required column", "if(visits < 3, NULL, cost) AS cost", { "cost is not null": 3 }],
  ["values below the minimum", "cost - 3 AS cost", { "cost is at least 0": 2 }],
  ["values at an exclusive maximum", "if(visits < 4, 120, age) AS age", { "age is less than 120": 4 }],
  ["texts that are too long", "plan || '00000' AS plan", { "plan has at most 6 characters": 40 }],
  ["texts of another form", "if(visits = 7, 'ab7', plan) AS plan", { "plan matches ^[A-Z]{2}\\d+$": 1 }],
  ["a key twice", "if(visits < 2, 0, year) AS year", { "primary key (person, year) is unique": 1 }],
  ["fractions in an integer column", "visits + 0.25 AS visits", { "visits is of type integer": 40 }],
  [
    "not a number",
    "if(visits = 1, 'nan'::DOUBLE, age) AS age",
    { "age is of type number": 1, "age is less than 120": 1 },
  ],
  ["text in a number column", "age::VARCHAR AS age", { "age is of type number": 40, "age is at least 0": null, "age is less than 120": null }], // prettier-ignore
])("%s are counted where they are", async (_what, change, expected) => {
  const found = await report(await claims(change));
  expect(broken(found)).toEqual(expected);
  expect(found.outcome).toBe("refused");
});

test("a renamed column is named; its other checks say why they cannot be measured", async () => {
  const found = await report(await folder.parquet(`SELECT * RENAME (plan AS tariff) FROM (${rows})`));
  expect(found.unknownColumns).toEqual(["tariff"]);
  expect(found.checks.filter((check) => check.outcome === "failed").map((check) => check.name)).toEqual([
    "column plan is present",
    "plan is of type string",
    "plan matches ^[A-Z]{2}\\d+$",
    "plan has at most 6 characters",
  ]);
});

test("reports carry masked keys and never a value", async () => {
  const file = await claims("if(visits = 7, 'secret-7', plan) AS plan, person + 123456 AS person");
  const text = JSON.stringify(await report(file));
  expect(text).toContain('"***9/***"');
  expect(text).not.toMatch(/secret|123459/);
});

test("CSV is read by the contract's types, not guessed", async () => {
  const file = await folder.csv(
    "person,year,cost,plan,female,age,visits\n" +
      '1,1,1.5,AB1,1,,2\n1,2,x,AB2,1,30,2.0\n01,3,1e2,"",0,nan,1_000\n,1,0,AB1,0,30,0x1F\n',
  );
  expect(broken(await report(file, (document) => delete document.schema[0]!.quality))).toEqual({
    "person is not null": 1,
    "cost is of type number": 1,
    "plan matches ^[A-Z]{2}\\d+$": 1,
    "age is of type number": 1,
    "visits is of type integer": 3,
  });
});

test("a damaged file is refused without quoting it", async () => {
  const file = await folder.csv(`person,year\n${"1,2\n".repeat(50)}"secret,3\n`);
  await expect(report(file)).rejects.toThrow(/cannot be read as csv/);
  await expect(report(file)).rejects.not.toThrow(/secret/);
});

describe("quality rules", () => {
  const age =
    (...rules: Record<string, unknown>[]) =>
    (document: ClaimsDocument): void => {
      property(document, "age").quality = rules;
    };

  test("count, share, placeholder, list of values, duplicates and queries", async () => {
    const file = await claims("if(visits < 4, NULL, if(visits = 9, -1, age)) AS age");
    const found = await report(
      file,
      age(
        { name: "nulls", metric: "nullValues", mustBeLessThan: 4 },
        { name: "share", metric: "nullValues", unit: "percent", mustBeLessOrEqualTo: 9 },
        { name: "placeholder", metric: "missingValues", arguments: { missingValues: [-1] }, mustBe: 0 },
        { name: "listed", metric: "invalidValues", arguments: { validValues: [30, 31] }, mustBeBetween: [1, 5] },
        { name: "duplicates", metric: "duplicateValues", mustNotBe: 1 },
        { name: "query", type: "sql", query: "SELECT count(*) FROM {object} WHERE {property} > 50", mustBe: 9 },
        { name: "boolean", type: "sql", query: "SELECT max(age) < 50 FROM claims;", mustBe: true },
        { name: "hint", metric: "nullValues", mustBe: 0, severity: "warning" },
      ),
    );
    expect(broken(found)).toEqual({
      nulls: 4,
      share: 10,
      placeholder: 5,
      listed: 34,
      duplicates: 1,
      boolean: false,
      hint: 4,
      "age is at least 0": 1,
    });
    expect(found.checks.find((check) => check.name === "hint")?.outcome).toBe("warned");
  });

  test.each([
    ["SELECT 1, 2", "gives 2 columns"],
    ["SELECT age FROM claims", "gives several rows"],
    ["SELECT 'many'", "neither a number nor a boolean"],
    ["SELECT nothing FROM claims", "Binder Error"],
    ["SELECT CAST(plan AS INTEGER) FROM claims", "the query ended with Conversion Error"],
    ["SELECT count(*) FROM 'x' ", null],
    ["SELECT NULL", "neither a number nor a boolean"],
  ])("a query that gives no answer fails its check: %s", async (query, reason) => {
    const file = await folder.parquet(rows);
    const attempt = report(file, age({ name: "query", type: "sql", query, mustBe: 1 }));
    if (reason === null) return expect(attempt).rejects.toThrow("reads a file");
    const check = (await attempt).checks.find((each) => each.name === "query");
    expect(check).toMatchObject({ outcome: "failed", value: null });
    expect(check?.reason).toContain(reason);
    expect(check?.reason).not.toContain("AB0");
  });

  test("freshness and retention are measured from now", async () => {
    const file = await folder.parquet(
      `SELECT *, TIMESTAMP '2024-05-30 00:00:00' - to_days(visits::INTEGER) AS seen FROM (${rows})`,
    );
    const change = (document: ClaimsDocument): void => {
      document.schema[0]!.properties.push({ name: "seen", logicalType: "timestamp" });
      document.slaProperties = [
        { property: "freshness", value: 1, unit: "d", element: "claims.seen" },
        { property: "latency", value: "P2D", element: "claims.seen" },
        { property: "retention", value: 41, unit: "d", element: "claims.seen" },
      ];
    };
    expect(Object.keys(broken(await report(file, change)))).toEqual(["newest seen is at most 86400 seconds old"]);
  });
});
