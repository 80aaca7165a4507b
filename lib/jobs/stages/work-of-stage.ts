import type { StageNode } from "../../blueprint/pipeline/known-stages";
import type { Line, PipelineDocument } from "../../blueprint/pipeline/pipeline-document";
import { custom, lint, unitTests } from "./check-stages";
import { acquire, detect, split, validateData } from "./data-stages";
import { baseline, gate, predict, train } from "./model-stages";
import { build, latency, packageImage } from "./image-stages";
import { promote, register, release, verify } from "./release-stages";
import { StageContext } from "./stage-context";
import { completeWork, reviewWork, type StageWork, type StatedWork } from "./stage-work";

/** The work of one stage on one line. */
export function workOfStage(pipeline: PipelineDocument, line: Line, stage: StageNode): StageWork {
  const work = completeWork(stated(new StageContext(pipeline, line), stage));
  return line === "review" ? reviewWork(work) : work;
}

function stated(context: StageContext, stage: StageNode): StatedWork {
  switch (stage.kind) {
    case "lint":
      return lint(context);
    case "test":
      return unitTests(context);
    case "custom":
      return custom(context, stage.id);
    case "acquire":
      return acquire(context);
    case "validate-data":
      return validateData(context);
    case "detect":
      return detect(context);
    case "split":
      return split(context);
    case "baseline":
      return baseline(context);
    case "train":
      return train(context);
    case "predict":
      return predict(context);
    case "gate":
      return gate(context);
    case "build":
      return build(context);
    case "package":
      return packageImage(context);
    case "latency":
      return latency(context);
    case "register":
      return register(context);
    case "promote":
      return promote(context, stage.environment!);
    case "release":
      return release(context, stage.environment!);
    case "verify":
      return verify(context, stage.environment!);
  }
}
