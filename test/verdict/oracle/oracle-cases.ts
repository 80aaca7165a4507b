import * as fc from "fast-check";
import type { DecisionRule } from "../../../lib/blueprint/policy/policy-document";
import type { OracleCase } from "./ask-oracle";

type Rows = Omit<OracleCase, "counts">;

/** Coarse scores tie often, fine ones hardly ever; both ends of the scale are hit. */
const coarseScore = fc.integer({ min: 0, max: 8 }).map((eighths) => eighths / 8);
const fineScore = fc.double({ min: 0, max: 1, noNaN: true });

const decision: fc.Arbitrary<DecisionRule> = fc.oneof(
  fc.constantFrom(0.05, 0.1, 0.29, 0.5, 0.93).map((fraction) => ({ kind: "topFraction" as const, fraction })),
  fc.constantFrom(0, 0.25, 0.5, 0.9).map((score) => ({ kind: "scoreAtLeast" as const, score })),
);

function rowsOf(task: Rows["task"], label: fc.Arbitrary<number>, score: fc.Arbitrary<number>): fc.Arbitrary<Rows> {
  return fc.integer({ min: 1, max: 12 }).chain((clusters) =>
    fc
      .tuple(
        fc.array(fc.record({ label, score, group: fc.integer({ min: 0, max: 2 }), cluster: fc.nat(clusters - 1) }), {
          minLength: 4,
          maxLength: 60,
        }),
        decision,
        fc.constantFrom(0.8, 0.95),
      )
      .map(([rows, rule, confidence]) => ({
        task,
        label: rows.map((row) => row.label),
        score: rows.map((row) => row.score),
        group: numbered(rows.map((row) => row.group)),
        cluster: numbered(rows.map((row) => row.cluster)),
        decision: rule,
        confidence,
      })),
  );
}

/** Renumbers from 0 without gaps, as held-out rows are. */
function numbered(names: readonly number[]): number[] {
  const order = [...new Set(names)].sort((a, b) => a - b);
  return names.map((name) => order.indexOf(name));
}

const classLabel = fc.constantFrom(0, 1);
const classes = fc.oneof(
  rowsOf("classification", classLabel, coarseScore),
  rowsOf("classification", classLabel, fineScore),
  rowsOf("classification", fc.constant(1), coarseScore),
  rowsOf("classification", fc.constant(0), fineScore),
  rowsOf("classification", classLabel, fc.constant(0.5)),
);

const quantity = fc.integer({ min: -100_000, max: 100_000 }).map((thousandths) => thousandths / 1000);
const quantities = fc.oneof(rowsOf("regression", quantity, quantity), rowsOf("regression", fc.constant(3), quantity));

/** Many small sets of rows with ties, one class only, constant scores and groups of every size; always the same ones. */
export function oracleRows(numRuns: number): readonly Rows[] {
  return [...fc.sample(classes, { seed: 20, numRuns }), ...fc.sample(quantities, { seed: 21, numRuns: numRuns / 4 })];
}
