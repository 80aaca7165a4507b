import { mkdir, rm } from "node:fs/promises";
import { assuranceOf } from "../assurance";
import type { CommandContext } from "../command-context";
import { command as predict } from "../commands/predict";
import { Arguments } from "../commands/arguments";
import { digestFolder } from "../handoff/folder-digest";
import { MlflowClient } from "../mlflow/mlflow-client";
import { RefusedError } from "../refusals";
import { modelDigestTag } from "../registration/registered-version";
import { requiredRegistry } from "../registration/required-registry";

/**
 * Takes a registered version as the candidate of this run: fetches its files, and lets it and the models it is compared with score the
 * held-out rows. Where model and predictions were handed over by their own jobs, it only verifies that they are about this version.
 *
 * @returns the context in which the gate judges it
 * @throws RefusedError `version-missing`, `registry-files-differ`, `other-version`, `model-code-in-the-gate`
 */
export async function takeRegisteredVersion(context: CommandContext, version: string): Promise<CommandContext> {
  const { takes, work, env } = context;
  const handedOver = takes.get("model");
  if (handedOver === undefined && assuranceOf(env) === "ci") {
    throw new RefusedError(
      "model-code-in-the-gate",
      "a gate of the CI holds labels and a key, and would run the model's code to score it",
      "Let the predict job score the version, and hand model and predictions over: --take model=... --take predictions=...",
    );
  }
  const folder = handedOver === undefined ? work.handoff("model") : `${work.handoff("model")}.registered`;
  try {
    const digest = await fetchVersion(context, version, folder);
    if (handedOver === undefined) return await scored(context, digest);
    if (handedOver === digest) return context;
    throw new RefusedError(
      "other-version",
      `the model handed over has digest ${handedOver}, version ${version} is ${digest}`,
      "Hand over the model that is registered as this version.",
    );
  } finally {
    if (handedOver !== undefined) await rm(folder, { recursive: true, force: true });
  }
}

async function fetchVersion({ manifest, env }: CommandContext, number: string, folder: string): Promise<string> {
  const { model } = requiredRegistry(manifest.pipeline, "gate --version");
  const { registry, artifacts } = MlflowClient.required(env, "gate --version");
  const version = await registry.version(model, number);
  if (version === null) {
    throw new RefusedError(
      "version-missing",
      `${model} has no version ${number} in the registry`,
      "Name a version that is registered.",
    );
  }
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await artifacts.downloadFolder(await registry.filesOf(model, number), folder);
  const { digest } = await digestFolder(folder);
  const registered = version.tags[modelDigestTag];
  if (registered === digest) return digest;
  throw new RefusedError(
    "registry-files-differ",
    `the files of ${model} version ${number} are ${digest}, it was registered as ${registered ?? "no model of Slipway's"}`,
    "Somebody changed the files or the tag in the registry. Find out who, and register the model again.",
  );
}

/** Runs predict as its own job would, and takes over what it gives. */
async function scored(context: CommandContext, model: string): Promise<CommandContext> {
  const takes = new Map([...context.takes, ["model", model] as const]);
  await predict.run({ ...context, takes }, new Arguments("predict", new Map(), new Map()));
  const { digest } = await digestFolder(context.work.handoff("predictions"));
  return { ...context, takes: new Map([...takes, ["predictions", digest] as const]) };
}
