import fc from "fast-check";
import { anyPipeline } from "./soundness/pipelines";
import { singleFaults } from "./soundness/scenarios";
import { renderLines, violations, type RenderedLine } from "./soundness/soundness";

/** A workflow with one edge or one condition taken out, and which. */
interface Mutant {
  readonly removed: string;
  readonly rendered: RenderedLine;
}

function mutants(rendered: RenderedLine): readonly Mutant[] {
  const { jobs } = rendered.workflow;
  const replace = (id: string, change: object, removed: string): Mutant => ({
    removed,
    rendered: {
      ...rendered,
      workflow: { ...rendered.workflow, jobs: jobs.map((job) => (job.id === id ? { ...job, ...change } : job)) },
    },
  });
  return jobs.flatMap(({ id, needs, condition }) => [
    ...needs.map((need) => replace(id, { needs: needs.filter((each) => each !== need) }, `${id} needs ${need}`)),
    ...(condition === null ? [] : [replace(id, { condition: null }, `condition of ${id}`)]),
  ]);
}

test("taking any one needs edge or condition out of a rendered workflow shows", () => {
  let removals = 0;
  fc.assert(
    fc.property(anyPipeline, (pipeline) => {
      for (const rendered of renderLines(pipeline)) {
        const scenarios = singleFaults(rendered);
        for (const mutant of mutants(rendered)) {
          removals += 1;
          const caught = scenarios.some((circumstances) => violations(mutant.rendered, circumstances).length > 0);
          if (!caught) throw new Error(`nothing shows that the workflow lacks: ${mutant.removed}\n${rendered.text}`);
        }
      }
    }),
    { numRuns: 60 },
  );
  expect(removals).toBeGreaterThan(2000);
});
