import { stringify } from "yaml";
import { DataContract } from "../../../lib/blueprint/contract/data-contract";
import { InvalidInputError, type Problem } from "../../../lib/blueprint/problems";
import { type ClaimsDocument, claimsContract, property, role } from "./contracts";

function problemsOf(change: (document: ClaimsDocument) => void): readonly Problem[] {
  try {
    DataContract.fromDocument(claimsContract(change));
  } catch (error) {
    if (error instanceof InvalidInputError) return error.problems;
    throw error;
  }
  return [];
}

function pathsOf(change: (document: ClaimsDocument) => void): readonly string[] {
  return problemsOf(change).map((problem) => problem.path);
}

describe("a contract that can be checked", () => {
  const contract = DataContract.fromDocument(claimsContract());

  test("gives its columns, its table and every check with the place that declares it", () => {
    expect(contract.table).toBe("claims");
    expect(contract.columns.map((column) => column.name)).toEqual(
      ["person", "year", "cost", "plan", "female", "age", "visits"], // prettier-ignore
    );
    expect(contract.checks.map((check) => `${check.path}: ${check.name}`)).toMatchSnapshot();
  });

  test("gives the roles of its columns", () => {
    expect(contract.roles).toEqual({
      target: { column: "cost", topFraction: null },
      groupKey: "person",
      time: "year",
      protected: ["female"],
      slices: [],
      outcomes: ["visits"],
      identifiers: [],
      features: ["plan", "age"],
    });
  });

  test("reads the same from YAML, JSON and a document, and digests what it says, not how", () => {
    const document = claimsContract();
    const reversed = Object.fromEntries(Object.entries(document).reverse());
    const digests = [
      DataContract.parse(JSON.stringify(document), "c.json").digest,
      DataContract.parse(stringify(reversed), "c.yaml").digest,
      contract.digest,
    ];
    expect(new Set(digests).size).toBe(1);
    expect(DataContract.fromDocument(claimsContract((d) => (d.version = "1.0.1"))).digest).not.toBe(digests[0]);
  });

  test("accepts what is no check: team, price, support, roles, relationships, other service levels", () => {
    const paths = pathsOf((document) => {
      document.team = { name: "claims", members: [{ username: "ada" }] };
      document.price = { priceAmount: 10, priceCurrency: "EUR", priceUnit: "GB" };
      document.support = [{ channel: "chat", url: "https://chat.example.com/claims" }];
      document.roles = [{ role: "reader", access: "read" }];
      document.slaProperties = [{ property: "availability", value: 99.9, unit: "percent" }];
    });
    expect(paths).toEqual([]);
  });

  test.each([true, false])("a feature follows slipwayFeature: %s", (feature) => {
    const roles = DataContract.fromDocument(
      claimsContract((document) => {
        for (const name of ["female", "age"]) {
          const given = property(document, name);
          const custom = (given.customProperties ?? []) as unknown[];
          given.customProperties = [...custom, { property: "slipwayFeature", value: feature }];
        }
      }),
    ).roles;
    expect(roles.features).toEqual(feature ? ["plan", "female", "age"] : ["plan"]);
    expect(roles.protected).toEqual(["female"]);
  });
});

