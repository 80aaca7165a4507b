import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PythonEnvironment } from "../../../blueprint/pipeline/pipeline-document";
import { BrokenEnvironmentError } from "../../refusals";
import type { ImagePlatform } from "../../../blueprint/pipeline/pipeline-document";
import type { KeptFolder, LayOptions } from "../kept-folder";
import { type InstalledPackage, installedPackages } from "./installed-packages";
import { layRequirements } from "./lay-requirements";
import { type LockedRequirements, lockedRequirements } from "./locked-requirements";
import { packagingTools } from "./packaging-tools";
import { requirementsOfLock } from "./requirements-of-lock";
import { requireSubset } from "./serving-subset";

export interface EnvironmentToLay extends LayOptions {
  /** The environment the model was trained in. */
  readonly python: PythonEnvironment;
  /** Folder the lock files are relative to. */
  readonly directory: string;
  readonly platform: ImagePlatform;
  /**
   * Requirements with hashes of a smaller environment for serving, each in the version of the training's lock; relative to
   * {@link directory}.
   * @default - the whole environment of the training
   */
  readonly servingLockFile?: string | undefined;
}

/** The site packages of a locked environment, ready to become a layer. */
export interface LaidEnvironment extends KeptFolder {
  readonly packages: readonly InstalledPackage[];
}

/**
 * Lays the locked Python environment out as a folder of site packages for the target's platform and Python, whatever machine this is:
 * from wheels whose hash is in the lock, without compiling or running anything of them. The same lock gives the same bytes everywhere.
 *
 * @throws RefusedError `environment-not-locked`, `environment-not-wheels`, `serving-lock-differs`, `wheel-missing`, `wheel-hash-mismatch`
 * @throws BrokenEnvironmentError when a lock cannot be read, Python is missing or an index does not answer
 */
export async function layEnvironment(laying: EnvironmentToLay): Promise<LaidEnvironment> {
  const { python, directory, platform, servingLockFile, ...options } = laying;
  const tools = await packagingTools(options);
  const training = await requirementsOfLock(python, directory, tools, options);
  const serving =
    servingLockFile === undefined ? training : await servingPart(training, python.lockFile, directory, servingLockFile);
  const kept = await layRequirements(serving, { platform, python: python.version }, tools, options);
  return { ...kept, packages: await installedPackages(kept.folder) };
}

async function servingPart(
  training: LockedRequirements,
  trainingLockFile: string,
  directory: string,
  lockFile: string,
): Promise<LockedRequirements> {
  const text = await readFile(join(directory, lockFile), "utf8").catch(() => {
    throw new BrokenEnvironmentError(
      `the lock file ${join(directory, lockFile)} cannot be read`,
      "Commit the lock file of the serving environment.",
    );
  });
  const serving = lockedRequirements(text, lockFile);
  requireSubset(training.requirements, serving.requirements, { training: trainingLockFile, serving: lockFile });
  return { requirements: serving.requirements, sources: [...new Set([...training.sources, ...serving.sources])] };
}
