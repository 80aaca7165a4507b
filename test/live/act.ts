import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ACTION_PINS, type ActionPin } from "../../lib/renderers/github/action-pins";
import { goTool, pythonForEnvironments, uvProgram } from "../tools";

/** A workflow file of a git repository, run as GitHub would run it, as far as a single machine can. */
export interface WorkflowRun {
  /** Folder of the git repository; its HEAD is the commit that runs. */
  readonly repository: string;
  /** Path of the workflow inside the repository. */
  readonly workflow: string;
  readonly event: "push" | "pull_request" | "workflow_dispatch";
  readonly secrets: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
}

export type JobResult = "success" | "failure" | "skipped";

export interface WorkflowResult {
  /** Result of each job by id; a job that is not in here was skipped. */
  readonly jobs: ReadonlyMap<string, JobResult>;
  /** Titles of the steps that failed, by job id. */
  readonly failedSteps: ReadonlyMap<string, readonly string[]>;
  /** Everything that was printed, line by line, each after the id of its job. */
  readonly log: string;
}

/** Runner labels that the machine itself stands for. */
const RUNNERS = ["ubuntu-latest", "ubuntu-24.04", "ubuntu-22.04", "self-hosted"];

const STAND_INS: readonly (readonly [ActionPin, string])[] = [
  [ACTION_PINS.checkout, "checkout"],
  [ACTION_PINS.setupNode, "setup-node"],
  [ACTION_PINS.setupPython, "setup-python"],
  [ACTION_PINS.uploadArtifact, "upload-artifact"],
  [ACTION_PINS.downloadArtifact, "download-artifact"],
];

/**
 * Runs a workflow by act, each job in a folder of its own on this machine. Environments, permissions and concurrency are
 * GitHub's to enforce: act knows none of them.
 */
export async function runWorkflow(run: WorkflowRun): Promise<WorkflowResult> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-act-"));
  mkdirSync(join(folder, "artifacts", "names"), { recursive: true });
  try {
    return await collect(run, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function collect(run: WorkflowRun, folder: string): Promise<WorkflowResult> {
  const act = spawn(goTool("act"), actArguments(run, folder), {
    cwd: run.repository,
    env: runnerEnvironment(run, folder),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const jobs = new Map<string, JobResult>();
  const failedSteps = new Map<string, string[]>();
  createInterface(act.stderr).on("line", (line) => lines.push(`act | ${line}`));
  createInterface(act.stdout).on("line", (line) => {
    const entry = parseEntry(line);
    if (entry.jobID === undefined) {
      lines.push(`act | ${entry.msg}`);
      return;
    }
    lines.push(`${entry.jobID} | ${entry.msg.trimEnd()}`);
    if (entry.jobResult !== undefined) jobs.set(entry.jobID, entry.jobResult);
    if (entry.stepResult === "failure" && entry.step !== undefined) {
      failedSteps.set(entry.jobID, [...(failedSteps.get(entry.jobID) ?? []), entry.step]);
    }
  });
  await new Promise((resolve, reject) => act.once("close", resolve).once("error", reject));
  return { jobs, failedSteps, log: lines.join("\n") };
}

function actArguments(run: WorkflowRun, folder: string): string[] {
  const each = (option: string, values: readonly string[]): string[] => values.flatMap((value) => [option, value]);
  return [
    run.event,
    ...["--workflows", run.workflow, "--json", "--no-skip-checkout", "--no-cache-server", "--pull=false"],
    ...[
      "--secret-file",
      yamlFile(folder, "secrets", run.secrets),
      "--var-file",
      yamlFile(folder, "vars", run.variables),
    ],
    // A file of this name beside the repository is not to be picked up.
    ...["--env-file", "/dev/null"],
    ...["--action-cache-path", join(folder, "actions")],
    ...each(
      "--platform",
      RUNNERS.map((label) => `${label}=-self-hosted`),
    ),
    ...each(
      "--local-repository",
      STAND_INS.map(([pin, name]) => `${pin.action}@${pin.sha}=${join(__dirname, "stand-ins", name)}`),
    ),
  ];
}

/** Values in a file: in act's environment or arguments every job could read every secret. JSON is YAML as well. */
function yamlFile(folder: string, name: string, values: Readonly<Record<string, string>>): string {
  const file = join(folder, `${name}.yml`);
  writeFileSync(file, JSON.stringify(values), { mode: 0o600 });
  return file;
}

/** What jobs inherit: the machine's path and how it reaches package registries, nothing that Slipway or MLflow would read. */
function runnerEnvironment(run: WorkflowRun, folder: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/^(GITHUB|SLIPWAY|MLFLOW|AWS|ACTIONS|JEST|NODE_ENV|VIRTUAL_ENV|CI$)/.test(name),
  );
  return {
    ...Object.fromEntries(inherited),
    ACT_REPOSITORY: run.repository,
    ACT_ARTIFACTS: join(folder, "artifacts"),
    ACT_UV: uvProgram(),
    ACT_PYTHON: pythonForEnvironments(),
    npm_config_prefer_offline: "true",
  };
}

interface LogEntry {
  readonly msg: string;
  readonly jobID?: string;
  readonly step?: string;
  readonly jobResult?: JobResult;
  readonly stepResult?: string;
}

function parseEntry(line: string): LogEntry {
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return { msg: line };
  }
}
