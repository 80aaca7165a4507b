import type { ContractColumn } from "./contract-column";

/** A value that a contract can list or compare with. */
export type ScalarValue = string | number | boolean | null;

/** Something every row holds or breaks; missing values break only {@link RowRule} `notNull` and `notMissing`. */
export type RowRule =
  /** Values are of the column's logical type; numbers are finite. */
  | { readonly kind: "type" }
  | { readonly kind: "notNull" }
  /** Neither null nor one of these values. */
  | { readonly kind: "notMissing"; readonly values: readonly ScalarValue[] }
  | { readonly kind: "minimum" | "maximum"; readonly limit: number | string; readonly exclusive: boolean }
  | { readonly kind: "multipleOf"; readonly factor: number }
  /** Length in Unicode code points. */
  | { readonly kind: "minLength" | "maxLength"; readonly length: number }
  /** A match anywhere in the text; `pattern` is in RE2's syntax. */
  | { readonly kind: "pattern"; readonly pattern: string }
  /** One of the values, and where both are given also a match of the pattern. */
  | { readonly kind: "valid"; readonly values: readonly ScalarValue[] | null; readonly pattern: string | null };

/** What a check counts or measures, always one number for the whole snapshot. */
export type CheckMeasure =
  /** 0 when the column is there, else 1. */
  | { readonly kind: "absent"; readonly column: ContractColumn }
  /** Rows whose value breaks the rule. */
  | { readonly kind: "breakingRows"; readonly column: ContractColumn; readonly rule: RowRule }
  /** Distinct values (or combinations) that occur more than once. */
  | { readonly kind: "repeatedValues"; readonly columns: readonly ContractColumn[] }
  | { readonly kind: "rowCount" }
  /** Seconds between the newest (or oldest) value and the time of the check. */
  | { readonly kind: "age"; readonly column: ContractColumn; readonly of: "newest" | "oldest" }
  /** The one number or boolean that a SELECT gives. */
  | { readonly kind: "sql"; readonly query: string };

/** What the measured number is compared with. */
export type Expectation =
  | { readonly kind: "equal" | "notEqual"; readonly value: number | boolean }
  | { readonly kind: "greater" | "greaterOrEqual" | "less" | "lessOrEqual"; readonly value: number }
  /** Both ends belong to the range. */
  | { readonly kind: "between" | "notBetween"; readonly lower: number; readonly upper: number };

/** One check that a contract declares. */
export interface ContractCheck {
  /** For people, in one line. */
  readonly name: string;
  /** Where the contract declares it, for example `schema[0].properties[2].logicalTypeOptions.minimum`. */
  readonly path: string;
  readonly measure: CheckMeasure;
  /** `percent`: the measure is a share of all rows, 0 to 100. */
  readonly unit: "count" | "percent";
  readonly expected: Expectation;
  /** `warn`: the contract itself gives the rule the severity info or warning, so that it is reported and stops nothing. */
  readonly onFailure: "refuse" | "warn";
}

export const none: Expectation = { kind: "equal", value: 0 };

/** Whether a measured value is what the contract expects; what could not be measured never is. */
export function meets(value: number | boolean | null, expected: Expectation): boolean {
  if (value === null || (typeof value === "number" && Number.isNaN(value))) return false;
  if (expected.kind === "equal") return value === expected.value;
  if (expected.kind === "notEqual") return typeof value === typeof expected.value && value !== expected.value;
  if (typeof value === "boolean") return false;
  switch (expected.kind) {
    case "greater":
      return value > expected.value;
    case "greaterOrEqual":
      return value >= expected.value;
    case "less":
      return value < expected.value;
    case "lessOrEqual":
      return value <= expected.value;
    case "between":
      return value >= expected.lower && value <= expected.upper;
    case "notBetween":
      return value < expected.lower || value > expected.upper;
  }
}

/** `at most 5 %`, for reports. */
export function describeExpectation(expected: Expectation, unit: ContractCheck["unit"]): string {
  const suffix = unit === "percent" ? " %" : "";
  switch (expected.kind) {
    case "equal":
      return `${expected.value}${suffix}`;
    case "notEqual":
      return `not ${expected.value}${suffix}`;
    case "greater":
      return `more than ${expected.value}${suffix}`;
    case "greaterOrEqual":
      return `at least ${expected.value}${suffix}`;
    case "less":
      return `less than ${expected.value}${suffix}`;
    case "lessOrEqual":
      return `at most ${expected.value}${suffix}`;
    case "between":
      return `${expected.lower} to ${expected.upper}${suffix}`;
    case "notBetween":
      return `outside ${expected.lower} to ${expected.upper}${suffix}`;
  }
}
