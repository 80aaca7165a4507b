import { join } from "node:path";
import type { CommandContext } from "../command-context";
import { cacheFolder } from "../user-folders";
import type { LayOptions } from "./kept-folder";

/** How a job lays folders: package managers see where to find packages, and no secret of the job. */
export function layOptions({ env, work }: CommandContext): LayOptions {
  const visible = Object.entries(env).filter(([name]) => !/^(SLIPWAY|AWS|MLFLOW|ACTIONS|GITHUB)_/.test(name));
  return {
    cache: cacheFolder(env),
    env: Object.fromEntries(visible),
    log: join(work.path, "package.log"),
    signal: new AbortController().signal,
  };
}
