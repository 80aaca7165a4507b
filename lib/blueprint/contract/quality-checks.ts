import type { Problems } from "../problems";
import type { CheckMeasure, ContractCheck, Expectation } from "./contract-check";
import type { ContractColumn } from "./contract-column";
import { isScalarList, readPattern } from "./column-checks";
import { type DocumentNode, isRecord, nodeAt, nodesIn, pathOf, textAt } from "./document-node";
import { refusalOfQuery, withPlaceholdersFilled } from "./select-statement";

/** Metrics of the standard's library, and what version 3.0 called them. */
const metricOfOldRule: Readonly<Record<string, string>> = {
  nullCheck: "nullValues",
  duplicateCount: "duplicateValues",
  uniqueCheck: "duplicateValues",
  validValues: "invalidValues",
  countCheck: "rowCount",
};

/** The level a rule stands on: a column of the table, or the table as a whole. */
export interface QualityLevel {
  readonly table: string;
  readonly columns: readonly ContractColumn[];
  readonly column: ContractColumn | null;
}

/** Reads the `quality` rules of a table or column; a rule that cannot be run is a problem, never left out. */
export function readQualityChecks(
  node: DocumentNode,
  level: QualityLevel,
  problems: Problems,
): readonly ContractCheck[] {
  return nodesIn(node, "quality").flatMap((rule) => {
    const check = readRule(rule, level, problems);
    return check === null ? [] : [check];
  });
}

function readRule(rule: DocumentNode, level: QualityLevel, problems: Problems): ContractCheck | null {
  const type = textAt(rule, "type") ?? "library";
  if (type === "text" || type === "custom") {
    const what = type === "text" ? "is words only" : `is for ${textAt(rule, "engine") ?? "another engine"}`;
    problems.add(
      pathOf(rule, "type"),
      type,
      `${what}, so it would be declared and never checked`,
      "Express it as type library or sql, or move it to the description",
    );
    return null;
  }
  if (type !== "library" && type !== "sql") return null;
  const measure = type === "sql" ? readSql(rule, level, problems) : readMetric(rule, level, problems);
  const expected = readExpectation(rule, problems);
  const unit = readUnit(rule, measure, problems);
  if (measure === null || expected === null || unit === null) return null;
  const subject = level.column?.name ?? level.table;
  return {
    name: textAt(rule, "name") ?? textAt(rule, "description") ?? `${subject} ${oldOrNewName(rule) ?? "sql"}`,
    path: rule.path,
    measure,
    unit,
    expected,
    onFailure: /^(info|warning)$/i.test(textAt(rule, "severity") ?? "") ? "warn" : "refuse",
  };
}

function oldOrNewName(rule: DocumentNode): string | null {
  const name = textAt(rule, "metric") ?? textAt(rule, "rule");
  return name !== null && Object.hasOwn(metricOfOldRule, name) ? metricOfOldRule[name]! : name;
}

function readMetric(rule: DocumentNode, level: QualityLevel, problems: Problems): CheckMeasure | null {
  const metric = oldOrNewName(rule);
  const path = pathOf(rule, textAt(rule, "metric") === null ? "rule" : "metric");
  const args = nodeAt(rule, "arguments");
  const { column } = level;
  switch (metric) {
    case "rowCount":
      if (column === null) return { kind: "rowCount" };
      problems.add(path, metric, "counts rows of a table, not of a column", "Move the rule to the table's quality");
      return null;
    case "duplicateValues": {
      const columns = column === null ? namedColumns(args, level, problems) : [column];
      return columns === null ? null : { kind: "repeatedValues", columns };
    }
    case "nullValues":
    case "missingValues":
    case "invalidValues":
      if (column === null) {
        problems.add(path, metric, "is about a column, not the table", "Move the rule to a property");
        return null;
      }
      if (metric === "nullValues") return { kind: "breakingRows", column, rule: { kind: "notNull" } };
      if (metric === "missingValues") return missingValues(args, column, problems);
      return invalidValues(rule, args, column, problems);
    case null:
      problems.add(rule.path, rule.fields, "names no metric: a dimension alone is nothing to check", "Add a metric");
      return null;
    default:
      problems.add(
        path,
        metric,
        "is no metric that Slipway can run",
        "Use nullValues, missingValues, invalidValues, duplicateValues or rowCount, or express it as type sql",
      );
      return null;
  }
}

function namedColumns(args: DocumentNode, level: QualityLevel, problems: Problems): readonly ContractColumn[] | null {
  const names = args.fields.properties;
  const path = pathOf(args, "properties");
  const columns = Array.isArray(names)
    ? names.map((name: unknown) => level.columns.find((column) => column.property === name))
    : [];
  if (columns.length > 0 && columns.every((column) => column !== undefined)) return columns;
  problems.add(path, names, "does not name columns of this table", "List the properties that must be unique together");
  return null;
}

