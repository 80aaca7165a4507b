import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digestFolder } from "../handoff/folder-digest";
import type { MlflowClient } from "../mlflow/mlflow-client";
import type { ModelVersion } from "../mlflow/registry-client";
import { RefusedError } from "../refusals";

/** Tag of a model version that holds its content digest. Anyone with EDIT can write it, so it only says where to look. */
export const modelDigestTag = "slipway.model-digest";

/**
 * The version whose files are the model with this digest: found by its tag, believed for its files, which are fetched and digested.
 *
 * @returns `null` when no version is tagged so
 * @throws RefusedError `registry-files-differ` when versions claim the digest and hold something else
 */
export async function findRegistered(
  mlflow: MlflowClient,
  model: string,
  digest: string,
): Promise<ModelVersion | null> {
  const tagged = await mlflow.registry.versionsTagged(model, modelDigestTag, digest);
  for (const version of tagged) {
    if ((await digestOfFiles(mlflow, version)) === digest) return version;
  }
  if (tagged.length === 0) return null;
  throw new RefusedError(
    "registry-files-differ",
    `the files of ${model} version ${tagged.map(({ version }) => version).join(", ")} are not the model ${digest} that their tag names`,
    "Somebody changed the files or the tag in the registry. Find out who, delete the version and run register again.",
  );
}

async function digestOfFiles({ artifacts, registry }: MlflowClient, { model, version }: ModelVersion): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-registered-"));
  try {
    await artifacts.downloadFolder(await registry.filesOf(model, version), folder);
    return (await digestFolder(folder)).digest;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
