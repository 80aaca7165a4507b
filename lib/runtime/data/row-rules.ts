import type { RowRule, ScalarValue } from "../../blueprint/contract/contract-check";
import { numericTypes } from "../../blueprint/contract/contract-column";
import { quoteNumber, quoteText, quoteTimestamp } from "../duckdb/literals";
import type { TypedColumn } from "./typed-columns";

/** SQL that is true for rows that break the rule and false or null for all others; `null` when it cannot be told for this column. */
export function breakingRows(typed: TypedColumn, rule: RowRule): string | null {
  if (typed.physicalType === null) return null;
  if (rule.kind === "notNull") return `${typed.raw} IS NULL`;
  if (rule.kind === "type") {
    if (typed.value === null) return `${typed.raw} IS NOT NULL`;
    return typed.breaksType ?? "false";
  }
  const { value } = typed;
  if (value === null) return null;
  switch (rule.kind) {
    case "notMissing":
      return `${typed.raw} IS NULL OR ${isOneOf(typed, value, rule.values)}`;
    case "minimum":
      return `${value} ${rule.exclusive ? "<=" : "<"} ${limitOf(typed, rule.limit)}`;
    case "maximum":
      return `${value} ${rule.exclusive ? ">=" : ">"} ${limitOf(typed, rule.limit)}`;
    case "multipleOf":
      return breaksMultiple(value, rule.factor);
    case "minLength":
      return `length(${value}) < ${rule.length}`;
    case "maxLength":
      return `length(${value}) > ${rule.length}`;
    case "pattern":
      return `NOT regexp_matches(${value}, ${quoteText(rule.pattern)})`;
    case "valid": {
      const broken = [
        ...(rule.values === null ? [] : [`NOT (${isOneOf(typed, value, rule.values)})`]),
        ...(rule.pattern === null ? [] : [`NOT regexp_matches(CAST(${value} AS VARCHAR), ${quoteText(rule.pattern)})`]),
      ];
      return `${typed.raw} IS NOT NULL AND (${broken.join(" OR ")})`;
    }
  }
}

/** Numbers are compared as numbers, everything else as the text that the contract writes. */
function isOneOf(typed: TypedColumn, value: string, values: readonly ScalarValue[]): string {
  const present = values.filter((each) => each !== null);
  if (numericTypes.includes(typed.column.logicalType)) {
    const numbers = present.map(Number).filter((number) => Number.isFinite(number));
    return numbers.length === 0 ? "false" : `coalesce(${value} IN (${numbers.map(quoteNumber).join(", ")}), false)`;
  }
  const texts = present.map((each) => quoteText(String(each)));
  // Compared as it stands in the file where it is text: a placeholder such as N/A may not be of the logical type.
  const compared = typed.physicalType === "VARCHAR" ? typed.raw : `CAST(${value} AS VARCHAR)`;
  return texts.length === 0 ? "false" : `coalesce(${compared} IN (${texts.join(", ")}), false)`;
}

function limitOf(typed: TypedColumn, limit: number | string): string {
  if (typeof limit === "number") return quoteNumber(limit);
  if (typed.column.logicalType === "time") return `CAST(${quoteText(limit)} AS TIME)`;
  return quoteTimestamp(limit);
}

/** Remainders of integers are exact; of other numbers up to rounding in the ninth digit. */
function breaksMultiple(value: string, factor: number): string {
  const quotient = `(${value} / ${quoteText(String(factor))}::DOUBLE)`;
  return `abs(${quotient} - round(${quotient})) > 1e-9 * greatest(1, abs(${quotient}))`;
}
