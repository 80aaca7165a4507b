import * as fc from "fast-check";
import { holmAdjusted } from "../../../lib/verdict/resampling/holm";

const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 7 });

/**
 * Holm from its proof instead of its recipe: the closed test of Marcus, Peritz and Gabriel with Bonferroni tests. A hypothesis
 * is as doubtful as the least doubtful set of hypotheses that holds it.
 */
function byClosedTesting(values: readonly number[]): number[] {
  const adjusted = values.map(() => 0);
  for (let set = 1; set < 1 << values.length; set++) {
    const members = values.map((_, index) => index).filter((index) => (set >> index) & 1);
    const together = Math.min(1, members.length * Math.min(...members.map((index) => values[index]!)));
    for (const index of members) adjusted[index] = Math.max(adjusted[index]!, together);
  }
  return adjusted;
}

test("is the closed test with Bonferroni's tests", () => {
  fc.assert(
    fc.property(pValues, (values) => {
      const expected = byClosedTesting(values);
      holmAdjusted(values).forEach((adjusted, index) => {
        expect(adjusted).toBeCloseTo(expected[index]!, 12);
      });
    }),
  );
});

test("lies between the p-value and Bonferroni's, keeps their order, and leaves a single one alone", () => {
  fc.assert(
    fc.property(pValues, (values) => {
      const adjusted = holmAdjusted(values);
      values.forEach((value, index) => {
        expect(adjusted[index]!).toBeGreaterThanOrEqual(value);
        expect(adjusted[index]!).toBeLessThanOrEqual(Math.min(1, values.length * value));
        values.forEach((other, at) => {
          if (value < other) expect(adjusted[index]!).toBeLessThanOrEqual(adjusted[at]!);
        });
      });
    }),
  );
  expect(holmAdjusted([0.02])).toEqual([0.02]);
  expect(holmAdjusted([])).toEqual([]);
});
