import { JobEnvironment } from "../job-environments";
import { Secret, Variable } from "../variables";
import type { StageContext } from "./stage-context";
import type { StatedWork } from "./stage-work";

/** Fetches the snapshot: the only stage where user code may see raw data, and only where a command of the repository fetches it. */
export function acquire(context: StageContext): StatedWork {
  const { data } = context.pipeline;
  const userCode = data.kind === "command" && !context.review;
  const fromRepository = userCode || context.review || data.kind === "file";
  return {
    title: context.review ? "Take the data sample" : "Acquire the data",
    gives: ["data"],
    holdings: { userCode, rawData: true },
    steps: [
      { kind: "checkout", only: fromRepository ? "everything" : "slipway-folder" },
      { kind: "install-slipway" },
      ...(userCode ? [context.installPython()] : []),
      context.slipway("Acquire the data", ["acquire", ...(context.review ? ["--sample"] : [])]),
    ],
    environment: JobEnvironment.acquire,
    variables: [Variable.handoffRecipient],
  };
}

export function validateData(context: StageContext): StatedWork {
  return {
    title: "Validate the data",
    takes: ["data"],
    holdings: { labels: true },
    steps: context.slipwayOnly("Hold the data against its contract", ["validate-data"]),
    environment: JobEnvironment.data,
    secrets: [Secret.handoffKey],
  };
}

/** Decides whether a run that was started just to look goes on. */
export function detect(context: StageContext): StatedWork {
  return {
    title: "Look for new data and drift",
    takes: ["data"],
    outputs: ["due"],
    holdings: { labels: true, store: "read", cloudIdentity: context.storeIdentity },
    steps: context.slipwayOnly("Decide whether this run goes on", ["detect"]),
    environment: JobEnvironment.data,
    secrets: [Secret.handoffKey],
    variables: context.storeVariables,
  };
}

export function split(context: StageContext): StatedWork {
  return {
    title: "Split off the held-out part",
    takes: ["data"],
    gives: ["training", "features", "labels"],
    holdings: { labels: true },
    steps: context.slipwayOnly("Split off the held-out part", ["split"]),
    environment: JobEnvironment.data,
    secrets: [Secret.handoffKey],
    variables: [Variable.handoffRecipient],
  };
}
