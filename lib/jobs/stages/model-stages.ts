import type { HandoffName } from "../job";
import { JobEnvironment } from "../job-environments";
import { Secret } from "../variables";
import type { StageContext } from "./stage-context";
import type { StatedWork } from "./stage-work";

export function baseline(context: StageContext): StatedWork {
  const title = "Fetch the models to compare with";
  return {
    title,
    gives: ["baseline"],
    holdings: { store: "read", cloudIdentity: context.storeIdentity },
    steps: context.slipwayOnly(title, ["baseline"]),
    environment: JobEnvironment.baseline,
    variables: context.storeVariables,
  };
}

export function train(context: StageContext): StatedWork {
  return {
    title: context.review ? "Train on the sample" : "Train",
    takes: ["training"],
    gives: ["model"],
    holdings: { userCode: true, tracking: context.pipeline.registry !== null, cache: true },
    steps: context.slipwayWithPython("Train", ["train"]),
    environment: JobEnvironment.training,
    secrets: context.trackingSecrets,
    variables: context.trackingVariables,
  };
}

/** Runs models, which are user code, on held-out features without labels, keys or any environment. */
export function predict(context: StageContext): StatedWork {
  const title = "Predict the held-out part";
  return {
    title,
    takes: ["features", "model", ...baselineOf(context)],
    gives: ["predictions"],
    holdings: { userCode: true, cache: true },
    steps: context.slipwayWithPython(title, ["predict"]),
  };
}

export function gate(context: StageContext): StatedWork {
  return {
    title: context.review ? "Measure (nothing is enforced)" : "Gate",
    takes: ["labels", "predictions", "model", ...baselineOf(context)],
    cites: ["data", "training"],
    gives: ["evidence"],
    holdings: { labels: true, signingKey: true, cloudIdentity: context.signingIdentity },
    steps: context.slipwayOnly("Measure, judge, sign", ["gate", ...(context.review ? ["--smoke"] : [])]),
    environment: JobEnvironment.gate,
    secrets: [Secret.handoffKey, ...context.signingSecrets],
    variables: context.signingVariables,
  };
}

/** A review compares with nothing: fetching production would take an identity. */
function baselineOf({ review }: StageContext): readonly HandoffName[] {
  return review ? [] : ["baseline"];
}
