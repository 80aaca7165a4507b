import { readdir, readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { exists } from "../python/find-python";
import { RefusedError } from "../refusals";
import type { ImagePlatform } from "../../blueprint/pipeline/pipeline-document";
import { PLATFORM_NAMES } from "./image-platform";

/**
 * Packages with compiled parts bring one optional package per platform. npm leaves out the ones it was not given a lock for without a
 * word, and the command would fail only when it runs.
 *
 * @throws RefusedError `runtime-build-missing` with every package that has nothing for the platform
 */
export async function requireBuilds(folder: string, platform: ImagePlatform): Promise<void> {
  const wanted = new RegExp(`linux[-_]${PLATFORM_NAMES[platform].npmCpu}(?![a-z0-9]|.*musl)`);
  const missing: string[] = [];
  for (const manifest of await manifestsBelow(join(folder, "node_modules"))) {
    const { name, version, optionalDependencies } = JSON.parse(await readFile(manifest, "utf8")) as PackageManifest;
    const builds = Object.keys(optionalDependencies ?? {}).filter((each) => each.includes("linux"));
    if (builds.length === 0) continue;
    const fitting = builds.filter((each) => wanted.test(each));
    const present = await Promise.all(fitting.map((each) => found(each, dirname(manifest), folder)));
    if (!present.includes(true)) missing.push(`${name ?? relative(folder, manifest)} ${version ?? ""}`);
  }
  if (missing.length === 0) return;
  throw new RefusedError(
    "runtime-build-missing",
    `the runtime's lock has no build for ${platform} of:\n${missing.map((each) => `  - ${each}`).join("\n")}`,
    "Lock it for every platform: remove node_modules and package-lock.json of the program, `npm install`, and synthesize again.",
  );
}

interface PackageManifest {
  readonly name?: string;
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** The package.json of every package installed below a `node_modules`, also of those nested in others. */
export async function manifestsBelow(modules: string): Promise<readonly string[]> {
  const manifests: string[] = [];
  const entries = await readdir(modules, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.filter((each) => each.isDirectory())) {
    const path = join(modules, entry.name);
    if (entry.name.startsWith("@")) {
      manifests.push(...(await manifestsBelow(path)));
      continue;
    }
    if (await exists(join(path, "package.json"))) manifests.push(join(path, "package.json"));
    manifests.push(...(await manifestsBelow(join(path, "node_modules"))));
  }
  return manifests;
}

/** Whether a package is where Node would look for it: in the asking one's own `node_modules`, then further out. */
async function found(name: string, from: string, top: string): Promise<boolean> {
  for (let folder = from; ; folder = dirname(folder)) {
    if (await exists(join(folder, "node_modules", name))) return true;
    if (folder === top) return false;
  }
}
