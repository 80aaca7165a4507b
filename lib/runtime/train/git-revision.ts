import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Variables } from "../command-context";

/** The commit that the model is trained from, and whether the files differ from it. */
export interface GitRevision {
  /** Full commit id; `null` outside a repository. */
  readonly commit: string | null;
  /** Whether tracked files were changed since the commit; `null` when that cannot be known. */
  readonly modified: boolean | null;
}

/** Asks git, and takes the CI's word where git cannot be asked. */
export async function gitRevision(folder: string, env: Variables): Promise<GitRevision> {
  const commit = await git(folder, "rev-parse", "--verify", "HEAD");
  if (commit === null) return { commit: env.GITHUB_SHA ?? null, modified: null };
  const changes = await git(folder, "status", "--porcelain", "--untracked-files=no");
  return { commit, modified: changes === null ? null : changes !== "" };
}

async function git(folder: string, ...args: readonly string[]): Promise<string | null> {
  try {
    // fsmonitor and hooks of the repository would run its code here.
    const { stdout } = await promisify(execFile)("git", ["-c", "core.fsmonitor=false", "-C", folder, ...args]);
    return stdout.trim();
  } catch {
    return null;
  }
}
