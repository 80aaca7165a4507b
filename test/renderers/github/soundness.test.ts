import fc from "fast-check";
import { anyPipeline } from "./soundness/pipelines";
import { anyCircumstances, randomFrom, singleFaults } from "./soundness/scenarios";
import { renderLines, violations } from "./soundness/soundness";

const CASES = 100_000;
const RUNS_PER_LINE = 100;

describe("rendered workflows, judged by GitHub's documented rules", () => {
  test(`nothing happens without everything before it, in ${CASES} runs of arbitrary pipelines`, () => {
    let cases = 0;
    fc.assert(
      fc.property(anyPipeline, fc.integer(), (pipeline, seed) => {
        const random = randomFrom(seed);
        for (const rendered of renderLines(pipeline)) {
          for (let run = 0; run < RUNS_PER_LINE; run += 1) {
            const circumstances = anyCircumstances(rendered, random);
            const found = violations(rendered, circumstances);
            cases += 1;
            if (found.length > 0)
              throw new Error(`${found.join("\n")}\n${JSON.stringify({ line: rendered.line, circumstances })}`);
          }
        }
      }),
      { numRuns: CASES / RUNS_PER_LINE / 2 },
    );
    expect(cases).toBe(CASES);
  });

  test("nothing happens without everything before it when exactly one thing goes wrong", () => {
    fc.assert(
      fc.property(anyPipeline, (pipeline) => {
        for (const rendered of renderLines(pipeline)) {
          for (const circumstances of singleFaults(rendered)) expect(violations(rendered, circumstances)).toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
  });
});
