import { join } from "node:path";
import { localPython } from "../../python/python-environment";
import type { LayOptions } from "../kept-folder";

/** The programs that lay environments, at the versions of packaging-tools.lock.txt: another uv could lay another folder. */
export interface PackagingTools {
  readonly uv: string;
  /** A Python of this machine; nothing of the laid environment depends on which. */
  readonly python: string;
}

/** The lock that says which uv lays environments. */
export const packagingToolsLock = join(__dirname, "packaging-tools.lock.txt");

/**
 * Installs the tools from their lock, or takes them from an earlier time.
 *
 * @throws BrokenEnvironmentError when Python is missing or the installation fails
 */
export async function packagingTools({ cache, ...options }: LayOptions): Promise<PackagingTools> {
  const lock = { version: "3.12", manager: "pip", lockFile: "packaging-tools.lock.txt" } as const;
  const { programs } = await localPython(lock, __dirname, { cache: join(cache, "python"), ...options });
  return { uv: join(programs, "uv"), python: join(programs, "python") };
}
