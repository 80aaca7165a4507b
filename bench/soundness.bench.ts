/**
 * The soundness property of test/renderers/github/soundness.test.ts over a million runs, and what it counted on the way.
 *
 *   npx tsx bench/soundness.bench.ts [runs] [seed]
 */
import fc from "fast-check";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isStartedBy, requiredCheckPasses } from "../test/renderers/github/actions-model/required-check";
import { runWorkflow } from "../test/renderers/github/actions-model/run";
import { anyPipeline } from "../test/renderers/github/soundness/pipelines";
import { anyCircumstances, randomFrom } from "../test/renderers/github/soundness/scenarios";
import { renderLines, violations } from "../test/renderers/github/soundness/soundness";
import { verdictScript } from "../test/renderers/github/soundness/verdict-script";
import { requiredCheckName } from "../lib/renderers/github/verdict-job";

const [runs = 1_000_000, seed = 1] = process.argv.slice(2).map(Number);
const RUNS_PER_LINE = 100;
const PIPELINES_AT_ONCE = 100;

const counted = {
  runs: 0,
  pipelines: 0,
  jobs: 0,
  mergeable: 0,
  registered: 0,
  promoted: 0,
  released: 0,
  violations: 0,
};
const began = process.hrtime.bigint();

for (let batch = 0; counted.runs < runs; batch += 1) {
  const pipelines = fc.sample(anyPipeline, { numRuns: PIPELINES_AT_ONCE, seed: seed + batch });
  for (const [index, pipeline] of pipelines.entries()) {
    const random = randomFrom((seed + batch) * PIPELINES_AT_ONCE + index + 1);
    counted.pipelines += 1;
    for (const rendered of renderLines(pipeline)) {
      for (let run = 0; run < RUNS_PER_LINE; run += 1) {
        const circumstances = anyCircumstances(rendered, random);
        const found = violations(rendered, circumstances);
        counted.runs += 1;
        counted.violations += found.length;
        for (const each of found) console.error(each, JSON.stringify({ pipeline, circumstances }));
        count(rendered, circumstances);
      }
    }
  }
  if (batch % 10 === 0) console.error(`${counted.runs} runs`);
}

const seconds = Number(process.hrtime.bigint() - began) / 1e9;
const results = `# Soundness of the rendered workflows

\`npx tsx bench/soundness.bench.ts ${runs} ${seed}\` on ${new Date().toISOString().slice(0, 10)}: ${seconds.toFixed(0)} s.

Arbitrary pipelines are rendered, their YAML is read back, and each is run under random circumstances (event, branch, what becomes
of each job: success, failure, cancelled, timed out; what \`detect\` finds; a cancelled run) by a model of GitHub's documented rules that
knows nothing of the renderer. A violation is a job that ran, or a required check that passed, without everything that has to come
before it, or something left out of a run on which nothing went wrong.

| counted | |
| --- | ---: |
| pipelines | ${counted.pipelines} |
| runs | ${counted.runs} |
| jobs started in them | ${counted.jobs} |
| runs after which a pull request may be merged | ${counted.mergeable} |
| runs that registered a model | ${counted.registered} |
| runs that promoted one | ${counted.promoted} |
| runs that released one | ${counted.released} |
| **violations** | **${counted.violations}** |
`;
writeFileSync(join(__dirname, "results", "soundness.md"), results);
console.log(results);
if (counted.violations > 0) process.exitCode = 1;

/** That the runs are not all idle: how far they came. */
function count(
  { workflow, pipeline }: ReturnType<typeof renderLines>[number],
  circumstances: ReturnType<typeof anyCircumstances>,
): void {
  if (!isStartedBy(workflow, circumstances.event, circumstances.ref)) return;
  const result = runWorkflow(workflow, circumstances, { verdict: verdictScript });
  const did = (kind: string): boolean =>
    [...result.results].some(([id, outcome]) => id.startsWith(kind) && outcome === "success");
  counted.jobs += result.started.size;
  if (requiredCheckPasses(requiredCheckName(pipeline.name), [{ workflow, result }])) counted.mergeable += 1;
  if (did("register")) counted.registered += 1;
  if (did("promote-")) counted.promoted += 1;
  if (did("release-")) counted.released += 1;
}
