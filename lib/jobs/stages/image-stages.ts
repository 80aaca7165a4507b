import type { HandoffName } from "../job";
import { JobEnvironment } from "../job-environments";
import { Variable } from "../variables";
import type { StageContext } from "./stage-context";
import type { StatedWork } from "./stage-work";

/**
 * What an image takes from the repository: its lock and files, or the base that its Dockerfile builds. A job of its own, so that the
 * one with the key needs nothing of the repository; only a Dockerfile makes it run user code.
 */
export function build(context: StageContext): StatedWork {
  const userCode = context.pipeline.packaging!.base.kind === "dockerfile";
  const title = userCode ? "Build the base image" : "Collect what the image takes from the repository";
  return {
    title,
    gives: ["parts"],
    holdings: { userCode },
    steps: [{ kind: "checkout", only: "everything" }, { kind: "install-slipway" }, context.slipway(title, ["build"])],
  };
}

/** Puts the gated model on its base, pushes the image and signs what is in it. Runs nothing of what it packs. */
export function packageImage(context: StageContext): StatedWork {
  const { images } = context;
  const title = context.review ? "Package the model (nothing is pushed)" : "Package the model";
  return {
    title,
    takes: ["model", "evidence", "parts"],
    gives: ["image"],
    holdings: { images: images.push, signingKey: true, cloudIdentity: images.identity || context.signingIdentity },
    steps: context.slipwayOnly(title, ["package"]),
    environment: JobEnvironment.images,
    secrets: [...images.secrets, ...context.signingSecrets],
    variables: [...new Set([Variable.images, ...images.variables, ...context.signingVariables])],
  };
}

/** Serves the model as the image would and measures it: user code again, so it signs nothing and reaches nothing. */
export function latency(context: StageContext): StatedWork {
  return {
    title: "Serve: contract and latency, as a smoke test",
    takes: ["model", "features", "predictions"],
    holdings: { userCode: true, cache: true },
    steps: context.slipwayWithPython("Serve and measure", ["latency"]),
  };
}

/** The image of a pipeline that packages. */
export function imageOf({ pipeline }: StageContext): readonly HandoffName[] {
  return pipeline.packaging === null ? [] : ["image"];
}
