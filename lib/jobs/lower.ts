import type { ReleaseManifest } from "../blueprint/manifest/release-manifest";
import type { StageNode } from "../blueprint/pipeline/known-stages";
import type { Line, PipelineDocument } from "../blueprint/pipeline/pipeline-document";
import { StageGraph } from "../blueprint/pipeline/stage-graph";
import type { Handoff, HandoffName, Job, JobOutput } from "./job";
import type { StageWork } from "./stages/stage-work";
import { workOfStage } from "./stages/work-of-stage";
import { DEFAULT_TIMEOUT_MINUTES } from "./timeouts";

/**
 * The jobs of one line, each after everything it needs. Every engine and the laptop run these and nothing else.
 *
 * @param manifest - a manifest whose pipeline keeps all rules; see `checkPipeline`
 */
export function lower(manifest: Pick<ReleaseManifest, "pipeline">, line: Line): readonly Job[] {
  const { pipeline } = manifest;
  const graph = StageGraph.of(pipeline, line);
  const stages = graph.inOrder().map((stage) => ({ stage, work: workOfStage(pipeline, line, stage) }));
  const givers = new Map(stages.flatMap(({ stage, work }) => work.gives.map((name) => [name, stage.id] as const)));
  return stages.map(({ stage, work }) => jobOf(stage, work, graph, pipeline, givers));
}

function jobOf(
  stage: StageNode,
  work: StageWork,
  graph: StageGraph,
  pipeline: PipelineDocument,
  givers: ReadonlyMap<HandoffName, string>,
): Job {
  const before = graph.directlyBefore(stage.id);
  const from = (name: HandoffName): Handoff => ({ name, from: givers.get(name)! });
  const takes = work.takes.map(from);
  const cites = work.cites.map(from);
  return {
    id: stage.id,
    title: work.title,
    stage: stage.kind,
    line: graph.line,
    needs: [...new Set([...before, ...[...takes, ...cites].map((handoff) => handoff.from)])],
    takes,
    cites,
    gives: work.gives,
    outputs: work.outputs,
    onlyIf: before.includes("detect") ? DUE : null,
    holdings: work.holdings,
    steps: work.steps,
    environment: work.environment,
    approval: pipeline.environments.some(
      ({ name, approval }) => stage.kind === "promote" && name === stage.environment && approval,
    ),
    secrets: work.secrets,
    variables: work.variables,
    timeoutMinutes: pipeline.timeoutMinutes[stage.kind] ?? DEFAULT_TIMEOUT_MINUTES[stage.kind],
  };
}

/** What `detect` says about a run that was started just to look. */
const DUE: JobOutput = { job: "detect", name: "due" };