function missingValues(args: DocumentNode, column: ContractColumn, problems: Problems): CheckMeasure | null {
  const values = args.fields.missingValues ?? [];
  if (isScalarList(values)) return { kind: "breakingRows", column, rule: { kind: "notMissing", values } };
  problems.add(pathOf(args, "missingValues"), values, "is no list of values", "List what stands for a missing value");
  return null;
}

function invalidValues(
  rule: DocumentNode,
  args: DocumentNode,
  column: ContractColumn,
  problems: Problems,
): CheckMeasure | null {
  const values = args.fields.validValues ?? rule.fields.validValues ?? null;
  const given = args.fields.pattern;
  const pattern = given === undefined ? null : readPattern(pathOf(args, "pattern"), given, problems);
  if (given !== undefined && pattern === null) {
    if (typeof given !== "string") problems.add(pathOf(args, "pattern"), given, "is no text", "Write a pattern");
    return null;
  }
  if (values !== null && (!isScalarList(values) || values.length === 0)) {
    problems.add(pathOf(args, "validValues"), values, "is no list of values", "List the valid values");
    return null;
  }
  if (values === null && pattern === null) {
    problems.add(
      pathOf(rule, "arguments"),
      rule.fields.arguments,
      "says not what is valid",
      "Add validValues or pattern",
    );
    return null;
  }
  return { kind: "breakingRows", column, rule: { kind: "valid", values, pattern } };
}

function readSql(rule: DocumentNode, level: QualityLevel, problems: Problems): CheckMeasure | null {
  const query = textAt(rule, "query");
  if (query === null) return null;
  const refusal = refusalOfQuery(query, level.column !== null);
  if (refusal !== null) {
    problems.add(
      pathOf(rule, "query"),
      query,
      refusal,
      "Write one SELECT over {object} that gives one number or boolean",
    );
    return null;
  }
  return { kind: "sql", query: withPlaceholdersFilled(query, level.table, level.column?.name ?? null) };
}

const comparisons = {
  mustBe: "equal",
  mustNotBe: "notEqual",
  mustBeGreaterThan: "greater",
  mustBeGreaterOrEqualTo: "greaterOrEqual",
  mustBeLessThan: "less",
  mustBeLessOrEqualTo: "lessOrEqual",
  mustBeBetween: "between",
  mustNotBeBetween: "notBetween",
} as const;

function readExpectation(rule: DocumentNode, problems: Problems): Expectation | null {
  const given = Object.keys(comparisons).filter(
    (key) => rule.fields[key] !== undefined,
  ) as (keyof typeof comparisons)[];
  for (const key of Object.keys(rule.fields)) {
    if (key.startsWith("must") && !Object.hasOwn(comparisons, key)) {
      problems.add(
        pathOf(rule, key),
        rule.fields[key],
        "is no comparison of the standard",
        `Use ${Object.keys(comparisons).join(", ")}`,
      );
    }
  }
  const [key] = given;
  if (key === undefined && oldOrNewName(rule) === "invalidValues") return { kind: "equal", value: 0 };
  if (key === undefined || given.length > 1) {
    problems.add(
      rule.path,
      Object.fromEntries(given.map((name) => [name, rule.fields[name]])),
      "does not hold exactly one comparison",
      `Write exactly one of ${Object.keys(comparisons).join(", ")}`,
    );
    return null;
  }
  const value = rule.fields[key];
  const expected = asExpectation(comparisons[key], value);
  if (expected === null) {
    const remedy = comparisons[key].endsWith("etween") ? "Write [smaller, larger]" : "Write a number";
    problems.add(pathOf(rule, key), value, "cannot be compared with what is measured", remedy);
  }
  return expected;
}

function asExpectation(kind: Expectation["kind"], value: unknown): Expectation | null {
  if (kind === "between" || kind === "notBetween") {
    const [lower, upper] = Array.isArray(value) ? (value as unknown[]) : [];
    return typeof lower === "number" && typeof upper === "number" && lower <= upper ? { kind, lower, upper } : null;
  }
  if (kind === "equal" || kind === "notEqual") {
    return typeof value === "number" || typeof value === "boolean" ? { kind, value } : null;
  }
  return typeof value === "number" ? { kind, value } : null;
}

function readUnit(rule: DocumentNode, measure: CheckMeasure | null, problems: Problems): ContractCheck["unit"] | null {
  const unit = rule.fields.unit;
  if (unit === undefined || (typeof unit === "string" && /^rows?$/i.test(unit))) return "count";
  const share = measure === null || measure.kind === "breakingRows" || measure.kind === "repeatedValues";
  if (typeof unit === "string" && /^(percent|%)$/i.test(unit) && share) return "percent";
  if (measure?.kind === "sql" && !isRecord(unit)) return "count";
  problems.add(pathOf(rule, "unit"), unit, "is no unit of this metric", share ? "Use rows or percent" : "Use rows");
  return null;
}
