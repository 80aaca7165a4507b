import { posix } from "node:path";
import type { PythonEnvironment } from "../../blueprint/pipeline/pipeline-document";
import { POETRY_REQUIREMENTS } from "../../jobs/poetry-requirements";
import { Template } from "./template";
import { UV_REQUIREMENT } from "./uv-requirement";
import type { ScriptStep, WorkflowStep } from "./workflow-model";
import type { ResolvedWorkflowOptions } from "./workflow-options";

/**
 * Makes the locked Python environment and puts it first on the path.
 *
 * @param directory - the pipeline's root, which the lock file is relative to
 * @param cache - whether downloads are kept for the next run, where setup-python can do so
 */
export function installPython(
  python: PythonEnvironment,
  directory: string,
  cache: boolean,
  { actions }: ResolvedWorkflowOptions,
): readonly WorkflowStep[] {
  const lockFile = posix.join(directory, python.lockFile);
  if (python.manager === "conda-lock") return condaEnvironment(lockFile, actions.setupMicromamba);
  const cached = cache && python.manager === "pip";
  return [
    {
      name: "Set up Python",
      uses: actions.setupPython,
      with: {
        "python-version": python.version,
        ...(cached ? { cache: "pip", "cache-dependency-path": lockFile } : {}),
      },
    },
    INSTALL[python.manager](lockFile),
  ];
}

const INSTALL: Readonly<Record<"pip" | "poetry" | "uv", (lockFile: string) => ScriptStep>> = {
  pip: (lockFile) =>
    installStep(
      { LOCK_FILE: lockFile },
      'python -m venv "$RUNNER_TEMP/python"',
      '"$RUNNER_TEMP/python/bin/python" -m pip install --disable-pip-version-check --require-hashes -r "$LOCK_FILE"',
    ),
  poetry: (lockFile) =>
    installStep(
      { LOCK_FILE: lockFile, POETRY_REQUIREMENTS },
      'python -m venv "$RUNNER_TEMP/python"',
      'python -c "$POETRY_REQUIREMENTS" "$LOCK_FILE" > "$RUNNER_TEMP/requirements.txt"',
      '"$RUNNER_TEMP/python/bin/python" -m pip install --disable-pip-version-check --require-hashes --no-deps -r "$RUNNER_TEMP/requirements.txt"',
    ),
  uv: (lockFile) =>
    installStep(
      { PROJECT: posix.dirname(lockFile), UV_REQUIREMENT, UV_PYTHON_DOWNLOADS: "never" },
      'python -m venv "$RUNNER_TEMP/uv"',
      'echo "$UV_REQUIREMENT" > "$RUNNER_TEMP/uv-requirement.txt"',
      '"$RUNNER_TEMP/uv/bin/python" -m pip install --disable-pip-version-check --require-hashes -r "$RUNNER_TEMP/uv-requirement.txt"',
      'UV_PROJECT_ENVIRONMENT="$RUNNER_TEMP/python" "$RUNNER_TEMP/uv/bin/uv" sync --locked --project "$PROJECT" --python "$(command -v python)"',
    ),
};

function installStep(env: Readonly<Record<string, string>>, ...commands: readonly string[]): ScriptStep {
  const onPath = [
    'echo "VIRTUAL_ENV=$RUNNER_TEMP/python" >> "$GITHUB_ENV"',
    'echo "$RUNNER_TEMP/python/bin" >> "$GITHUB_PATH"',
  ];
  return {
    name: "Install the locked Python environment",
    env,
    run: [...commands, ...onPath].map((command) => `${command}\n`).join(""),
  };
}

/** A conda lock is installed by micromamba, which checks the digest of every package that the lock names. */
function condaEnvironment(
  lockFile: string,
  setup: ResolvedWorkflowOptions["actions"]["setupMicromamba"],
): readonly WorkflowStep[] {
  return [
    {
      name: "Install the locked Python environment",
      uses: setup,
      with: {
        "environment-file": lockFile,
        "environment-name": "python",
        "init-shell": "none",
        "micromamba-version": "2.0.5-0",
        "micromamba-root-path": Template.of("${{ runner.temp }}/micromamba"),
        "micromamba-binary-path": Template.of("${{ runner.temp }}/micromamba-bin/micromamba"),
      },
    },
    {
      name: "Put the Python environment on the path",
      run: 'echo "$RUNNER_TEMP/micromamba/envs/python/bin" >> "$GITHUB_PATH"\n',
    },
  ];
}
