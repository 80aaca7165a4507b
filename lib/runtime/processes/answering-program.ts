import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Variables } from "../command-context";

const run = promisify(execFile);

/**
 * The first of some container programs that is installed and, where it needs a daemon, reaches it; `null` when none does.
 *
 * @param directory - where they are called; `DOCKER_HOST` and the like are theirs to read from the environment
 */
export async function answeringProgram<Program extends "docker" | "podman" | "buildah">(
  programs: readonly Program[],
  env: Variables,
  directory?: string,
): Promise<Program | null> {
  for (const program of programs) {
    const answers = await run(program, ["info"], { cwd: directory, env: { ...env } }).then(
      () => true,
      () => false,
    );
    if (answers) return program;
  }
  return null;
}
