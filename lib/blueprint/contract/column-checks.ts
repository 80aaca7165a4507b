import type { Problems } from "../problems";
import { type ContractCheck, none, type RowRule, type ScalarValue } from "./contract-check";
import { type ContractColumn, type LogicalType, numericTypes, temporalTypes } from "./contract-column";
import { strptimeFormat } from "./date-format";
import { type DocumentNode, isRecord, nodeAt, nodesIn, pathOf, textAt } from "./document-node";
import { integerRange, stringFormatPattern, uncheckedFormats } from "./formats";
import { translatePattern } from "./pattern";

/** The column that a property of the contract describes. */
export function readColumn(property: DocumentNode): ContractColumn {
  const position = property.fields.primaryKeyPosition;
  const options = nodeAt(property, "logicalTypeOptions");
  const logicalType = textAt(property, "logicalType") as LogicalType | null;
  const format = textAt(options, "format");
  const temporal = temporalTypes.includes(logicalType) || logicalType === "time";
  return {
    name: textAt(property, "physicalName") ?? textAt(property, "name") ?? "",
    property: textAt(property, "name") ?? "",
    path: property.path,
    logicalType,
    physicalType: textAt(property, "physicalType"),
    primaryKeyPosition:
      property.fields.primaryKey === true ? (typeof position === "number" && position > 0 ? position : 1) : null,
    dateFormat: temporal && format !== null ? strptimeFormat(format) : null,
  };
}

/** Checks that follow from a property's own fields; its `quality` rules are read by `readQualityChecks`. */
export function readColumnChecks(
  property: DocumentNode,
  column: ContractColumn,
  problems: Problems,
): readonly ContractCheck[] {
  const checks: ContractCheck[] = [
    {
      name: `column ${column.name} is present`,
      path: pathOf(property, "name"),
      measure: { kind: "absent", column },
      unit: "count",
      expected: none,
      onFailure: "refuse",
    },
  ];
  const add = (key: string, name: string, rule: RowRule): void => {
    checks.push(rowCheck(`${column.name} ${name}`, pathOf(property, key), column, rule));
  };
  if (column.logicalType !== null) add("logicalType", `is of type ${column.logicalType}`, { kind: "type" });
  if (property.fields.required === true) add("required", "is not null", { kind: "notNull" });
  else if (column.primaryKeyPosition !== null) add("primaryKey", "is not null", { kind: "notNull" });
  if (property.fields.unique === true) {
    checks.push({
      name: `${column.name} is unique`,
      path: pathOf(property, "unique"),
      measure: { kind: "repeatedValues", columns: [column] },
      unit: "count",
      expected: none,
      onFailure: "refuse",
    });
  }
  readOptions(nodeAt(property, "logicalTypeOptions"), column, add, problems);
  readEnum(property, add, problems);
  return checks;
}

/** One check over all columns of the primary key, in their order. */
export function primaryKeyCheck(columns: readonly ContractColumn[], path: string): ContractCheck | null {
  const key = primaryKey(columns);
  if (key.length === 0) return null;
  return {
    name: `primary key (${key.map((column) => column.name).join(", ")}) is unique`,
    path: `${path}.properties`,
    measure: { kind: "repeatedValues", columns: key },
    unit: "count",
    expected: none,
    onFailure: "refuse",
  };
}

export function primaryKey(columns: readonly ContractColumn[]): readonly ContractColumn[] {
  return columns
    .filter((column) => column.primaryKeyPosition !== null)
    .sort((a, b) => a.primaryKeyPosition! - b.primaryKeyPosition!);
}

function rowCheck(name: string, path: string, column: ContractColumn, rule: RowRule): ContractCheck {
  return {
    name,
    path,
    measure: { kind: "breakingRows", column, rule },
    unit: "count",
    expected: none,
    onFailure: "refuse",
  };
}

type AddRule = (key: string, name: string, rule: RowRule) => void;

