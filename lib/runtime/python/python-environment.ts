import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { PythonEnvironment } from "../../blueprint/pipeline/pipeline-document";
import type { Variables } from "../command-context";
import { BrokenEnvironmentError } from "../refusals";
import { runProcess } from "../processes/child-process";
import { withFileLock } from "./file-lock";
import { exists, findProgram, findPython, type FoundPython } from "./find-python";

/** A Python environment on this machine, made from a lock and from nothing else. */
export interface LocalPython {
  /** Folder of its programs, to be put first on the PATH. */
  readonly programs: string;
  readonly folder: string;
  /** Whether it was there already. */
  readonly cached: boolean;
  /** What a reader should know, for example that the Python is another than the pipeline's; `null` for nothing. */
  readonly note: string | null;
}

export interface LocalPythonOptions {
  /** Folder under which environments are kept, one per lock. */
  readonly cache: string;
  readonly env: Variables;
  readonly log: string;
  readonly signal: AbortSignal;
}

/**
 * Makes the locked environment, or takes the one that an earlier run made of the same lock with the same Python. Runs that need the
 * same one at once wait for the first of them to make it.
 *
 * @param directory - where the lock file is
 * @throws BrokenEnvironmentError when Python or the lock's own manager is missing, or an installation fails
 */
export async function localPython(
  environment: PythonEnvironment,
  directory: string,
  options: LocalPythonOptions,
): Promise<LocalPython> {
  const { version } = environment;
  const python = await findPython(version, options.env);
  const folder = join(options.cache, (await keyOf(environment, directory, python)).slice(0, 20));
  const note = version.startsWith(python.minor) ? null : `with Python ${python.minor}; the CI uses ${version}`;
  const found = { programs: join(folder, "bin"), folder, note };
  const complete = join(folder, "slipway-complete");
  if (await exists(complete)) return { ...found, cached: true };

  await mkdir(options.cache, { recursive: true });
  return await withFileLock(`${folder}.lock`, { python: python.path, signal: options.signal }, async (lock) => {
    if (await exists(complete)) return { ...found, cached: true };
    // An environment without the mark was interrupted while it was made.
    await rm(folder, { recursive: true, force: true });
    await install(environment, join(directory, environment.lockFile), folder, python, lock, options);
    await writeFile(complete, "");
    return { ...found, cached: false };
  });
}

/** Digest of everything an environment follows from. */
async function keyOf(
  { manager, lockFile }: PythonEnvironment,
  directory: string,
  python: FoundPython,
): Promise<string> {
  const lock = await readFile(join(directory, lockFile)).catch(() => {
    throw new BrokenEnvironmentError(
      `the lock file ${join(directory, lockFile)} cannot be read`,
      "Commit the lock file that the pipeline was synthesized with, or synthesize it again.",
    );
  });
  const hash = createHash("sha256").update(`${manager}\0${python.path}\0${python.minor}\0`).update(lock);
  // uv installs the project itself too, from its folder, and refuses a lock that its pyproject.toml has moved on from.
  if (manager === "uv") {
    const project = await readFile(join(directory, dirname(lockFile), "pyproject.toml")).catch(() => "");
    hash.update(`\0${resolve(directory)}\0`).update(project);
  }
  return hash.digest("hex");
}

async function install(
  { manager, lockFile }: PythonEnvironment,
  lockPath: string,
  folder: string,
  python: FoundPython,
  lock: number,
  options: LocalPythonOptions,
): Promise<void> {
  const env = {
    ...options.env,
    VIRTUAL_ENV: folder,
    UV_PROJECT_ENVIRONMENT: folder,
    PIP_DISABLE_PIP_VERSION_CHECK: "1",
  };
  const { log, signal } = options;
  for (const argv of await installation(manager, lockPath, folder, python.path, options.env)) {
    const { exitCode } = await runProcess(argv, { directory: dirname(lockPath), env, log, signal, keepsOpen: lock });
    if (exitCode === 0) continue;
    throw new BrokenEnvironmentError(
      `the locked environment of ${lockFile} cannot be installed: \`${argv.slice(0, 3).join(" ")}\` ended with ${String(exitCode)}`,
      `Read ${log}; the usual causes are a missing package index and a Python that the lock was not made for.`,
    );
  }
}

/** The commands that make an environment from each kind of lock; hashes are checked by every one of them. */
async function installation(
  manager: PythonEnvironment["manager"],
  lock: string,
  folder: string,
  python: string,
  env: Variables,
): Promise<readonly (readonly string[])[]> {
  const own = await findProgram(manager, env);
  if (manager !== "pip" && own === null) {
    throw new BrokenEnvironmentError(
      `${lock} needs ${manager}, which is not on the PATH`,
      `Install ${manager}, or lock the environment as requirements with hashes, for which Python alone suffices.`,
    );
  }
  const venv = [python, "-m", "venv", folder];
  switch (manager) {
    case "uv":
      return [[own!, "sync", "--locked", "--no-progress", "--python", python]];
    case "poetry":
      return [venv, [own!, "install", "--no-root", "--no-interaction", "--directory", dirname(lock)]];
    case "conda-lock":
      return [[own!, "install", "--prefix", folder, lock]];
    case "pip": {
      const uv = await findProgram("uv", env);
      const target = join(folder, "bin", "python");
      return uv === null
        ? [venv, [target, "-m", "pip", "install", "--quiet", "--no-input", "--require-hashes", "-r", lock]]
        : [
            [uv, "venv", "--quiet", "--python", python, folder],
            [uv, "pip", "sync", "--quiet", "--no-progress", "--python", target, "--require-hashes", lock],
          ];
    }
  }
}
