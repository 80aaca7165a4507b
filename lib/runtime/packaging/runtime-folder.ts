import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findProgram, findPython } from "../python/find-python";
import { runProcess } from "../processes/child-process";
import { BrokenEnvironmentError, RefusedError } from "../refusals";
import type { ImagePlatform } from "../../blueprint/pipeline/pipeline-document";
import { PLATFORM_NAMES } from "./image-platform";
import { keptFolder, type KeptFolder, type LayOptions, type Making } from "./kept-folder";
import { requireBuilds } from "./native-builds";
import { type LockedPackages, type NpmPackage, npmPackages } from "./npm-packages";
import { npmRefusal } from "./npm-report";

export interface RuntimeToLay extends LayOptions {
  /** `.slipway/runtime` of a model repository: package.json, package-lock.json and, where it is vendored, Slipway itself. */
  readonly lockFolder: string;
  readonly platform: ImagePlatform;
}

/** The command for jobs of a cluster, ready to become a layer. */
export interface LaidRuntime extends KeptFolder {
  /** The program that node runs, relative to the folder. */
  readonly main: string;
  readonly packages: readonly NpmPackage[];
  /** Slipway's version, by the lock. */
  readonly version: string;
  /** sha256 of package-lock.json in hex: what a workflow holds the lock against. */
  readonly lockSha256: string;
  /** Folder for the PATH, relative to the folder: `slipway`, executable, is all that is in it. */
  readonly programs: string;
}

const MAIN = "node_modules/slipway/dist/runtime/main.js";

const PROGRAMS = "bin";

/** What stands in the place of npm's `.bin`, whose links no folder that is known by its files may hold. */
const launcher = `#!/usr/bin/env node\nrequire("../${MAIN}");\n`;

/**
 * Lays the jobs' runtime out for the target's platform: `node_modules` with exactly the packages of the lock, each of the integrity that
 * the lock states, no script of theirs run. What a checkout says to npm (an `.npmrc`) is not heard.
 *
 * @throws RefusedError `runtime-not-locked`, `runtime-integrity-mismatch`, `runtime-build-missing`
 * @throws BrokenEnvironmentError when npm or Python is missing, or the registry does not answer
 */
export async function layRuntime({ lockFolder, platform, ...options }: RuntimeToLay): Promise<LaidRuntime> {
  const files = await readRuntime(lockFolder);
  const { locked, version } = requireLocked(files.lock);
  const npm = await findProgram("npm", options.env);
  if (npm === null) throw new BrokenEnvironmentError("npm is not on the PATH", "Install Node.js with its npm.");
  const { path: python } = await findPython("3.12", options.env);
  const vendored = files.vendored?.toString("base64") ?? "";
  const kept = await keptFolder(
    "runtimes",
    [files.manifest, files.lock, vendored, platform, launcher],
    { ...options, python },
    async (making) => {
      await install(npm, files, platform, making, options);
    },
  );
  return {
    ...kept,
    ...{ main: MAIN, programs: PROGRAMS, version },
    packages: await npmPackages(kept.folder, locked),
    lockSha256: createHash("sha256").update(files.lock).digest("hex"),
  };
}

interface RuntimeFiles {
  readonly manifest: string;
  readonly lock: string;
  /** Slipway's own tarball; `null` where a registry has it. */
  readonly vendored: Buffer | null;
}

async function readRuntime(folder: string): Promise<RuntimeFiles> {
  try {
    const encoded = await readFile(join(folder, "slipway.tgz.b64"), "utf8").catch(() => null);
    return {
      manifest: await readFile(join(folder, "package.json"), "utf8"),
      lock: await readFile(join(folder, "package-lock.json"), "utf8"),
      vendored: encoded === null ? null : Buffer.from(encoded, "base64"),
    };
  } catch (error) {
    throw new BrokenEnvironmentError(
      `the runtime of the jobs cannot be read: ${(error as Error).message}`,
      "Merge the files that the pipeline delivers into the model repository.",
    );
  }
}

/** npm installs what has no integrity without a word. */
function requireLocked(lock: string): { readonly locked: LockedPackages; readonly version: string } {
  const locked = lockedPackages(lock);
  if (locked === null) throw notLocked("is no lock file of npm 7 or later");
  const open = Object.keys(locked).filter((path) => path !== "" && locked[path]?.integrity === undefined);
  if (open.length > 0) throw notLocked(`states no integrity of:\n${open.map((path) => `  - ${path}`).join("\n")}`);
  const version = locked["node_modules/slipway"]?.version;
  if (version === undefined) throw notLocked("names no package slipway");
  return { locked, version };
}

function notLocked(says: string): RefusedError {
  return new RefusedError(
    "runtime-not-locked",
    `package-lock.json of the runtime ${says}`,
    "Synthesize the pipeline again, and merge what it delivers.",
  );
}

function lockedPackages(lock: string): LockedPackages | null {
  try {
    return (JSON.parse(lock) as { readonly packages?: LockedPackages }).packages ?? null;
  } catch {
    return null;
  }
}

async function install(
  npm: string,
  files: RuntimeFiles,
  platform: ImagePlatform,
  { folder, scratch, log, lock }: Making,
  { env, signal }: LayOptions,
): Promise<void> {
  const project = join(scratch, "project");
  await mkdir(project);
  await writeFile(join(project, "package.json"), files.manifest);
  await writeFile(join(project, "package-lock.json"), files.lock);
  if (files.vendored !== null) await writeFile(join(project, "slipway.tgz"), files.vendored);
  const target = ["--os=linux", `--cpu=${PLATFORM_NAMES[platform].npmCpu}`, "--libc=glibc"];
  const how = ["--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
  const { exitCode } = await runProcess([npm, "ci", ...how, ...target], {
    ...{ directory: project, env, log, signal },
    keepsOpen: lock,
  });
  if (exitCode !== 0) throw npmRefusal(await readFile(log, "utf8"), log);
  const modules = join(folder, "node_modules");
  await rename(join(project, "node_modules"), modules).catch(async () => {
    await cp(join(project, "node_modules"), modules, { recursive: true });
  });
  // npm's own note of what it did, and links of all packages' programs.
  await rm(join(modules, ".package-lock.json"), { force: true });
  await rm(join(modules, ".bin"), { recursive: true, force: true });
  await mkdir(join(folder, PROGRAMS));
  await writeFile(join(folder, PROGRAMS, "slipway"), launcher, { mode: 0o755 });
  await requireBuilds(folder, platform);
}
