import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Variables } from "../command-context";
import { BrokenEnvironmentError } from "../refusals";

/** A Python of this machine. */
export interface FoundPython {
  readonly path: string;
  /** `3.11` */
  readonly minor: string;
}

/**
 * The pipeline's Python when it is installed, else the one there is, as long as it is 3.10 or later.
 *
 * @throws BrokenEnvironmentError when there is none
 */
export async function findPython(version: string, env: Variables): Promise<FoundPython> {
  const wanted = version.split(".").slice(0, 2).join(".");
  for (const name of [`python${wanted}`, "python3", "python"]) {
    const path = await findProgram(name, env);
    const minor = path === null ? null : await minorVersion(path, env);
    if (path !== null && minor !== null && Number(minor.split(".")[1]) >= 10) return { path, minor };
  }
  throw new BrokenEnvironmentError(
    `no Python ${wanted}, nor any from 3.10 on, is on the PATH`,
    "Install Python 3.10 or later, with its venv module.",
  );
}

async function minorVersion(python: string, env: Variables): Promise<string | null> {
  const code = "import sys; print('%d.%d' % sys.version_info[:2])";
  return await new Promise((resolve) => {
    execFile(python, ["-c", code], { env: { ...env } }, (error, stdout) => {
      resolve(error === null && stdout.startsWith("3.") ? stdout.trim() : null);
    });
  });
}

/** Path of a program on the PATH; `null` when it is not there. */
export async function findProgram(name: string, env: Variables): Promise<string | null> {
  for (const folder of (env.PATH ?? "").split(delimiter)) {
    const path = join(folder, name);
    if (folder !== "" && (await exists(path, constants.X_OK))) return path;
  }
  return null;
}

/** Whether something is at a path, and may be used in the given mode. */
export async function exists(path: string, mode: number = constants.F_OK): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
