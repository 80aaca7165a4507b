import * as fc from "fast-check";
import { wilsonInterval } from "../../../lib/verdict/fairness/wilson-interval";
import { describeWith, pythonWith } from "../../tools";
import { askAboutProportions } from "./ask-oracle";

const proportions = fc
  .record({
    trials: fc.integer({ min: 1, max: 5000 }),
    share: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
    confidence: fc.constantFrom(0.5, 0.8, 0.9, 0.95, 0.99, 0.9999),
  })
  .map(({ trials, share, confidence }) => ({ trials, successes: Math.round(share * trials), confidence }));

describeWith(
  () => pythonWith("oracle"),
  "intervals of proportions against scipy",
  (python) => {
    test("Wilson's interval is scipy's", () => {
      const cases = fc.sample(proportions, { seed: 22, numRuns: 300 });
      askAboutProportions(python, cases).forEach(([lower, upper], index) => {
        const { successes, trials, confidence } = cases[index]!;
        const ours = wilsonInterval(successes, trials, confidence);
        expect(ours.lower).toBeCloseTo(lower, 9);
        expect(ours.upper).toBeCloseTo(upper, 9);
      });
    });
  },
);