describe("what is wrong with a contract", () => {
  test("is told all at once: the standard's schema, checks that cannot be run, roles", () => {
    const problems = problemsOf((document) => {
      delete document.id;
      Object.assign(property(document, "cost"), { customProperties: [] });
      Object.assign(property(document, "age"), role("protectd"));
      property(document, "plan").logicalTypeOptions = { pattern: "^(?=A)" };
      property(document, "visits").quality = [{ type: "text", description: "is plausible" }];
    });
    expect(problems.map((problem) => problem.path).sort()).toEqual([
      "id",
      "schema[0].properties",
      "schema[0].properties[3].logicalTypeOptions.pattern",
      "schema[0].properties[5].customProperties[0].value",
      "schema[0].properties[6].quality[0].type",
    ]);
    for (const problem of problems) expect(problem.remedy).not.toBe("");
  });

  const age = (extra: Record<string, unknown>) => (document: ClaimsDocument) => {
    property(document, "age").quality = [extra];
  };
  const table = (extra: Record<string, unknown>) => (document: ClaimsDocument) => {
    document.schema[0]!.quality = [extra];
  };
  const options = (name: string, extra: Record<string, unknown>) => (document: ClaimsDocument) => {
    property(document, name).logicalTypeOptions = extra;
  };
  const custom =
    (name: string, ...properties: Record<string, unknown>[]) =>
    (document: ClaimsDocument) => {
      property(document, name).customProperties = properties;
    };

  test.each<[string, (document: ClaimsDocument) => void, string]>([
    ["an old standard", (d) => (d.apiVersion = "v2.2.2"), "apiVersion"],
    ["a rule in words", age({ type: "text", description: "x" }), "schema[0].properties[5].quality[0].type"],
    ["another engine's rule", age({ type: "custom", engine: "soda", implementation: "x" }), "schema[0].properties[5].quality[0].type"], // prettier-ignore
    ["a dimension alone", age({ dimension: "accuracy", mustBe: 0 }), "schema[0].properties[5].quality[0]"],
    ["an unknown metric", age({ metric: "freshnessOfMind", mustBe: 0 }), "schema[0].properties[5].quality[0].metric"],
    ["a column metric on the table", table({ metric: "nullValues", mustBe: 0 }), "schema[0].quality[0].metric"],
    ["a table metric on a column", age({ metric: "rowCount", mustBe: 0 }), "schema[0].properties[5].quality[0].metric"],
    ["an unknown comparison", age({ metric: "nullValues", mustBeAbout: 0 }), "schema[0].properties[5].quality[0].mustBeAbout"], // prettier-ignore
    ["no comparison", age({ metric: "nullValues" }), "schema[0].properties[5].quality[0]"],
    ["two comparisons", age({ metric: "nullValues", mustBe: 0, mustBeLessThan: 3 }), "schema[0].properties[5].quality[0]"], // prettier-ignore
    ["a range upside down", table({ metric: "rowCount", mustBeBetween: [9, 1] }), "schema[0].quality[0].mustBeBetween"],
    ["percent of nothing", table({ metric: "rowCount", mustBe: 9, unit: "percent" }), "schema[0].quality[0].unit"],
    ["nothing valid", age({ metric: "invalidValues", mustBe: 0 }), "schema[0].properties[5].quality[0].arguments"],
    ["unknown columns", table({ metric: "duplicateValues", mustBe: 0, arguments: { properties: ["x"] } }), "schema[0].quality[0].arguments.properties"], // prettier-ignore
    ["two statements", table({ type: "sql", query: "SELECT 1; SELECT 2", mustBe: 1 }), "schema[0].quality[0].query"],
    ["a format without a check", options("plan", { format: "iban" }), "schema[0].properties[3].logicalTypeOptions.format"], // prettier-ignore
    ["an option of another type", options("plan", { minimum: 3 }), "schema[0].properties[3].logicalTypeOptions.minimum"], // prettier-ignore
    ["two targets", (d) => Object.assign(property(d, "age"), role("target")), "schema[0].properties"],
    ["two times", (d) => Object.assign(property(d, "age"), role("time")), "schema[0].properties"],
    ["a share of 1.5", custom("cost", { property: "slipwayRole", value: "target" }, { property: "slipwayTopFraction", value: 1.5 }), "schema[0].properties[2].customProperties[1].value"], // prettier-ignore
    ["a share beside the target", custom("age", { property: "slipwayTopFraction", value: 0.1 }), "schema[0].properties[5].customProperties[0].value"], // prettier-ignore
    ["a misspelled property", custom("age", { property: "slipwayrole", value: "slice" }), "schema[0].properties[5].customProperties[0].property"], // prettier-ignore
    ["an outcome that is a feature", custom("visits", { property: "slipwayRole", value: "outcome" }, { property: "slipwayFeature", value: true }), "schema[0].properties[6]"], // prettier-ignore
    ["a target in words", (d) => (property(d, "cost").logicalType = "string"), "schema[0].properties[2].logicalType"],
    [
      "no key",
      (d) => {
        d.schema[0]!.properties.forEach((p) => delete p.primaryKey);
      },
      "schema[0].properties",
    ],
    ["two columns of one name", (d) => (property(d, "age").physicalName = "PLAN"), "schema[0].properties[5].name"],
    ["two tables", (d) => d.schema.push({ name: "other", properties: [] }), "schema"],
    ["freshness of no column", (d) => (d.slaProperties = [{ property: "freshness", value: 1, unit: "d" }]), "slaProperties[0].element"], // prettier-ignore
    ["a misspelled field", (d) => (property(d, "age").requird = true), "schema[0].properties[5].requird"],
  ])("%s", (_what, change, path) => {
    expect(pathsOf(change)).toContain(path);
  });

  test.each([
    ["a list at the top", "- a\n- b"],
    ["a key twice", "kind: DataContract\nkind: DataContract\n"],
    ["broken indentation", "a:\n  b: 1\n c: 2\n"],
    ["an inexact integer", `${stringify(claimsContract())}\nx: 9007199254740993\n`],
    ["nothing", ""],
  ])("text: %s", (_what, text) => {
    expect(() => DataContract.parse(text, "claims.odcs.yaml")).toThrow(/contract claims\.odcs\.yaml: \d+ problem/);
  });
});

test("version 3.0 contracts with the old rule names are read", () => {
  const contract = DataContract.fromDocument(
    claimsContract((document) => {
      document.apiVersion = "v3.0.2";
      document.schema[0]!.quality = [{ rule: "rowCount", mustBeGreaterThan: 10 }];
      property(document, "age").logicalTypeOptions = { maximum: 120, exclusiveMaximum: true };
      property(document, "plan").quality = [{ rule: "duplicateCount", mustBeLessThan: 10, unit: "rows" }];
    }),
  );
  expect(contract.checks.find((check) => check.path === "schema[0].properties[3].quality[0]")).toMatchObject({
    measure: { kind: "repeatedValues" },
    expected: { kind: "less", value: 10 },
  });
  expect(contract.checks.map((check) => check.name)).toContain("age is less than 120");
});
