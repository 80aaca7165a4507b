import type { ReleaseManifest } from "../../blueprint/manifest/release-manifest";
import type { Line, TriggerDocument } from "../../blueprint/pipeline/pipeline-document";
import { environmentName } from "../../jobs/job-environments";
import type { Job } from "../../jobs/job";
import { lower } from "../../jobs/lower";
import { entersGithubPackages } from "./github-packages";
import { handoffOutputs, COMMAND_STEP } from "./handoff-steps";
import { jobSteps } from "./job-steps";
import { quoted, Template } from "./template";
import { VERDICT_JOB, verdictJob } from "./verdict-job";
import type { Concurrency, Workflow, WorkflowJob, WorkflowTriggers } from "./workflow-model";
import { resolveWorkflowOptions, type ResolvedWorkflowOptions, type WorkflowOptions } from "./workflow-options";
import { workflowYaml } from "./workflow-yaml";

/** A file of the model repository. */
export interface WorkflowFile {
  readonly path: string;
  readonly line: Line;
  readonly text: string;
}

type RenderedManifest = Pick<ReleaseManifest, "pipeline" | "defaultBranch">;

/** The two workflows of a pipeline: what reviews pull requests and merge groups, and what delivers from the default branch. */
export function renderWorkflows(manifest: RenderedManifest, options: WorkflowOptions): readonly WorkflowFile[] {
  return (["review", "delivery"] as const).map((line) => ({
    path: workflowPath(manifest.pipeline.name, line),
    line,
    text: workflowYaml(workflow(manifest, line, options)),
  }));
}

/** Where the workflow of a line stands in the model repository. */
function workflowPath(pipeline: string, line: Line): string {
  return `.github/workflows/slipway-${pipeline}-${line}.yml`;
}

/** One line's workflow as a value, before it is written. */
function workflow(manifest: RenderedManifest, line: Line, options: WorkflowOptions): Workflow {
  const { pipeline, defaultBranch } = manifest;
  const resolved = resolveWorkflowOptions(options);
  const jobs = lower(manifest, line);
  return {
    name: `slipway ${line} (${pipeline.name})`,
    on:
      line === "review" ? { pullRequest: true, mergeGroup: true } : deliveryTriggers(pipeline.triggers, defaultBranch),
    env: { SLIPWAY_MANIFEST_DIGEST: resolved.manifestDigest },
    concurrency: concurrency(pipeline.name, line),
    jobs: {
      ...Object.fromEntries(jobs.map((job) => [job.id, workflowJob(job, manifest, resolved)])),
      [VERDICT_JOB]: verdictJob(jobs, line, pipeline.name, resolved),
    },
  };
}

function deliveryTriggers(triggers: readonly TriggerDocument[], defaultBranch: string): WorkflowTriggers {
  const schedule = triggers.flatMap((trigger) => ("cron" in trigger ? [trigger.cron] : []));
  return {
    ...(triggers.some(({ kind }) => kind === "push") ? { push: { branches: [defaultBranch] } } : {}),
    ...(triggers.some(({ kind }) => kind === "manual") ? { workflowDispatch: true } : {}),
    ...(schedule.length > 0 ? { schedule } : {}),
  };
}

/** A newer push to a pull request makes the run of the older one pointless; deliveries never overlap and are never cut off. */
function concurrency(pipeline: string, line: Line): Concurrency {
  return line === "review"
    ? {
        group: Template.of(`slipway-${pipeline}-review-\${{ github.ref }}`),
        cancelInProgress: Template.of("${{ github.event_name == 'pull_request' }}"),
      }
    : { group: `slipway-${pipeline}-delivery`, cancelInProgress: false };
}

function workflowJob(job: Job, manifest: RenderedManifest, options: ResolvedWorkflowOptions): WorkflowJob {
  const { pipeline } = manifest;
  const condition = jobCondition(job, manifest);
  return {
    name: job.title,
    needs: job.needs,
    ...(condition === null ? {} : { if: Template.of(condition) }),
    runsOn: options.runsOn,
    permissions: {
      contents: "read",
      ...(job.holdings.cloudIdentity ? { idToken: "write" } : {}),
      ...(entersGithubPackages(job, pipeline) ? { packages: "write" } : {}),
    },
    ...(job.environment === null ? {} : { environment: environmentName(pipeline.name, job.environment) }),
    timeoutMinutes: job.timeoutMinutes,
    outputs: {
      ...handoffOutputs(job.gives),
      ...Object.fromEntries(
        job.outputs.map((name) => [name, Template.of(`\${{ steps.${COMMAND_STEP}.outputs.${name} }}`)]),
      ),
    },
    steps: jobSteps(job, pipeline, options),
  };
}

/**
 * None of these names a status function, so GitHub adds `success()`: a job runs only when everything it needs succeeded. A person
 * can start delivery on any branch, where its first jobs stop it; pushes and schedules only ever start it on the default branch.
 */
function jobCondition(job: Job, { pipeline, defaultBranch }: RenderedManifest): string | null {
  if (job.onlyIf !== null) return `needs.${job.onlyIf.job}.outputs.${job.onlyIf.name} == 'true'`;
  const startedByPeople = job.line === "delivery" && pipeline.triggers.some(({ kind }) => kind === "manual");
  if (startedByPeople && job.needs.length === 0) return `github.ref == ${quoted(`refs/heads/${defaultBranch}`)}`;
  return null;
}
