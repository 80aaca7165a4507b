import { Problems, type Problem } from "../problems";
import { knownStages, RESERVED_STAGE_NAMES, RESERVED_STAGE_PREFIXES } from "./known-stages";
import { checkName } from "./names-and-paths";
import type { CustomStage, Line, PipelineDocument } from "./pipeline-document";
import { StageGraph } from "./stage-graph";

/** What is wrong with where the user's stages stand; paths are those of the props, `stages[0].after[1]`. */
export function graphProblems(pipeline: PipelineDocument): readonly Problem[] {
  const problems = new Problems();
  pipeline.customStages.forEach((stage, index) => {
    const path = `stages[${index}]`;
    checkStageName(problems, `${path}.name`, stage, pipeline.customStages.slice(0, index));
    if (stage.lines.length === 0) {
      problems.add(`${path}.lines`, stage.lines, "names no line", 'Name "review", "delivery" or both.');
    }
    checkNeighbours(problems, path, stage, pipeline);
  });
  checkReview(problems, pipeline);
  // A cycle is only worth telling once every name in it means one stage.
  if (problems.list.length === 0) checkCycles(problems, pipeline);
  return problems.list;
}

/** Without a single stage the required check would say nothing about what is merged. */
function checkReview(problems: Problems, pipeline: PipelineDocument): void {
  if (StageGraph.of(pipeline, "review").stages.length > 0) return;
  problems.add(
    "test",
    false,
    "leaves pull requests without any stage that reviews them",
    "Keep `lint` or `test`, or give the data a `sample`.",
  );
}

function checkStageName(problems: Problems, path: string, stage: CustomStage, earlier: readonly CustomStage[]): void {
  checkName(problems, path, stage.name);
  if (
    RESERVED_STAGE_NAMES.includes(stage.name) ||
    RESERVED_STAGE_PREFIXES.some((prefix) => stage.name.startsWith(prefix))
  ) {
    problems.add(
      path,
      stage.name,
      "would stand in for a stage of Slipway's own",
      "Give it another name, and say by `after` and `before` where it belongs.",
    );
  }
  if (earlier.some(({ name }) => name === stage.name)) {
    problems.add(path, stage.name, "is the name of two stages", "Give each stage a name of its own.");
  }
}

function checkNeighbours(problems: Problems, path: string, stage: CustomStage, pipeline: PipelineDocument): void {
  const names = new Map(stage.lines.map((line) => [line, namesOf(pipeline, line)]));
  stage.after.forEach((name, index) => {
    for (const [line, known] of names) {
      if (name !== stage.name && known.includes(name)) continue;
      addUnknown(problems, `${path}.after[${index}]`, name, stage, line, known, pipeline);
      break;
    }
  });
  stage.before.forEach((name, index) => {
    if (name !== stage.name && [...names.values()].some((known) => known.includes(name))) return;
    const [line, known] = [...names].at(-1) ?? ["delivery", []];
    addUnknown(problems, `${path}.before[${index}]`, name, stage, line, known, pipeline);
  });
}

function addUnknown(
  problems: Problems,
  path: string,
  name: string,
  stage: CustomStage,
  line: Line,
  known: readonly string[],
  pipeline: PipelineDocument,
): void {
  if (name === stage.name) {
    problems.add(path, name, "is the stage itself", "Name another stage.");
    return;
  }
  const other: Line = line === "review" ? "delivery" : "review";
  if (namesOf(pipeline, other).includes(name)) {
    problems.add(
      path,
      name,
      `is no stage of the ${line} line`,
      line === "review" && pipeline.data.sample === null && ["acquire", "train", "predict", "gate"].includes(name)
        ? 'Give the data a `sample`, so that pull requests train too, or set `lines: ["delivery"]`.'
        : `Set \`lines: ["${other}"]\`, or name a stage that both lines have.`,
    );
    return;
  }
  const others = known.filter((each) => each !== stage.name);
  problems.add(path, name, "is no stage of this pipeline", `Name one that is there: ${others.join(", ")}.`);
}

function namesOf(pipeline: PipelineDocument, line: Line): readonly string[] {
  return [
    ...knownStages(pipeline, line).map(({ id }) => id),
    ...pipeline.customStages.filter(({ lines }) => lines.includes(line)).map(({ name }) => name),
  ];
}

function checkCycles(problems: Problems, pipeline: PipelineDocument): void {
  const told = new Set<string>();
  for (const line of ["delivery", "review"] as const) {
    const cycle = StageGraph.of(pipeline, line).findCycle();
    if (cycle === null) continue;
    const index = pipeline.customStages.findIndex(({ name }) => cycle.includes(name));
    // Slipway's own stages wait for one another only where an environment is listed twice, which is told elsewhere.
    if (index < 0) continue;
    const route = cycle.join(" -> ");
    if (told.has(route)) continue;
    told.add(route);
    problems.add(
      `stages[${index}]`,
      pipeline.customStages[index]!.name,
      `would have to come before and after itself: ${route}`,
      "Take one of these names out of `after` or `before`.",
    );
  }
}
