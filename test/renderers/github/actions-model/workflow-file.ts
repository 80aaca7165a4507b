import { parse } from "yaml";
import { parseCondition, parseInterpolation, type Expression, type Scope } from "./expression";

/** A workflow as read from its file. Reading is strict: a key that this model gives no meaning to could change what jobs do. */
export interface WorkflowFile {
  readonly events: Readonly<Record<string, unknown>>;
  readonly jobs: readonly FileJob[];
}

export interface FileJob {
  readonly id: string;
  /** Name of its check. */
  readonly name: string;
  readonly needs: readonly string[];
  readonly condition: Expression | null;
  readonly environment: string | null;
  readonly permissions: Readonly<Record<string, string>>;
  readonly outputs: readonly string[];
  readonly steps: readonly FileStep[];
}

export interface FileStep {
  readonly name: string;
  readonly id: string | null;
  readonly uses: string | null;
  readonly run: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly with: Readonly<Record<string, string>>;
  /** The same values as GitHub would hand them to the step. */
  readonly inputs: Readonly<Record<string, (scope: Scope) => string>>;
}

type Yaml = Readonly<Record<string, unknown>>;

const WORKFLOW_KEYS = ["name", "on", "permissions", "env", "defaults", "concurrency", "jobs"];
const JOB_KEYS = [
  "name",
  "needs",
  "if",
  "runs-on",
  "permissions",
  "environment",
  "timeout-minutes",
  "outputs",
  "steps",
];
const STEP_KEYS = ["name", "id", "uses", "with", "env", "working-directory", "run"];

export function readWorkflow(text: string): WorkflowFile {
  const file = parse(text) as Yaml;
  only(file, WORKFLOW_KEYS, "workflow");
  if (Object.keys(file.permissions as Yaml).length > 0) throw new Error("permissions for all jobs");
  const jobs = Object.entries(file.jobs as Yaml).map(([id, job]) => readJob(id, job as Yaml));
  for (const job of jobs) {
    for (const need of job.needs) {
      if (!jobs.some(({ id }) => id === need)) throw new Error(`job ${job.id} needs ${need}, which is not there`);
    }
  }
  return { events: file.on as Yaml, jobs };
}

function readJob(id: string, job: Yaml): FileJob {
  only(job, JOB_KEYS, `job ${id}`);
  const needs = job.needs ?? [];
  return {
    id,
    name: (job.name as string | undefined) ?? id,
    needs: typeof needs === "string" ? [needs] : (needs as readonly string[]),
    condition: job.if === undefined ? null : parseCondition(job.if as string),
    environment: (job.environment as string | undefined) ?? null,
    permissions: job.permissions as Readonly<Record<string, string>>,
    outputs: Object.keys((job.outputs as Yaml | undefined) ?? {}),
    steps: (job.steps as readonly Yaml[]).map((step) => readStep(step, id)),
  };
}

function readStep(step: Yaml, job: string): FileStep {
  only(step, STEP_KEYS, `a step of job ${job}`);
  const env = texts(step.env);
  const given = texts(step.with);
  return {
    name: step.name as string,
    id: (step.id as string | undefined) ?? null,
    uses: (step.uses as string | undefined) ?? null,
    run: (step.run as string | undefined) ?? null,
    env,
    with: given,
    inputs: Object.fromEntries(
      [...Object.entries(env), ...Object.entries(given)].map(([name, text]) => [name, parseInterpolation(text)]),
    ),
  };
}

function texts(values: unknown): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries((values as Yaml | undefined) ?? {}).map(([name, each]) => [name, String(each)]),
  );
}

function only(value: Yaml, keys: readonly string[], what: string): void {
  const unknown = Object.keys(value).filter((key) => !keys.includes(key));
  if (unknown.length > 0) throw new Error(`${what} has ${unknown.join(", ")}, which this model gives no meaning to`);
}
