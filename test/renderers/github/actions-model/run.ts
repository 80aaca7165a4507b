import { truthy, type Data, type Scope } from "./expression";
import type { FileJob, WorkflowFile } from "./workflow-file";

/** `needs.<job>.result`, as documented. */
export type JobResult = "success" | "failure" | "cancelled" | "skipped";

/** What becomes of a job once it runs. A job that times out is stopped: GitHub has called that both failure and cancelled. */
export type Outcome = "success" | "failure" | "cancelled" | "timed out (failure)" | "timed out (cancelled)";

/** Everything about a run that the workflow does not decide. */
export interface Circumstances {
  readonly event: string;
  readonly ref: string;
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** What jobs write as outputs, besides digests and artifact ids; by job, then name. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Somebody cancels the run after so many jobs have ended; `null`: nobody does. */
  readonly cancelledAfter: number | null;
  /** Whether jobs fail that are handed nothing where a digest or an artifact id should be, as the real ones do. */
  readonly emptyHandoffsFail: boolean;
}

export interface RunResult {
  readonly results: ReadonlyMap<string, JobResult>;
  /** Jobs that were started. */
  readonly started: ReadonlySet<string>;
}

/** What the verdict's script makes of what it is handed; held against the real script by a test of its own. */
export type Script = (inputs: Readonly<Record<string, string>>) => JobResult;

/**
 * Runs a workflow by the documented rules: a job waits for all it needs; its condition is evaluated then, with `success()` added
 * where it calls no status function; `success()` is false as soon as something it needs did not succeed; a cancelled run starts
 * only jobs whose condition still holds.
 *
 * @param scripts - jobs whose result follows from their inputs instead of the circumstances
 */
export function runWorkflow(
  workflow: WorkflowFile,
  circumstances: Circumstances,
  scripts: Readonly<Record<string, Script>>,
): RunResult {
  const results = new Map<string, JobResult>();
  const outputs = new Map<string, Readonly<Record<string, string>>>();
  const started = new Set<string>();
  let ended = 0;
  const waiting = [...workflow.jobs];
  while (waiting.length > 0) {
    const index = waiting.findIndex(({ needs }) => needs.every((need) => results.has(need)));
    if (index < 0) throw new Error(`jobs wait for one another: ${waiting.map(({ id }) => id).join(", ")}`);
    const [job] = waiting.splice(index, 1) as [FileJob];
    const cancelled = circumstances.cancelledAfter !== null && ended >= circumstances.cancelledAfter;
    const scope = scopeOf(job, circumstances, results, outputs, cancelled);
    if (!runs(job, scope)) {
      results.set(job.id, cancelled ? "cancelled" : "skipped");
      outputs.set(job.id, {});
      continue;
    }
    started.add(job.id);
    const result = resultOf(job, circumstances, scope, scripts[job.id]);
    results.set(job.id, result);
    outputs.set(job.id, result === "success" ? outputsOf(job, circumstances) : {});
    ended += 1;
  }
  return { results, started };
}

function runs(job: FileJob, { contexts, status }: Scope): boolean {
  const { condition } = job;
  const holds = condition === null || truthy(condition.evaluate({ contexts, status }));
  return holds && ((condition?.asksStatus ?? false) || (status.success && !status.cancelled));
}

function scopeOf(
  job: FileJob,
  { event, ref }: Circumstances,
  results: ReadonlyMap<string, JobResult>,
  outputs: ReadonlyMap<string, Readonly<Record<string, string>>>,
  cancelled: boolean,
): Scope {
  const needs: Record<string, Data> = {};
  for (const id of job.needs) needs[id] = { result: results.get(id)!, outputs: outputs.get(id)! };
  const needed = job.needs.map((id) => results.get(id)!);
  return {
    contexts: { github: { event_name: event, ref, run_attempt: "1" }, needs, runner: { temp: "/tmp" } },
    status: {
      always: true,
      cancelled,
      success: needed.every((result) => result === "success"),
      failure: needed.includes("failure"),
    },
  };
}

function resultOf(job: FileJob, circumstances: Circumstances, scope: Scope, script: Script | undefined): JobResult {
  if (script !== undefined) {
    return script(
      Object.fromEntries(Object.entries(job.steps[0]!.inputs).map(([name, value]) => [name, value(scope)])),
    );
  }
  if (circumstances.emptyHandoffsFail && handedNothing(job, scope)) return "failure";
  switch (circumstances.outcomes[job.id] ?? "success") {
    case "success":
      return "success";
    case "failure":
    case "timed out (failure)":
      return "failure";
    case "cancelled":
    case "timed out (cancelled)":
      return "cancelled";
  }
}

function handedNothing(job: FileJob, scope: Scope): boolean {
  return job.steps.some((step) =>
    Object.entries(step.inputs).some(
      ([name, value]) => (name === "artifact-ids" || name.endsWith("DIGEST")) && value(scope) === "",
    ),
  );
}

function outputsOf(job: FileJob, { outputs }: Circumstances): Readonly<Record<string, string>> {
  return Object.fromEntries(job.outputs.map((name) => [name, outputs[job.id]?.[name] ?? `${job.id}/${name}`]));
}
