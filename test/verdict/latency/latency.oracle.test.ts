import { spawnSync } from "node:child_process";
import { join } from "node:path";
import * as fc from "fast-check";
import { clopperPearson } from "../../../lib/verdict/latency/exact-binomial";
import { incompleteBeta } from "../../../lib/verdict/latency/incomplete-beta";
import { latencyQuantile, quantileInterval } from "../../../lib/verdict/latency/quantile-interval";
import { studentQuantile } from "../../../lib/verdict/latency/student-t";
import { describeWith, pythonWith } from "../../tools";

interface Answers {
  readonly beta: readonly number[];
  readonly clopperPearson: readonly (readonly [number, number])[];
  readonly binomtest: readonly (readonly [number, number] | null)[];
  readonly student: readonly number[];
  readonly quantiles: readonly number[];
  readonly intervals: readonly (readonly [number, number | null])[];
}

const levels = fc.constantFrom(0.8, 0.9, 0.95, 0.99, 0.999);

const betas = fc.record({
  a: fc.double({ min: 0.1, max: 20_000, noNaN: true }),
  b: fc.double({ min: 0.1, max: 20_000, noNaN: true }),
  x: fc.double({ min: 0, max: 1, noNaN: true }),
});

const proportions = fc
  .record({
    trials: fc.oneof(fc.integer({ min: 1, max: 200_000 }), fc.double({ min: 1, max: 5_000, noNaN: true })),
    share: fc.oneof(fc.constantFrom(0, 1, 0.95, 0.999), fc.double({ min: 0.01, max: 0.99, noNaN: true })),
    level: levels,
  })
  .map(({ trials, share, level }) => ({
    trials,
    successes: Number.isInteger(trials) ? Math.round(share * trials) : share * trials,
    level,
  }));

const students = fc.record({
  probability: fc.constantFrom(0.6, 0.9, 0.95, 0.975, 0.995, 0.9995),
  degrees: fc.integer({ min: 1, max: 5_000 }),
});

const intervals = fc
  .record({
    values: fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.double({ min: 1, max: 900, noNaN: true })), {
      minLength: 1,
      maxLength: 400,
      size: "max",
    }),
    quantile: fc.constantFrom(0.07, 0.5, 0.9, 0.95, 0.99, 0.999),
    worth: fc.oneof(fc.constant(1), fc.double({ min: 0.05, max: 1, noNaN: true })),
    level: levels,
  })
  .map(({ worth, ...others }) => ({ ...others, effective: worth * others.values.length }));

describeWith(
  () => pythonWith("oracle"),
  "latency against scipy and numpy",
  (python) => {
    const request = {
      beta: fc.sample(betas, { seed: 31, numRuns: 500 }),
      proportions: fc.sample(proportions, { seed: 32, numRuns: 500 }),
      student: fc.sample(students, { seed: 33, numRuns: 200 }),
      intervals: fc.sample(intervals, { seed: 34, numRuns: 200 }),
    };
    let answers: Answers;
    beforeAll(() => {
      const { status, stdout, stderr } = spawnSync(python, [join(__dirname, "oracle.py")], {
        input: JSON.stringify(request),
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
      });
      if (status !== 0) throw new Error(`oracle.py ended with ${String(status)}:\n${stderr}`);
      answers = JSON.parse(stdout) as Answers;
    });

    test("the incomplete beta function is scipy's", () => {
      request.beta.forEach(({ a, b, x }, index) => {
        expect(Math.abs(incompleteBeta(x, a, b) - answers.beta[index]!)).toBeLessThan(1e-9);
      });
    });

    test("Clopper and Pearson's interval is scipy's, also for a number of trials that is not whole", () => {
      request.proportions.forEach(({ successes, trials, level }, index) => {
        const { lower, upper } = clopperPearson(successes, trials, level);
        for (const theirs of [answers.clopperPearson[index]!, answers.binomtest[index] ?? null]) {
          if (theirs === null) continue;
          expect(Math.abs(lower - theirs[0])).toBeLessThan(1e-9);
          expect(Math.abs(upper - theirs[1])).toBeLessThan(1e-9);
        }
      });
    });

    test("Student's quantile is scipy's", () => {
      request.student.forEach(({ probability, degrees }, index) => {
        expect(studentQuantile(probability, degrees) / answers.student[index]!).toBeCloseTo(1, 9);
      });
    });

    test("quantiles are numpy's by the inverse of the empirical distribution", () => {
      request.intervals.forEach(({ values, quantile }, index) => {
        expect(latencyQuantile(Float64Array.from(values).sort(), quantile)).toBe(answers.quantiles[index]);
      });
    });

    test("intervals hold exactly the latencies that the binomial does not exclude", () => {
      request.intervals.forEach(({ values, quantile, effective, level }, index) => {
        const { lower, upper } = quantileInterval(Float64Array.from(values).sort(), quantile, effective, level);
        expect([lower, Number.isFinite(upper) ? upper : null]).toEqual(answers.intervals[index]);
      });
    });
  },
);
