import fc from "fast-check";
import type { PropertyDocument } from "../../blueprint/contract/contracts";

/** A contract, rows that keep it but for some injected faults, and what a checker must find: breaking rows by place in the contract. */
export interface FaultyCase {
  readonly contract: Record<string, unknown>;
  readonly rows: readonly Record<string, unknown>[];
  readonly expected: Readonly<Record<string, number>>;
}

interface Fault {
  readonly column: string;
  readonly kind: "null" | "below" | "above" | "short" | "long" | "form" | "unlisted" | "repeated";
}

interface Shape {
  readonly low: number;
  readonly span: number;
  readonly required: boolean;
  readonly seed: number;
}

const listed = ["individual", "family", "group"];
const firstDay = Date.UTC(2024, 0, 1);
const day = (n: number): string => new Date(firstDay + n * 86_400_000).toISOString().slice(0, 10);

/** Faults by column, and the place in the contract where each must show. */
const places: Readonly<Record<string, Readonly<Partial<Record<Fault["kind"], string>>>>> = {
  id: { repeated: "schema[0].properties[0].unique", null: "schema[0].properties[0].required" },
  amount: {
    below: "schema[0].properties[1].logicalTypeOptions.minimum",
    above: "schema[0].properties[1].logicalTypeOptions.maximum",
  },
  rate: {
    below: "schema[0].properties[2].logicalTypeOptions.minimum",
    above: "schema[0].properties[2].logicalTypeOptions.exclusiveMaximum",
  },
  code: {
    short: "schema[0].properties[3].logicalTypeOptions.minLength",
    long: "schema[0].properties[3].logicalTypeOptions.maxLength",
    form: "schema[0].properties[3].logicalTypeOptions.pattern",
    null: "schema[0].properties[3].quality[0]",
  },
  plan: { unlisted: "schema[0].properties[4].quality[0]" },
  seen: {
    below: "schema[0].properties[5].logicalTypeOptions.minimum",
    above: "schema[0].properties[5].logicalTypeOptions.maximum",
  },
};

export const faultyCase: fc.Arbitrary<FaultyCase> = fc
  .record({
    shape: fc.record({
      low: fc.integer({ min: -50, max: 50 }),
      span: fc.integer({ min: 2, max: 90 }),
      required: fc.boolean(),
      seed: fc.nat(1000),
    }),
    count: fc.integer({ min: 1, max: 60 }),
    faults: fc.array(
      fc.tuple(
        fc.nat(59),
        fc.constantFrom(
          ...Object.entries(places).flatMap(([column, kinds]) =>
            Object.keys(kinds).map((kind): Fault => ({ column, kind: kind as Fault["kind"] })),
          ),
        ),
      ),
      { maxLength: 15 },
    ),
  })
  .map(({ shape, count, faults }) => {
    const rows = Array.from({ length: count }, (_, index) => soundRow(shape, index));
    const expected: Record<string, number> = {};
    const touched = new Set<string>();
    for (const [at, fault] of faults) {
      const row = at % count;
      const cell = `${row} ${fault.column}`;
      // Repeating copies the key of the row before: that one must stay whole.
      const twin = `${row - 1} ${fault.column}`;
      const next = `${row + 1} ${fault.column}`;
      if (touched.has(cell) || (fault.column === "id" && (row === 0 || touched.has(twin) || touched.has(next))))
        continue;
      if (fault.column === "id" && fault.kind === "null" && !canBeNull(rows)) continue;
      touched.add(cell);
      inject(rows, row, fault, shape);
      const place = places[fault.column]![fault.kind]!;
      if (place.endsWith(".required") && !shape.required) continue;
      expected[place] = (expected[place] ?? 0) + 1;
    }
    return { contract: contractOf(shape, count), rows, expected };
  });

/** One missing key only: missing values that repeat count as repeated. */
function canBeNull(rows: readonly Record<string, unknown>[]): boolean {
  return rows.every((row) => row.id !== null);
}

function soundRow({ low, span, seed }: Shape, index: number): Record<string, unknown> {
  const mixed = (index * 7919 + seed) % 1000;
  return {
    id: index + 1,
    amount: low + (mixed % (span + 1)),
    rate: low + (span * (mixed % 997)) / 997,
    code: String.fromCharCode(...[3, 5, 7, 11].map((step) => 97 + ((mixed * step) % 26))),
    plan: listed[mixed % listed.length],
    seen: day(mixed % (span + 1)),
  };
}

function inject(rows: Record<string, unknown>[], at: number, fault: Fault, { low, span }: Shape): void {
  const row = rows[at]!;
  const dates = fault.column === "seen";
  switch (fault.kind) {
    case "null":
      row[fault.column] = null;
      break;
    case "below":
      row[fault.column] = dates ? day(-1) : low - 1;
      break;
    case "above":
      // The rate's maximum is exclusive, so the limit itself is a fault.
      row[fault.column] = dates ? day(span + 1) : fault.column === "rate" ? low + span : low + span + 1;
      break;
    case "short":
      row[fault.column] = "a";
      break;
    case "long":
      row[fault.column] = "abcdefghi";
      break;
    case "form":
      row[fault.column] = "A1b2";
      break;
    case "unlisted":
      row[fault.column] = "other";
      break;
    case "repeated":
      row.id = rows[at - 1]!.id;
  }
}

function contractOf({ low, span, required }: Shape, count: number): Record<string, unknown> {
  const properties: PropertyDocument[] = [
    { name: "id", logicalType: "integer", unique: true, required },
    { name: "amount", logicalType: "integer", logicalTypeOptions: { minimum: low, maximum: low + span } },
    { name: "rate", logicalType: "number", logicalTypeOptions: { minimum: low, exclusiveMaximum: low + span } },
    {
      name: "code",
      logicalType: "string",
      logicalTypeOptions: { minLength: 2, maxLength: 6, pattern: "^[a-z]+$" },
      quality: [{ metric: "nullValues", mustBe: 0 }],
    },
    {
      name: "plan",
      logicalType: "string",
      quality: [{ metric: "invalidValues", arguments: { validValues: listed }, mustBe: 0 }],
    },
    { name: "seen", logicalType: "date", logicalTypeOptions: { minimum: day(0), maximum: day(span) } },
  ];
  const role = (name: string, value: string): void => {
    const property = properties.find((each) => each.name === name)!;
    property.customProperties = [{ property: "slipwayRole", value }];
  };
  role("amount", "target");
  role("id", "groupKey");
  return {
    apiVersion: "v3.1.0",
    kind: "DataContract",
    id: "generated",
    name: "generated",
    version: "1.0.0",
    status: "active",
    schema: [{ name: "claims", properties, quality: [{ metric: "rowCount", mustBe: count }] }],
  };
}

/** Rows as a table of SQL with the types that the contract promises. */
export function tableOfRows(jsonFile: string): string {
  const columns = "{id: 'BIGINT', amount: 'BIGINT', rate: 'DOUBLE', code: 'VARCHAR', plan: 'VARCHAR', seen: 'DATE'}";
  return `SELECT * FROM read_json('${jsonFile}', format = 'array', columns = ${columns})`;
}
