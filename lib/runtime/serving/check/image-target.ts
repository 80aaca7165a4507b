import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ImagePath, ServingVariable } from "../../../blueprint/serving/serving-contract";
import { restrictedFlags, type ContainerEngine } from "./container-engine";
import { ContainerServer } from "./container-server";
import type { ImageFacts } from "./image-facts";
import type { ServedTarget } from "./served-target";

/** An image whose containers serve the model in it. */
export function imageTarget(engine: ContainerEngine, image: string, { variables }: ImageFacts): ServedTarget {
  const told = variables.find((each) => each.startsWith(`${ServingVariable.modelDigest}=`));
  return {
    name: image,
    modelDigest: told === undefined ? null : told.slice(ServingVariable.modelDigest.length + 1),
    start: async (settings) => await ContainerServer.start(engine, image, restrictedFlags, settings),
    // The files in the image cannot be changed, what they are held against can: to the server it is the same.
    startChanged: async (settings) =>
      await ContainerServer.start(engine, image, restrictedFlags, {
        ...settings,
        [ServingVariable.modelDigest]: `sha256:${"0".repeat(64)}`,
      }),
  };
}

/** Lets the work look at a copy of the model folder in an image, and removes it. */
export async function withModelOf<T>(
  engine: ContainerEngine,
  image: string,
  { variables }: ImageFacts,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const named = variables.find((each) => each.startsWith(`${ServingVariable.modelFolder}=`));
  const inImage = named?.slice(ServingVariable.modelFolder.length + 1) ?? ImagePath.model;
  const folder = await mkdtemp(join(tmpdir(), "slipway-image-model-"));
  const container = await engine.call(["create", image]);
  try {
    await engine.call(["cp", `${container}:${inImage}`, join(folder, "model")]);
    return await work(join(folder, "model"));
  } finally {
    await engine.call(["rm", "--force", "--volumes", container]);
    await rm(folder, { recursive: true, force: true });
  }
}
