import { readFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import type { Handoff, HandoffName, Job, Step } from "../../jobs/job";
import type { Variables } from "../command-context";
import { ExitCode } from "../exit-codes";
import { runProcess } from "../processes/child-process";
import type { RunFolder } from "./run-folder";
import type { Ending } from "./task";

/** What is the same for all jobs of a run. */
export interface JobWork {
  readonly pipeline: string;
  readonly repository: string;
  readonly manifestPath: string;
  readonly folder: RunFolder;
  /** Starts a command of Slipway: the program and its first arguments. */
  readonly slipway: readonly string[];
  readonly signal: AbortSignal;
}

/** The command this process runs, to be started again for every job. */
export function thisCommand(): readonly string[] {
  const main = join(dirname(__dirname), `main${extname(__filename)}`);
  return [process.execPath, ...process.execArgv, main];
}

/** Runs the steps of a job, one process after the other, until one does not succeed. */
export async function workOff(job: Job, env: Variables, work: JobWork): Promise<Ending> {
  const log = work.folder.log(job.id);
  for (const step of job.steps) {
    const process = await processOf(step, job, work);
    if (process === null) continue;
    const { exitCode, timedOut } = await runProcess(process.argv, {
      directory: process.directory,
      env,
      log,
      signal: work.signal,
      timeoutMinutes: job.timeoutMinutes,
    });
    if (work.signal.aborted) return { state: "cancelled", note: null, exitCode };
    if (timedOut) return { state: "failed", note: `stopped after ${job.timeoutMinutes} minutes`, exitCode };
    if (exitCode !== 0) {
      // Programs of the user's have exit codes of their own; whichever it is, the check did not hold.
      const code = step.kind === "slipway" ? exitCode : ExitCode.refused;
      return { state: "failed", note: await reasonOf(step, exitCode, log), exitCode: code };
    }
  }
  return { state: "passed", note: null, exitCode: 0 };
}

/** Digests of hand-offs as their givers wrote them, `<handoff>=<digest>` each. */
export async function handoffDigests(handoffs: readonly Handoff[], folder: RunFolder): Promise<readonly string[]> {
  const digestOf = async (from: string, name: HandoffName): Promise<string> =>
    (await folder.outputs(from))?.handoffs[name] ?? "";
  return Promise.all(handoffs.map(async ({ name, from }) => `${name}=${await digestOf(from, name)}`));
}

interface StepProcess {
  readonly argv: readonly string[];
  readonly directory: string;
}

/** Checkouts and installations need no process here: the repository is in place, the environment was made before. */
async function processOf(step: Step, job: Job, work: JobWork): Promise<StepProcess | null> {
  if (step.kind === "shell") {
    return { argv: ["bash", "-eo", "pipefail", "-c", step.run], directory: join(work.repository, step.directory) };
  }
  if (step.kind !== "slipway") return null;
  const takes = await handoffDigests(job.takes, work.folder);
  const cites = await handoffDigests(job.cites, work.folder);
  return {
    argv: [
      ...work.slipway,
      ...step.command,
      ...["--pipeline", work.pipeline, "--manifest", work.manifestPath],
      ...takes.flatMap((take) => ["--take", take]),
      ...cites.flatMap((cite) => ["--cite", cite]),
    ],
    directory: work.repository,
  };
}

const MEANINGS: Readonly<Record<number, string>> = {
  [ExitCode.refused]: "refused",
  [ExitCode.undecided]: "undecided",
  [ExitCode.badInput]: "bad input",
  [ExitCode.brokenEnvironment]: "broken environment",
  [ExitCode.internalError]: "internal error",
};

/** The command's own last words, which say what is wrong better than an exit code. */
async function reasonOf(step: Step, exitCode: number | null, log: string): Promise<string> {
  const lines = (await readFile(log, "utf8").catch(() => "")).split("\n").filter((line) => line.trim() !== "");
  const said = lines.filter((line) => line.startsWith("slipway ")).at(-1) ?? lines.at(-1) ?? "";
  const text = said.replace(/^slipway [a-z-]+: /, "").trim();
  if (step.kind !== "slipway") return `exit code ${String(exitCode)}: ${text}`;
  const meaning = MEANINGS[exitCode ?? -1] ?? `exit code ${String(exitCode)}`;
  return text.startsWith(meaning) ? text : `${meaning}: ${text}`;
}
