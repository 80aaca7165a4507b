import { consequentialStages, knownStages } from "./known-stages";
import type { CustomStage, Line, PipelineDocument } from "./pipeline-document";
import type { Stage } from "./stage";

const LINES: readonly Line[] = ["review", "delivery"];

/**
 * The user's stages with every default resolved: the lines of a stage are those that have everything it comes after, and it
 * comes before the next registration or promotion, so that a stage nobody placed further still holds up what it could judge.
 */
export function resolveCustomStages(pipeline: PipelineDocument, stages: readonly Stage[]): readonly CustomStage[] {
  const lines = resolveLines(pipeline, stages);
  return stages.map((stage, index) => ({
    name: stage.name,
    run: stage.run,
    after: stage.after,
    before: stage.before ?? defaultBefore(pipeline, stages, stage, lines[index]!),
    lines: lines[index]!,
  }));
}

function resolveLines(pipeline: PipelineDocument, stages: readonly Stage[]): readonly (readonly Line[])[] {
  const known = new Map(LINES.map((line) => [line, new Set(knownStages(pipeline, line).map(({ id }) => id))]));
  const lines = stages.map((stage) => stage.lines ?? LINES);
  // Losing a line may take it from the stages that come after: repeat until nothing changes.
  for (let changed = true; changed;) {
    changed = false;
    stages.forEach((stage, index) => {
      if (stage.lines !== null) return;
      const kept = lines[index]!.filter((line) =>
        stage.after.every(
          (name) =>
            known.get(line)!.has(name) ||
            stages.some((other, at) => other !== stage && other.name === name && lines[at]!.includes(line)),
        ),
      );
      if (kept.length < lines[index]!.length) {
        lines[index] = kept;
        changed = true;
      }
    });
  }
  // A stage that fits no line names something unknown; on the longer line the graph rules say what.
  return lines.map((each, index) => (each.length === 0 && stages[index]!.lines === null ? ["delivery"] : each));
}

function defaultBefore(
  pipeline: PipelineDocument,
  stages: readonly Stage[],
  stage: Stage,
  lines: readonly Line[],
): readonly string[] {
  if (!lines.includes("delivery")) return [];
  const earlier = namesBefore(pipeline, stages, stage);
  const consequences = consequentialStages(pipeline);
  const passed = consequences.filter((id) => earlier.has(id)).at(-1);
  const next = consequences[passed === undefined ? 0 : consequences.indexOf(passed) + 1];
  return next === undefined ? [] : [next];
}

/** Everything that comes before a stage on the delivery line, as far as stages say what they come after. */
function namesBefore(pipeline: PipelineDocument, stages: readonly Stage[], stage: Stage): ReadonlySet<string> {
  const after = new Map<string, readonly string[]>([
    ...stages.map((each) => [each.name, each.after] as const),
    ...knownStages(pipeline, "delivery").map((each) => [each.id, each.after] as const),
  ]);
  const found = new Set<string>();
  const open = [...stage.after];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    open.push(...(after.get(name) ?? []));
  }
  return found;
}
