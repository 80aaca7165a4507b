import * as fc from "fast-check";
import type { DecisionRule, MetricName } from "../../../lib/blueprint/policy/policy-document";
import { selectionMeasures } from "../../../lib/verdict/fairness/fairness-measures";
import { countGroups } from "../../../lib/verdict/fairness/group-counts";
import { metricStatistic } from "../../../lib/verdict/measures/metric-statistic";
import { rankRows } from "../../../lib/verdict/measures/ranked-rows";
import { selectionBy } from "../../../lib/verdict/measures/selection";

interface Row {
  readonly label: number;
  /** In eighths, so that rows tie. */
  readonly score: number;
  readonly group: number;
}

const row = fc.record({
  label: fc.constantFrom(0, 1),
  score: fc.integer({ min: 0, max: 8 }).map((eighths) => eighths / 8),
  group: fc.constantFrom(0, 1),
});
const someRows = fc.array(row, { minLength: 3, maxLength: 40 });
const decision: DecisionRule = { kind: "topFraction", fraction: 0.3 };

const ranking: readonly MetricName[] = ["auc", "averagePrecision"];
const decided: readonly MetricName[] = ["accuracy", "precision", "recall", "f1"];
const proper: readonly MetricName[] = ["logLoss", "brierScore"];

function measure(name: MetricName, rows: readonly Row[], score = (each: Row): number => each.score): number {
  const cluster = Int32Array.from(rows.keys());
  const held = { label: Float64Array.from(rows, ({ label }) => label), cluster };
  return metricStatistic(name, held, Float64Array.from(rows, score), decision)(new Uint32Array(rows.length).fill(1));
}

function groupMeasures(rows: readonly Row[], groupOf = (each: Row): number => each.group): number[] {
  const held = { label: Float64Array.from(rows, ({ label }) => label), cluster: Int32Array.from(rows.keys()) };
  const ranked = rankRows(
    held,
    Float64Array.from(rows, ({ score }) => score),
  );
  const groups = countGroups(ranked, selectionBy(decision, ranked), Int32Array.from(rows, groupOf), 2);
  const counted = groups(new Uint32Array(rows.length).fill(1));
  return Object.values(selectionMeasures).map((each) => each(counted));
}

function expectSame(one: number, other: number): void {
  if (Number.isNaN(other)) expect(one).toBeNaN();
  else expect(one).toBeCloseTo(other, 12);
}

test("ranks and decisions know the order of scores only: any rising function of the score changes nothing", () => {
  fc.assert(
    fc.property(someRows, fc.constantFrom(...ranking, ...decided), (rows, name) => {
      expectSame(
        measure(name, rows, ({ score }) => Math.exp(3 * score) - 7),
        measure(name, rows),
      );
    }),
  );
});

test("turning the scores round turns the area under the curve round", () => {
  fc.assert(
    fc.property(someRows, (rows) => {
      expectSame(
        measure("auc", rows, ({ score }) => -score),
        1 - measure("auc", rows),
      );
    }),
  );
});

test("rows that stand twice change nothing", () => {
  fc.assert(
    fc.property(someRows, fc.constantFrom(...ranking, ...decided, ...proper), (rows, name) => {
      // Places and ties double together, so that a tie fits the places that are left exactly when it did before.
      expectSame(measure(name, [...rows, ...rows]), measure(name, rows));
    }),
  );
});

test("raising the score of a positive row never lowers the area under the curve", () => {
  fc.assert(
    fc.property(someRows, fc.nat(), (rows, which) => {
      const positives = rows.filter(({ label }) => label === 1);
      fc.pre(positives.length > 0 && positives.length < rows.length);
      const raised = positives[which % positives.length]!;
      const after = measure("auc", rows, (each) => (each === raised ? each.score + 0.3 : each.score));
      expect(after).toBeGreaterThanOrEqual(measure("auc", rows) - 1e-12);
    }),
  );
});

test("moving a probability towards its label never raises a loss", () => {
  fc.assert(
    fc.property(someRows, fc.constantFrom(...proper), (rows, name) => {
      const nearer = measure(name, rows, ({ score, label }) => score + 0.2 * (label - score));
      expect(nearer).toBeLessThanOrEqual(measure(name, rows) + 1e-12);
    }),
  );
});

test("never more than the fraction is selected, and tied rows are treated alike", () => {
  fc.assert(
    fc.property(someRows, fc.double({ min: 0.01, max: 0.99, noNaN: true }), (rows, fraction) => {
      const held = { label: Float64Array.from(rows, ({ label }) => label), cluster: Int32Array.from(rows.keys()) };
      const ranked = rankRows(
        held,
        Float64Array.from(rows, ({ score }) => score),
      );
      const selected = selectionBy({ kind: "topFraction", fraction }, ranked)(new Uint32Array(rows.length).fill(1));
      expect(selected).toBeLessThanOrEqual(fraction * rows.length + 1e-9);
      if (selected > 0) expect(ranked.score[selected - 1]).not.toBe(ranked.score[selected]);
    }),
  );
});

test("the names of the groups do not matter", () => {
  fc.assert(
    fc.property(someRows, (rows) => {
      groupMeasures(rows, ({ group }) => 1 - group).forEach((value, index) => {
        expectSame(value, groupMeasures(rows)[index]!);
      });
    }),
  );
});

test("two groups of the same rows are treated the same", () => {
  fc.assert(
    fc.property(someRows, (rows) => {
      const twins = [...rows.map((each) => ({ ...each, group: 0 })), ...rows.map((each) => ({ ...each, group: 1 }))];
      const [difference, ratio, ...odds] = groupMeasures(twins);
      expect(difference).toBe(0);
      expect(Number.isNaN(ratio) || ratio === 1).toBe(true);
      for (const value of odds) expect(Number.isNaN(value) || value === 0 || value === 1).toBe(true);
    }),
  );
});

test("differences and ratios lie between 0 and 1, or have no value", () => {
  fc.assert(
    fc.property(someRows, (rows) => {
      for (const value of groupMeasures(rows)) {
        expect(Number.isNaN(value) || (value >= 0 && value <= 1)).toBe(true);
      }
    }),
  );
});
