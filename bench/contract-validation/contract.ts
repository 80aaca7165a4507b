/** Twenty checks that people really write, over seven columns; every one of them has its counterpart in `pandera_peer.py`. */
export const contract = {
  apiVersion: "v3.1.0",
  kind: "DataContract",
  id: "bench",
  version: "1.0.0",
  status: "active",
  schema: [
    {
      name: "claims",
      properties: [
        { name: "id", required: true, unique: true, ...role("groupKey") },
        { name: "person", required: true, logicalType: "integer", logicalTypeOptions: { minimum: 1 } },
        { name: "year", required: true, logicalType: "integer", logicalTypeOptions: { minimum: 2000, maximum: 2030 } },
        {
          name: "cost",
          required: true,
          logicalType: "number",
          logicalTypeOptions: { minimum: 0, maximum: 1_000_000 },
          ...role("target"),
        },
        {
          name: "plan",
          required: true,
          logicalType: "string",
          logicalTypeOptions: { maxLength: 12 },
          quality: [
            { metric: "invalidValues", arguments: { validValues: ["individual", "family", "group"] }, mustBe: 0 },
          ],
        },
        { name: "code", logicalType: "string", logicalTypeOptions: { minLength: 6, pattern: "^[A-Z]{2}[0-9]+$" } },
        { name: "age", logicalType: "number", logicalTypeOptions: { minimum: 0, exclusiveMaximum: 120 } },
        {
          name: "female",
          required: true,
          logicalType: "integer",
          quality: [{ metric: "invalidValues", arguments: { validValues: [0, 1] }, mustBe: 0 }],
        },
      ],
      quality: [{ metric: "rowCount", mustBeGreaterThan: 0 }],
    },
  ],
};

/** Rows that keep the contract, as a query; `code` and `cost` do not compress to nothing. Keys count up, or lie anywhere in 63 bits. */
export function rowsQuery(count: number, keys: "dense" | "scattered"): string {
  const id = keys === "dense" ? "i" : "CAST(hash(i) >> 1 AS BIGINT)";
  return `SELECT ${id} AS id, i % 3000000 + 1 AS person, 2000 + i % 31 AS year, (hash(i) % 100000000) / 100.0::DOUBLE AS cost,
    ['individual', 'family', 'group'][1 + i % 3] AS plan, 'AB' || (1000 + hash(i + 1) % 1000000) AS code,
    (hash(i + 2) % 1190) / 10.0::DOUBLE AS age, (i % 2)::INTEGER AS female FROM range(${count}) t(i)`;
}

function role(name: string): { customProperties: { property: string; value: string }[] } {
  return { customProperties: [{ property: "slipwayRole", value: name }] };
}
