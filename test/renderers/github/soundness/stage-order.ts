import type { Line, PipelineDocument } from "../../../../lib/blueprint/pipeline/pipeline-document";

/**
 * What has to come before what, written down from the documentation of the stages and closed transitively: the specification that
 * rendered workflows are held against, independent of the graph that they were rendered from.
 */
export function stageOrder(pipeline: PipelineDocument, line: Line): ReadonlyMap<string, ReadonlySet<string>> {
  const before = new Map<string, Set<string>>();
  const chain = (...stages: readonly string[]): void => {
    stages.forEach((stage, index) => {
      const earlier = before.get(stage) ?? new Set<string>();
      before.set(stage, earlier);
      if (index > 0) earlier.add(stages[index - 1]!);
    });
  };
  const { commands, registry, triggers, packaging } = pipeline;
  const trains = line === "delivery" || pipeline.data.sample !== null;
  const looks = line === "delivery" && triggers.some(({ kind }) => kind === "newData" || kind === "drift");

  for (const [check, command] of [
    ["lint", commands.lint],
    ["test", commands.test],
  ] as const) {
    if (command === null) continue;
    chain(check, ...(trains ? ["train"] : []));
    // A Dockerfile's commands run no earlier than a training's: not before the checks, and not when nothing is due.
    if (trains && packaging !== null) chain(check, "build");
  }
  const image = packaging === null ? [] : ["package", "latency"];
  if (trains) {
    chain("acquire", "validate-data", ...(looks ? ["detect"] : []), "split", "train", "predict", "gate", ...image);
    if (packaging !== null) chain(...(looks ? ["detect"] : []), "build", "package");
  }
  if (line === "delivery") {
    chain(...(looks ? ["detect"] : []), "baseline", "predict");
    // A model leaves the run only in an image that served it.
    chain(
      image.at(-1) ?? "gate",
      ...(registry === null ? [] : ["register"]),
      ...pipeline.environments.flatMap(environmentStages),
    );
  }
  const customs = pipeline.customStages.filter(({ lines }) => lines.includes(line));
  for (const { name } of customs) chain(name);
  for (const { name, after, before: later } of customs) {
    for (const each of after) if (before.has(each)) chain(each, name);
    for (const each of later) if (before.has(each)) chain(name, each);
  }
  return closed(before);
}

function environmentStages({ name, service, servedAt }: PipelineDocument["environments"][number]): readonly string[] {
  return [
    `promote-${name}`,
    ...(service === null ? [] : [`release-${name}`]),
    ...(service === null && servedAt === null ? [] : [`verify-${name}`]),
  ];
}

function closed(before: ReadonlyMap<string, Set<string>>): ReadonlyMap<string, ReadonlySet<string>> {
  for (const middle of before.keys()) {
    for (const earlier of before.values()) {
      if (earlier.has(middle)) for (const each of before.get(middle)!) earlier.add(each);
    }
  }
  return before;
}
