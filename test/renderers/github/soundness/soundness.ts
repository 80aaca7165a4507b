import type { Line, PipelineDocument } from "../../../../lib/blueprint/pipeline/pipeline-document";
import { renderWorkflows } from "../../../../lib/renderers/github/render-workflows";
import { requiredCheckName } from "../../../../lib/renderers/github/verdict-job";
import { isStartedBy, requiredCheckPasses } from "../actions-model/required-check";
import { runWorkflow, type Circumstances, type RunResult } from "../actions-model/run";
import { readWorkflow, type WorkflowFile } from "../actions-model/workflow-file";
import { stageOrder } from "./stage-order";
import { verdictScript } from "./verdict-script";

export const DEFAULT_BRANCH = "main";
const DEFAULT_REF = `refs/heads/${DEFAULT_BRANCH}`;

/** Digests that stand for those of a real delivery. */
export const OPTIONS = { manifestDigest: `sha256:${"a".repeat(64)}`, runtimeLockSha256: "b".repeat(64) };

/** One line of a pipeline as its rendered workflow and as what has to come before what. */
export interface RenderedLine {
  readonly pipeline: PipelineDocument;
  readonly line: Line;
  readonly text: string;
  readonly workflow: WorkflowFile;
  readonly order: ReadonlyMap<string, ReadonlySet<string>>;
}

export function renderLines(pipeline: PipelineDocument): readonly RenderedLine[] {
  return renderWorkflows({ pipeline, defaultBranch: DEFAULT_BRANCH }, OPTIONS).map(({ line, text }) => ({
    pipeline,
    line,
    text,
    workflow: readWorkflow(text),
    order: stageOrder(pipeline, line),
  }));
}

/**
 * Everything that one run shows to be wrong with a workflow: something happened without all that has to come before it, or
 * something that should have happened did not. Nothing is assumed about environments: their rules come on top.
 */
export function violations(rendered: RenderedLine, circumstances: Circumstances): readonly string[] {
  const { workflow, pipeline, line, order } = rendered;
  const { event, ref } = circumstances;
  if (!isStartedBy(workflow, event, ref)) return [];
  const run = runWorkflow(workflow, circumstances, { verdict: verdictScript });
  return [
    ...startedTooEarly(rendered, run, circumstances),
    ...wrongVerdict(rendered, run, circumstances),
    ...(line === "delivery" && requiredCheckPasses(requiredCheckName(pipeline.name), [{ workflow, result: run }])
      ? ["a delivery run counts as a review"]
      : []),
    ...(nothingGoesWrong(circumstances) ? leftOut(order, run, line, circumstances) : []),
  ];
}

function startedTooEarly(
  { workflow, order, line }: RenderedLine,
  { results, started }: RunResult,
  circumstances: Circumstances,
): readonly string[] {
  const found: string[] = [];
  for (const { id } of workflow.jobs) {
    if (id === "verdict" || !started.has(id)) continue;
    const earlier = order.get(id);
    if (earlier === undefined) return [`${id} is no stage of this pipeline`];
    for (const each of earlier) {
      if (results.get(each) !== "success")
        found.push(`${id} ran although ${each} was ${results.get(each) ?? "missing"}`);
    }
    if (line === "delivery" && circumstances.ref !== DEFAULT_REF) found.push(`${id} ran on ${circumstances.ref}`);
    if (earlier.has("detect") && circumstances.outputs.detect?.due !== "true") found.push(`${id} ran and was not due`);
  }
  return found;
}

/** The verdict lets go on (is success, or skipped, which counts the same) only when every stage succeeded or rightly rested. */
function wrongVerdict(
  { workflow, order, line, pipeline }: RenderedLine,
  result: RunResult,
  circumstances: Circumstances,
): readonly string[] {
  const name = line === "review" ? requiredCheckName(pipeline.name) : `slipway/delivery (${pipeline.name})`;
  const passes = requiredCheckPasses(name, [{ workflow, result }]);
  const wanting = [...order].filter(([stage, earlier]) => {
    const outcome = result.results.get(stage);
    const rests = outcome === "skipped" && earlier.has("detect") && circumstances.outputs.detect?.due === "false";
    return outcome !== "success" && !(rests && result.results.get("detect") === "success");
  });
  if (passes)
    return wanting.map(
      ([stage]) => `the verdict passed although ${stage} was ${result.results.get(stage) ?? "missing"}`,
    );
  return wanting.length === 0 ? ["the verdict did not pass although every stage did"] : [];
}

/** On a run where nothing goes wrong, every stage runs, apart from those that are not due. */
function leftOut(
  order: ReadonlyMap<string, ReadonlySet<string>>,
  { results }: RunResult,
  line: Line,
  { ref, outputs }: Circumstances,
): readonly string[] {
  if (line === "delivery" && ref !== DEFAULT_REF) return [];
  return [...order].flatMap(([stage, earlier]) =>
    results.get(stage) === "success" || (earlier.has("detect") && outputs.detect?.due !== "true")
      ? []
      : [`${stage} was ${results.get(stage) ?? "missing"} although nothing went wrong`],
  );
}

function nothingGoesWrong({ outcomes, cancelledAfter }: Circumstances): boolean {
  return cancelledAfter === null && Object.values(outcomes).every((outcome) => outcome === "success");
}
