import { ACTION_PINS, type ActionPins } from "./action-pins";

/** What the workflows of a pipeline need to know besides its manifest. */
export interface WorkflowOptions {
  /** `sha256:...` of the manifest's bytes; the command refuses any other manifest. */
  readonly manifestDigest: string;
  /** Hex SHA-256 of `.slipway/runtime/package-lock.json`; the jobs install from no other lock. */
  readonly runtimeLockSha256: string;
  /**
   * File name of Slipway's package where the lock takes it from beside itself (delivered as `.slipway/runtime/slipway.tgz.b64`).
   * @default the lock takes it from a package registry
   */
  readonly vendoredPackage?: string;
  /**
   * Other commits, or forks, of the actions.
   * @default ACTION_PINS
   */
  readonly actions?: Partial<ActionPins>;
  /**
   * Labels of the runners, all of which a runner must have.
   * @default ["ubuntu-24.04"]
   */
  readonly runsOn?: readonly string[];
}

export type ResolvedWorkflowOptions = Required<Omit<WorkflowOptions, "vendoredPackage" | "actions">> & {
  readonly vendoredPackage: string | null;
  readonly actions: ActionPins;
};

export function resolveWorkflowOptions(options: WorkflowOptions): ResolvedWorkflowOptions {
  return {
    manifestDigest: options.manifestDigest,
    runtimeLockSha256: options.runtimeLockSha256,
    vendoredPackage: options.vendoredPackage ?? null,
    actions: { ...ACTION_PINS, ...options.actions },
    runsOn: options.runsOn ?? ["ubuntu-24.04"],
  };
}
