import { bashWord } from "./bash";
import type { WorkflowStep } from "./workflow-model";
import type { ResolvedWorkflowOptions } from "./workflow-options";

/** Node's release line in jobs: the oldest that is still maintained and runs the command. */
const NODE_VERSION = "22";

/** Where hand-offs stand, outside of the checkout; `SLIPWAY_WORK` says so to the command. */
export const WORK_FOLDER = "slipway-work";

/**
 * Installs the pinned command outside of the checkout, so that no file beside the lock (an `.npmrc`, say) has a word in it. The
 * lock's own digest is in the workflow, each package's in the lock, and no package runs a script.
 */
export function installSlipway(options: ResolvedWorkflowOptions): readonly WorkflowStep[] {
  const { actions, runtimeLockSha256, vendoredPackage } = options;
  return [
    {
      name: "Set up Node.js",
      uses: actions.setupNode,
      with: { "node-version": NODE_VERSION, "package-manager-cache": false },
    },
    {
      name: "Install Slipway",
      env: { RUNTIME_LOCK_SHA256: runtimeLockSha256 },
      run: lines(
        'echo "$RUNTIME_LOCK_SHA256  .slipway/runtime/package-lock.json" | sha256sum --check --strict',
        'mkdir -p "$RUNNER_TEMP/slipway-runtime"',
        'cp .slipway/runtime/package.json .slipway/runtime/package-lock.json "$RUNNER_TEMP/slipway-runtime/"',
        ...(vendoredPackage === null
          ? []
          : [
              `base64 --decode .slipway/runtime/slipway.tgz.b64 > "$RUNNER_TEMP/slipway-runtime/"${bashWord(vendoredPackage)}`,
            ]),
        'cd "$RUNNER_TEMP/slipway-runtime"',
        "npm ci --ignore-scripts --no-audit --no-fund",
        'echo "$RUNNER_TEMP/slipway-runtime/node_modules/.bin" >> "$GITHUB_PATH"',
        `echo "SLIPWAY_WORK=$RUNNER_TEMP/${WORK_FOLDER}" >> "$GITHUB_ENV"`,
      ),
    },
  ];
}

function lines(...commands: readonly string[]): string {
  return commands.map((command) => `${command}\n`).join("");
}
