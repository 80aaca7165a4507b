import { Document, isMap, isScalar, Scalar, visit } from "yaml";
import type { ActionPin } from "./action-pins";
import { holdsExpression, Template, written, type Value } from "./template";
import type {
  ActionStep,
  Permissions,
  ScriptStep,
  Workflow,
  WorkflowJob,
  WorkflowStep,
  WorkflowTriggers,
} from "./workflow-model";

/** The workflow as the text of its file. */
export function workflowYaml(workflow: Workflow): string {
  const pins = new Map<string, ActionPin>();
  for (const job of Object.values(workflow.jobs)) {
    for (const step of job.steps) if ("uses" in step) pins.set(uses(step.uses), step.uses);
  }
  const document = new Document(workflowObject(workflow), { aliasDuplicateObjects: false });
  document.commentBefore = HEADER;
  visit(document, {
    Pair(_, pair) {
      if (!isScalar(pair.key) || !isScalar(pair.value)) return;
      const pin = pair.key.value === "uses" ? pins.get(String(pair.value.value)) : undefined;
      if (pin !== undefined) pair.value.comment = ` ${pin.version}`;
      const permission = PERMISSIONS.get(String(pair.key.value));
      if (permission !== undefined) pair.value.comment = ` ${permission}`;
      if (pair.key.value === "run") pair.value.type = Scalar.BLOCK_LITERAL;
    },
  });
  const jobs = document.get("jobs");
  if (isMap(jobs)) {
    jobs.items.forEach(({ key }, index) => {
      if (isScalar(key)) key.spaceBefore = index > 0;
    });
  }
  return document.toString({ lineWidth: 0 });
}

/** What a reader of the file is told about a permission that lets a job do more than read. */
const PERMISSIONS: ReadonlyMap<string, string> = new Map([
  ["id-token", "how clouds and Sigstore know this job"],
  ["packages", "pushes the image to GitHub's registry"],
]);

const HEADER = ` Written by Slipway from the program that defines this pipeline. Change the program, not this file:
 the next deployment writes it again, and the jobs refuse a manifest that does not belong to it.`;

function workflowObject(workflow: Workflow): object {
  return {
    name: written(workflow.name),
    on: triggersObject(workflow.on),
    permissions: {},
    env: values(workflow.env),
    defaults: { run: { shell: "bash" } },
    concurrency: {
      group: written(workflow.concurrency.group),
      "cancel-in-progress":
        workflow.concurrency.cancelInProgress instanceof Template
          ? workflow.concurrency.cancelInProgress.text
          : workflow.concurrency.cancelInProgress,
    },
    jobs: Object.fromEntries(Object.entries(workflow.jobs).map(([id, job]) => [id, jobObject(job)])),
  };
}

function triggersObject(on: WorkflowTriggers): object {
  return {
    ...(on.push === undefined ? {} : { push: { branches: on.push.branches } }),
    ...(on.pullRequest === undefined ? {} : { pull_request: {} }),
    ...(on.mergeGroup === undefined ? {} : { merge_group: {} }),
    ...(on.workflowDispatch === undefined ? {} : { workflow_dispatch: {} }),
    ...(on.schedule === undefined ? {} : { schedule: on.schedule.map((cron) => ({ cron })) }),
  };
}

function jobObject(job: WorkflowJob): object {
  return {
    name: written(job.name),
    ...(job.needs.length === 0 ? {} : { needs: job.needs }),
    ...(job.if === undefined ? {} : { if: job.if.text }),
    "runs-on": job.runsOn.length === 1 ? job.runsOn[0] : job.runsOn,
    permissions: permissionsObject(job.permissions),
    ...(job.environment === undefined ? {} : { environment: written(job.environment) }),
    "timeout-minutes": job.timeoutMinutes,
    ...(Object.keys(job.outputs).length === 0 ? {} : { outputs: values(job.outputs) }),
    steps: job.steps.map(stepObject),
  };
}

function permissionsObject(permissions: Permissions): object {
  return {
    ...(permissions.contents === undefined ? {} : { contents: permissions.contents }),
    ...(permissions.idToken === undefined ? {} : { "id-token": permissions.idToken }),
    ...(permissions.packages === undefined ? {} : { packages: permissions.packages }),
  };
}

function stepObject(step: WorkflowStep): object {
  return "uses" in step ? actionObject(step) : scriptObject(step);
}

function actionObject(step: ActionStep): object {
  return {
    name: written(step.name),
    ...(step.id === undefined ? {} : { id: step.id }),
    uses: uses(step.uses),
    with: Object.fromEntries(
      Object.entries(step.with).map(([name, value]) => [
        name,
        typeof value === "boolean" || typeof value === "number" ? value : written(value),
      ]),
    ),
  };
}

function scriptObject(step: ScriptStep): object {
  if (holdsExpression(step.run)) throw new Error(`script of step ${JSON.stringify(step.name)} holds an expression`);
  return {
    name: written(step.name),
    ...(step.id === undefined ? {} : { id: step.id }),
    ...(step.env === undefined || Object.keys(step.env).length === 0 ? {} : { env: values(step.env) }),
    ...(step.workingDirectory === undefined ? {} : { "working-directory": written(step.workingDirectory) }),
    run: step.run,
  };
}

function values(entries: Readonly<Record<string, Value>>): object {
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, written(value)]));
}

function uses({ action, sha }: ActionPin): string {
  return `${action}@${sha}`;
}
