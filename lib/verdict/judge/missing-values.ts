import { byCodepoint } from "../../blueprint/codepoint-order";
import type { CodedColumn } from "../held-out-rows";

/** How rows without a value of a group or slice column are called. */
export const missingValue = "(missing)";

/** Up to this share of the rows may be left out for want of a value; more could hide how a group is treated. */
const toleratedShare = 0.05;

/**
 * A column's values that occur, in codepoint order, so that no order of rows shows; rows without a value come last, as if they
 * had the value "(missing)".
 */
export function numberValues({ codes, values }: CodedColumn): {
  /** Number of each row's value in `names`. */
  readonly valueOf: Int32Array;
  readonly names: readonly string[];
  /** How many of `names` are values: all but "(missing)". */
  readonly named: number;
} {
  const nameOf = (code: number): string => values[code] ?? missingValue;
  const present = [...new Set(codes)].map(nameOf);
  const named = present.filter((name) => name !== missingValue).sort(byCodepoint);
  const names = named.length < present.length ? [...named, missingValue] : named;
  const numberOf = new Map(names.map((name, index) => [name, index]));
  return { valueOf: codes.map((code) => numberOf.get(nameOf(code))!), names, named: named.length };
}

/** Why rows without a value keep the others from being judged; `null` when there are few enough to leave them out. */
export function tooManyMissing(missing: number, rows: number, column: string): string | null {
  if (missing <= toleratedShare * rows) return null;
  return `not assessable: ${missing} of ${rows} rows have no value of ${column}`;
}
