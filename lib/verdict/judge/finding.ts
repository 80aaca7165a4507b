import type { Finding } from "../gate-verdict";
import type { HeldOutRows } from "../held-out-rows";

type FindingParts = Pick<Finding, "threshold" | "title" | "measure" | "comparison" | "limit" | "outcome"> &
  Partial<Finding>;

/** A finding with everything that does not apply to it left empty. */
export function finding(parts: FindingParts): Finding {
  return {
    slice: null,
    value: null,
    interval: null,
    rows: 0,
    positives: null,
    reason: null,
    smallestProvableMargin: null,
    groups: null,
    measuredBy: "gate",
    ...parts,
  };
}

export function holds(comparison: Finding["comparison"], value: number, limit: number): boolean {
  return comparison === "atLeast" ? value >= limit : value <= limit;
}

/** Four significant digits: enough to see on which side of a limit a value is, few enough to read. */
export function show(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** A number for a finding: what is not finite is written as missing, because JSON has no word for it. */
export function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** Rows and positives among the rows that belong; positives are `null` where labels are quantities. */
export function sizeOf(
  { label, count }: HeldOutRows,
  classification: boolean,
  belongs: (row: number) => boolean = () => true,
): { readonly rows: number; readonly positives: number | null } {
  let rows = 0;
  let positives = 0;
  for (let row = 0; row < count; row++) {
    if (!belongs(row)) continue;
    rows += 1;
    if (label[row] === 1) positives += 1;
  }
  return { rows, positives: classification ? positives : null };
}
