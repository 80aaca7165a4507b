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
    "build",
    "package",
    "latency",
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
    ...packagingStages(pipeline, checks),
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
    ...packagingStages(pipeline, [...checks, ...detect]),
    ...(pipeline.registry === null ? [] : [stage("register", [lastOfModel(pipeline)])]),
    ...environmentStages(pipeline),
  ];
}

function checkStages({ commands }: PipelineDocument): readonly StageNode[] {
  return [
    ...(commands.lint === null ? [] : [stage("lint", [])]),
    ...(commands.test === null ? [] : [stage("test", [])]),
  ];
}

/** The image of the model, and whether it serves; both before anything outside the run is changed. */
function packagingStages({ packaging }: PipelineDocument, beforeBuild: readonly StageNode[]): readonly StageNode[] {
  if (packaging === null) return [];
  const collected = beforeBuild.map(({ id }) => id);
  return [stage("build", collected), stage("package", ["gate", "build"]), stage("latency", ["package"])];
}

/** What must have succeeded before a model leaves the run. */
function lastOfModel({ packaging }: PipelineDocument): StageKind {
  return packaging === null ? "gate" : "latency";
}

/** Promotion into each environment, its release where it has a service, its verification where it is served; each after all of the one before. */
function environmentStages(pipeline: PipelineDocument): readonly StageNode[] {
  let last: string = pipeline.registry === null ? lastOfModel(pipeline) : "register";
  const stages: StageNode[] = [];
  for (const { name, service, servedAt } of pipeline.environments) {
    const kinds: readonly StageKind[] = [
      "promote",
      ...(service === null ? [] : (["release"] as const)),
      ...(service === null && servedAt === null ? [] : (["verify"] as const)),
    ];
    for (const kind of kinds) {
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
