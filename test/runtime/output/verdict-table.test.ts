import * as fc from "fast-check";
import type { Finding, GateVerdict } from "../../../lib/verdict/gate-verdict";
import { verdictTable } from "../../../lib/runtime/output/verdict-table";

const finding: Finding = {
  threshold: "gate.fairness[0]",
  title: "demographic parity difference by female at most 0.1",
  measure: "demographicParityDifference",
  slice: null,
  comparison: "atMost",
  limit: 0.1,
  value: 0.124,
  interval: { lower: 0.1, upper: 0.15, level: 0.95, method: "cluster bootstrap, 2000 replicates" },
  rows: 4000,
  positives: 400,
  outcome: "failed",
  reason: "0.124 is above 0.1",
  smallestProvableMargin: null,
  groups: null,
  measuredBy: "gate",
};

function verdictOf(changed: Partial<Finding>): GateVerdict {
  return { outcome: "failed", findings: [{ ...finding, ...changed }], rows: 4000, clusters: 1200 };
}

/** Rows of the table, each as its cells: what stands between bars that are not escaped. */
function cells(markdown: string): string[][] {
  const lines = markdown.split("\n").filter((line) => line.startsWith("|"));
  return lines.map((line) => line.split(/(?<!\\)\|/).slice(1, -1));
}

test("one row per limit: what, value, interval, rows, verdict with its reason", () => {
  const [, , row] = cells(verdictTable(verdictOf({})));
  expect(row!.map((cell) => cell.trim())).toEqual([
    "demographic parity difference by female at most 0.1",
    "0.1240",
    "0.1000 to 0.1500",
    "4000",
    "❌ failed: 0.124 is above 0.1",
  ]);
});

test.each(["passed", "failed", "undecided"] as const)("%s is said in words that promise no more", (outcome) => {
  const [first] = verdictTable({ ...verdictOf({ outcome }), outcome }).split("\n");
  expect(first).toContain(outcome);
  expect(first).toContain("this policy");
  expect(first).toMatch(/, on 4000 held-out rows of 1200 independent units$/);
});

test("what could not be measured is shown as missing, and what training declared as declared", () => {
  const text = verdictTable(verdictOf({ value: null, interval: null, measuredBy: "training" }));
  expect(text).toContain("(declared by training) | – | – | 4000 |");
});

test("no name from the data ends a cell, begins a row or carries markup", () => {
  const unpleasant = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom("a|b", "\\|", "x\r\n| y |", "<img src=x>", "[a](https://b)", "`c`", "\u2028|", "\\\\|"),
  );
  fc.assert(
    fc.property(unpleasant, unpleasant, (value, group) => {
      const figures = { rows: 10, positives: 1, selected: 1, selectionRate: 0.1, truePositiveRate: null } as const;
      const groups = [{ ...figures, group, falsePositiveRate: null, interval: null, assessable: true }];
      const text = verdictTable(verdictOf({ slice: { column: "site", value }, groups }));
      const table = cells(text);
      expect(table.map((row) => row.length)).toEqual([5, 5, 5, 8, 8, 8]);
      expect(text).not.toMatch(/<[a-z]/i);
      expect(text).not.toMatch(/(?<!\\)\]\(/);
    }),
  );
});
