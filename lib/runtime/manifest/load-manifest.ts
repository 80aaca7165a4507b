import { readFile, readdir } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { textDigest } from "../../blueprint/manifest/canonical-text";
import { parseReleaseManifest, type ReleaseManifest } from "../../blueprint/manifest/release-manifest";
import { InvalidInputError } from "../../blueprint/problems";
import type { Variables } from "../command-context";
import { RefusedError } from "../refusals";

export interface LoadedManifest {
  readonly manifest: ReleaseManifest;
  /** `sha256:<hex>` of the file's bytes. */
  readonly digest: string;
  readonly path: string;
  /** Folder that holds `.slipway/`. */
  readonly repository: string;
}

/** How the user named the manifest; both absent: the only one that is found. */
export interface ManifestChoice {
  readonly path: string | undefined;
  readonly pipeline: string | undefined;
}

/**
 * Reads the release manifest: `--manifest`, or `.slipway/<pipeline>.json` in the working directory or above it.
 *
 * @throws RefusedError `manifest-digest-mismatch` when `$SLIPWAY_MANIFEST_DIGEST` names other content: the workflow and its manifest
 *   arrive in separate commits, and a job runs only what both agree on
 * @throws InvalidInputError when no manifest is found or it cannot be used
 */
export async function loadManifest(choice: ManifestChoice, directory: string, env: Variables): Promise<LoadedManifest> {
  const path = await findManifest(choice, directory);
  if (path !== null) return await loadFrom(path, choice, env);
  throw unusable(
    `.slipway/${choice.pipeline ?? "<pipeline>"}.json`,
    `was not found in ${resolve(directory)} or above it`,
    "Run inside the model repository, or name the file with --manifest <path>.",
  );
}

/** The same for a command that works with and without one: `null` where none is found and none was named. */
export async function loadManifestIfAny(
  choice: ManifestChoice,
  directory: string,
  env: Variables,
): Promise<LoadedManifest | null> {
  const named = choice.path !== undefined || choice.pipeline !== undefined;
  if (!named && (await findManifest(choice, directory)) === null) return null;
  return await loadManifest(choice, directory, env);
}

async function loadFrom(path: string, choice: ManifestChoice, env: Variables): Promise<LoadedManifest> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw unusable(
      path,
      "cannot be read",
      `Check the path. (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
    );
  });
  const digest = textDigest(bytes);
  const expected = env.SLIPWAY_MANIFEST_DIGEST;
  if (expected !== undefined && expected !== "" && expected !== digest) {
    throw new RefusedError(
      "manifest-digest-mismatch",
      `${path} has digest ${digest}, the workflow was rendered for ${expected}`,
      "Deliver manifest and workflow together: run `cdktf deploy` again, or take both files from the same commit.",
    );
  }
  const manifest = parseReleaseManifest(bytes.toString("utf8"), `release manifest ${path}`);
  if (choice.pipeline !== undefined && manifest.pipeline.name !== choice.pipeline) {
    throw unusable(
      path,
      `describes pipeline ${manifest.pipeline.name}, not ${choice.pipeline}`,
      "Name the manifest of this pipeline.",
    );
  }
  const folder = dirname(path);
  return { manifest, digest, path, repository: folder.endsWith(".slipway") ? dirname(folder) : folder };
}

async function findManifest(choice: ManifestChoice, directory: string): Promise<string | null> {
  if (choice.path !== undefined) return resolve(directory, choice.path);
  for (let folder = resolve(directory); ; folder = dirname(folder)) {
    const found = (await readdir(join(folder, ".slipway")).catch(() => [])).filter((name) => name.endsWith(".json"));
    const wanted =
      choice.pipeline === undefined ? found : found.filter((name) => name === `${choice.pipeline ?? ""}.json`);
    if (wanted.length === 1) return join(folder, ".slipway", wanted[0]!);
    if (wanted.length > 1) {
      throw unusable(
        join(folder, ".slipway"),
        `holds ${wanted.sort().join(", ")}`,
        "Say which with --pipeline <name>.",
      );
    }
    if (dirname(folder) === folder) return null;
  }
}

function unusable(path: string, says: string, remedy: string): InvalidInputError {
  return new InvalidInputError("release manifest", [{ path: "manifest", value: path, says, remedy }]);
}
