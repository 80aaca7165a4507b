import { join, resolve } from "node:path";
import type { HandoffName } from "../jobs/job";
import type { Variables } from "./command-context";

/** The folder of one run: a sub-folder per hand-off, what was packed for other machines, and what each command gave. */
export class WorkFolder {
  private constructor(public readonly path: string) {}

  /** `$SLIPWAY_WORK`, or `.slipway-run/current` below the given folder. */
  public static from(env: Variables, directory: string): WorkFolder {
    const named = env.SLIPWAY_WORK;
    return new WorkFolder(resolve(directory, named === undefined || named === "" ? ".slipway-run/current" : named));
  }

  /** Folder of a hand-off, for example `labels/`. */
  public handoff(name: HandoffName): string {
    return join(this.path, name);
  }

  /** Where a hand-off stands as it travels: one folder of files, sealed where the hand-off is confidential. */
  public packed(name: HandoffName): string {
    return join(this.path, "packed", name);
  }

  /** What one job or command gave, as JSON. */
  public outputs(job: string): string {
    return join(this.path, "outputs", `${job}.json`);
  }
}
