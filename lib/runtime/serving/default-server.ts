import { join } from "node:path";
import type { Variables } from "../command-context";

/** The default server, run by the Python of the model's environment. */
export const defaultServerCommand: readonly string[] = ["python3", "-m", "slipway_serving"];

/** Folder of the default server's own package; an image takes it along. */
export const defaultServerPackages = join(__dirname, "python");

/** What the default server needs besides {@link ServingVariable}: a way to find its package. */
export function defaultServerEnvironment(env: Variables): Variables {
  const others = env.PYTHONPATH;
  return {
    PYTHONPATH: others === undefined || others === "" ? defaultServerPackages : `${defaultServerPackages}:${others}`,
  };
}