function readOptions(options: DocumentNode, column: ContractColumn, add: AddRule, problems: Problems): void {
  const type = column.logicalType;
  for (const [key, value] of Object.entries(options.fields)) {
    const path = pathOf(options, key);
    const below = `logicalTypeOptions.${key}`;
    switch (key) {
      case "minimum":
      case "exclusiveMinimum":
      case "maximum":
      case "exclusiveMaximum": {
        // Version 3.0 says by a boolean whether `minimum` itself belongs to the range.
        if (typeof value === "boolean") break;
        if (!isLimit(value, type)) {
          if (temporalTypes.includes(type) || type === "time") {
            problems.add(
              path,
              value,
              `is no ${type ?? "value"} in ISO 8601`,
              "Write it like 2024-01-31 or 2024-01-31T12:00:00Z",
            );
          }
          break;
        }
        const kind = key.toLowerCase().endsWith("minimum") ? "minimum" : "maximum";
        const twin = kind === "minimum" ? "exclusiveMinimum" : "exclusiveMaximum";
        const exclusive = key === twin || options.fields[twin] === true;
        const words = { minimum: ["at least", "more than"], maximum: ["at most", "less than"] }[kind];
        add(below, `is ${words[exclusive ? 1 : 0]!} ${value}`, { kind, limit: value, exclusive });
        break;
      }
      case "multipleOf":
        if (typeof value === "number") add(below, `is a multiple of ${value}`, { kind: "multipleOf", factor: value });
        break;
      case "minLength":
      case "maxLength":
        if (typeof value === "number") {
          const words = key === "minLength" ? "at least" : "at most";
          add(below, `has ${words} ${value} characters`, { kind: key, length: value });
        }
        break;
      case "pattern": {
        const pattern = readPattern(path, value, problems);
        if (pattern !== null) add(below, `matches ${String(value)}`, { kind: "pattern", pattern });
        break;
      }
      case "format":
        if (typeof value === "string") readFormat(path, value, type, add, problems);
        break;
      case "timezone":
      case "defaultTimezone":
        break;
      default:
        problems.add(
          path,
          value,
          "is no check that Slipway can run",
          "Express it as quality of type sql, or remove it",
        );
    }
  }
}

export function readPattern(path: string, value: unknown, problems: Problems): string | null {
  if (typeof value !== "string") return null;
  const translated = translatePattern(value);
  if ("re2" in translated) return translated.re2;
  problems.add(
    path,
    value,
    translated.says,
    "Write the pattern without it, or express the rule as quality of type sql",
  );
  return null;
}

function readFormat(path: string, format: string, type: LogicalType | null, add: AddRule, problems: Problems): void {
  const key = "logicalTypeOptions.format";
  if (temporalTypes.includes(type) || type === "time") {
    if (strptimeFormat(format) === null) {
      problems.add(path, format, "is a date format that cannot be read", "Use the letters yyyy MM dd HH mm ss SSS XXX");
    }
    return;
  }
  if (type === "string") {
    const pattern = stringFormatPattern(format);
    if (pattern !== null) add(key, `is written as ${format}`, { kind: "pattern", pattern });
    else if (!uncheckedFormats.includes(format)) {
      problems.add(
        path,
        format,
        "is a format that Slipway cannot check",
        "Use a pattern, or email, uuid, uri, hostname, ipv4 or ipv6",
      );
    }
    return;
  }
  const range = integerRange(format);
  if (range !== null) {
    add(key, `fits ${format}`, { kind: "minimum", limit: range.lower, exclusive: false });
    add(key, `fits ${format}`, { kind: "maximum", limit: range.upper, exclusive: false });
  }
}

/** `enum` as a custom property, the way contracts list the values of a column outside `quality`. */
function readEnum(property: DocumentNode, add: AddRule, problems: Problems): void {
  for (const custom of nodesIn(property, "customProperties")) {
    if (custom.fields.property !== "enum") continue;
    const values = custom.fields.value;
    if (isScalarList(values) && values.length > 0) {
      add("customProperties.enum", `is one of ${values.length} values`, { kind: "valid", values, pattern: null });
    } else {
      problems.add(pathOf(custom, "value"), values, "is no list of values", "List the allowed values");
    }
  }
}

export function isScalarList(value: unknown): value is readonly ScalarValue[] {
  return (
    Array.isArray(value) && value.every((entry) => entry === null || (typeof entry !== "object" && !isRecord(entry)))
  );
}

function isLimit(value: unknown, type: LogicalType | null): value is number | string {
  if (numericTypes.includes(type)) return typeof value === "number" && Number.isFinite(value);
  if (typeof value !== "string") return false;
  if (type === "time") return /^\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?$/.test(value);
  return /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value));
}
