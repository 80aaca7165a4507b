import { cp, lstat, mkdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { PackagingDocument, PipelineDocument } from "../../blueprint/pipeline/pipeline-document";
import { Problems } from "../../blueprint/problems";

/** Where things stand in the hand-off `parts`. */
export const PartsFolder = {
  /** Lock files by their own paths: the training's, and that of a smaller environment for serving. */
  lock: "lock",
  /** Files of the repository, by their own paths. */
  files: "files",
  /** What a Dockerfile built, as an OCI image layout. */
  base: "base",
} as const;

/** Left out of folders that an image takes along: what Python and git keep for themselves. */
const NEVER_TAKEN: readonly string[] = ["__pycache__", ".git", ".slipway-run", ".slipway-store"];

/**
 * Copies what an image takes from the repository: the lock of its environment, unless a Dockerfile makes it, and the files it names.
 *
 * @param project - folder of the pipeline in the repository
 * @param parts - folder of the hand-off, emptied first
 * @throws InvalidInputError for paths that are not there
 */
export async function collectParts(
  project: string,
  parts: string,
  { python }: PipelineDocument,
  { base, files }: PackagingDocument,
): Promise<void> {
  await rm(parts, { recursive: true, force: true });
  await mkdir(parts, { recursive: true });
  const problems = new Problems();
  if (base.kind === "image") {
    await copyLock(project, python.lockFile, parts, "python.lockFile", problems);
    if (base.lockFile !== null) await copyLock(project, base.lockFile, parts, "packaging.lockFile", problems);
  }
  for (const [index, file] of files.entries()) {
    await copy(project, file, join(parts, PartsFolder.files, file), `packaging.files[${index}]`, problems);
  }
  problems.throwIfAny("packaging");
}

/** uv reads its lock together with the project file beside it. */
async function copyLock(
  project: string,
  lockFile: string,
  parts: string,
  path: string,
  problems: Problems,
): Promise<void> {
  const files = basename(lockFile) === "uv.lock" ? [lockFile, join(dirname(lockFile), "pyproject.toml")] : [lockFile];
  for (const file of files) await copy(project, file, join(parts, PartsFolder.lock, file), path, problems);
}

async function copy(project: string, file: string, target: string, path: string, problems: Problems): Promise<void> {
  const found = await lstat(join(project, file)).catch(() => null);
  if (found?.isFile() !== true && found?.isDirectory() !== true) {
    const says = found === null ? "is not in the repository" : "is neither a file nor a folder";
    problems.add(path, file, says, "Name one that is committed, relative to the pipeline's root.");
    return;
  }
  await mkdir(dirname(target), { recursive: true });
  await cp(join(project, file), target, {
    recursive: true,
    filter: (source) => !NEVER_TAKEN.includes(basename(source)),
  });
}
