import type { Line, PipelineDocument, StageKind } from "./pipeline-document";

/** A stage of one line and the stages that must have succeeded before it starts. */
export interface StageNode {
  /** A kind, a custom name, or `promote-`, `release-`, `verify-` with the environment's name. */
  readonly id: string;
  readonly kind: StageKind;
  /** The environment that a promotion, release or verification is about. */
  readonly environment: string | null;
  readonly after: readonly string[];
}

/** Names that no custom stage may take, in any pipeline. */
export const RESERVED_STAGE_NAMES: readonly string[] = [
  ...[
    "lint",
    "test",
    "acquire",
    "validate-data",
    "detect",
    "split",
    "baseline",
    "train",
    "predict",
    "gate",
    "register",
  ],
  ...["approve", "promote", "release", "verify", "verdict", "custom"],
];

/** Beginnings of stage names that belong to environments. */
export const RESERVED_STAGE_PREFIXES: readonly string[] = ["approve-", "promote-", "release-", "verify-"];

/** Whether runs are started just to look, so that `detect` decides whether they go on. */
function looksFirst(pipeline: PipelineDocument): boolean {
  return pipeline.triggers.some(({ kind }) => kind === "newData" || kind === "drift");
}

/** Slipway's own stages of a line, in an order in which they could run one by one. */
export function knownStages(pipeline: PipelineDocument, line: Line): readonly StageNode[] {
  return line === "review" ? reviewStages(pipeline) : deliveryStages(pipeline);
}

/** The stages after which something outside the run is changed, in order. */
export function consequentialStages(pipeline: PipelineDocument): readonly string[] {
  return [
    ...(pipeline.registry === null ? [] : ["register"]),
    ...pipeline.environments.map(({ name }) => `promote-${name}`),
  ];
}

function reviewStages(pipeline: PipelineDocument): readonly StageNode[] {
  const checks = checkStages(pipeline);
  if (pipeline.data.sample === null) return checks;
  return [
    ...checks,
    stage("acquire", []),
    stage("validate-data", ["acquire"]),
    stage("split", ["validate-data"]),
    stage("train", ["split", ...checks.map(({ id }) => id)]),
    stage("predict", ["train"]),
    stage("gate", ["predict"]),
  ];
}

function deliveryStages(pipeline: PipelineDocument): readonly StageNode[] {
  const checks = checkStages(pipeline);
  const detect = looksFirst(pipeline) ? [stage("detect", ["validate-data"])] : [];
  return [
    ...checks,
    stage("acquire", []),
    stage("validate-data", ["acquire"]),
    ...detect,
    stage("split", detect.length > 0 ? ["detect"] : ["validate-data"]),
    stage(
      "baseline",
      detect.map(({ id }) => id),
    ),
    stage("train", ["split", ...checks.map(({ id }) => id)]),
    stage("predict", ["train", "baseline"]),
    stage("gate", ["predict"]),
    ...(pipeline.registry === null ? [] : [stage("register", ["gate"])]),
    ...environmentStages(pipeline),
  ];
}

function checkStages({ commands }: PipelineDocument): readonly StageNode[] {
  return [
    ...(commands.lint === null ? [] : [stage("lint", [])]),
    ...(commands.test === null ? [] : [stage("test", [])]),
  ];
}

/** Promotion into each environment, and where it has a service its release and verification, each after all of the one before. */
function environmentStages(pipeline: PipelineDocument): readonly StageNode[] {
  let last = pipeline.registry === null ? "gate" : "register";
  const stages: StageNode[] = [];
  for (const { name, service } of pipeline.environments) {
    for (const kind of service === null ? (["promote"] as const) : (["promote", "release", "verify"] as const)) {
      const id = `${kind}-${name}`;
      stages.push({ id, kind, environment: name, after: [last] });
      last = id;
    }
  }
  return stages;
}

function stage(kind: StageKind, after: readonly string[]): StageNode {
  return { id: kind, kind, environment: null, after };
}
