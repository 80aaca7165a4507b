import { cp, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { digestFolder } from "../handoff/folder-digest";
import { BrokenEnvironmentError } from "../refusals";
import { type InstalledPackage, installedPackages } from "./environment/installed-packages";
import { layRequirements } from "./environment/lay-requirements";
import { lockedRequirements } from "./environment/locked-requirements";
import { packagingTools } from "./environment/packaging-tools";
import type { WheelTarget } from "./environment/wheel-target";
import { keptFolder, type KeptFolder, type LayOptions } from "./kept-folder";

const LOCK = "serving.lock.txt";

export interface ServerToLay extends LayOptions, WheelTarget {
  /**
   * Folder of the server's Python package; its name is the package's.
   * @default - the `slipway_serving` that comes with Slipway
   */
  readonly packageFolder?: string;
}

/** The server and what only it needs, ready to become a layer or an entry of PYTHONPATH. */
export interface LaidServer extends KeptFolder {
  /** Packages that came with it; the server's own is none. */
  readonly packages: readonly InstalledPackage[];
}

/**
 * Lays Slipway's own server out as a folder of site packages: its package and, from wheels whose hashes Slipway states, what only it needs.
 * It stays apart from the model's environment, so that neither's lock speaks about the other.
 *
 * @throws BrokenEnvironmentError when Python or the server's package is missing or an index does not answer
 * @throws RefusedError `wheel-hash-mismatch` when an index gives other files than Slipway was made with
 */
export async function layServer(laying: ServerToLay): Promise<LaidServer> {
  const { platform, python, packageFolder = ownServer(), ...options } = laying;
  const tools = await packagingTools(options);
  const requirements = lockedRequirements(await readFile(join(__dirname, LOCK), "utf8"), LOCK);
  const needed = await layRequirements(requirements, { platform, python }, tools, options);
  const server = await sourcesOf(packageFolder);
  const ingredients = [needed.content.digest, basename(packageFolder), ...server.lines];
  const kept = await keptFolder("servers", ingredients, { ...options, python: tools.python }, async ({ folder }) => {
    await cp(needed.folder, folder, { recursive: true });
    for (const path of server.paths) {
      await cp(join(packageFolder, path), join(folder, basename(packageFolder), path), { dereference: true });
    }
  });
  return { ...kept, packages: await installedPackages(kept.folder) };
}

function ownServer(): string {
  return join(__dirname, "..", "serving", "python", "slipway_serving");
}

interface ServerSources {
  readonly paths: readonly string[];
  /** Path and digest of each. */
  readonly lines: readonly string[];
}

/** What the package was written as: what Python compiles beside it when it runs is of this machine. */
async function sourcesOf(folder: string): Promise<ServerSources> {
  const { files } = await digestFolder(folder).catch((error: unknown) => {
    throw new BrokenEnvironmentError(
      `the server's package cannot be read: ${(error as Error).message}`,
      "Install Slipway anew.",
    );
  });
  const sources = files.filter(({ path }) => !/(^|\/)__pycache__\//.test(path));
  return {
    paths: sources.map(({ path }) => path),
    lines: sources.map(({ path, sha256 }) => `${sha256}  ${path}`),
  };
}
