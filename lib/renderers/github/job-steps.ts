import type { PipelineDocument } from "../../blueprint/pipeline/pipeline-document";
import type { Job, Step } from "../../jobs/job";
import { Secret, Variable } from "../../jobs/variables";
import { bashWord } from "./bash";
import { githubPackagesAccess } from "./github-packages";
import { COMMAND_STEP, digestOf, digestVariable, giveSteps, takeSteps } from "./handoff-steps";
import { installPython } from "./install-python";
import { installSlipway } from "./install-slipway";
import { holdsExpression, Template, type Value } from "./template";
import type { ScriptStep, WorkflowStep } from "./workflow-model";
import type { ResolvedWorkflowOptions } from "./workflow-options";

/** The steps of a job: what it takes is there before its command runs, and what it gives is uploaded after. */
export function jobSteps(
  job: Job,
  pipeline: PipelineDocument,
  options: ResolvedWorkflowOptions,
): readonly WorkflowStep[] {
  return [
    ...job.steps.flatMap((step) => [
      ...renderStep(step, job, pipeline, options),
      ...(step.kind === "install-slipway" ? job.takes.flatMap((handoff) => takeSteps(handoff, job, options)) : []),
    ]),
    ...job.gives.flatMap((name) => giveSteps(name, job, options)),
  ];
}

function renderStep(
  step: Step,
  job: Job,
  pipeline: PipelineDocument,
  options: ResolvedWorkflowOptions,
): readonly WorkflowStep[] {
  switch (step.kind) {
    case "checkout":
      return [checkout(step.only, options)];
    case "install-slipway":
      return installSlipway(options);
    case "install-python":
      return installPython(step.python, step.directory, job.holdings.cache, options);
    case "slipway":
      return [slipwayStep(step.title, step.command, job, pipeline)];
    case "shell":
      return [shellStep(step.title, step.run, step.directory)];
  }
}

function checkout(only: "everything" | "slipway-folder", { actions }: ResolvedWorkflowOptions): WorkflowStep {
  return {
    name: only === "everything" ? "Check out the repository" : "Check out .slipway",
    uses: actions.checkout,
    with: {
      "persist-credentials": false,
      // Without cone mode: that would bring in every file at the top of the repository as well.
      ...(only === "everything" ? {} : { "sparse-checkout": "/.slipway/", "sparse-checkout-cone-mode": false }),
    },
  };
}

/** Runs the command with the digests of everything the job took, and with the secrets that only this step needs. */
function slipwayStep(title: string, command: readonly string[], job: Job, pipeline: PipelineDocument): ScriptStep {
  const options = [
    ...job.takes.map(({ name }) => ["--take", `"${name}=$${digestVariable(name)}"`]),
    ...job.cites.map(({ name }) => ["--cite", `"${name}=$${digestVariable(name)}"`]),
  ];
  const words = ["slipway", ...command.map(bashWord), "--pipeline", bashWord(pipeline.name)].join(" ");
  return {
    name: title,
    id: COMMAND_STEP,
    env: {
      ...Object.fromEntries(
        [...job.takes, ...job.cites].map((handoff) => [digestVariable(handoff.name), digestOf(handoff)]),
      ),
      ...(job.stage === "detect" ? HOW_THE_RUN_STARTED : {}),
      ...commandVariables(job),
      ...commandSecrets(job),
      ...githubPackagesAccess(job, pipeline),
    },
    run: `${[words, ...options.map((option) => option.join(" "))].join(" \\\n  ")}\n`,
  };
}

const HOW_THE_RUN_STARTED: Readonly<Record<string, Value>> = {
  SLIPWAY_EVENT: Template.of("${{ github.event_name }}"),
  SLIPWAY_SCHEDULE: Template.of("${{ github.event.schedule }}"),
};

/** Sealing and opening hand-offs are steps of their own: the command never sees those keys. */
function commandSecrets(job: Job): Readonly<Record<string, Value>> {
  const names = job.secrets.filter((name) => name !== Secret.handoffKey);
  return Object.fromEntries(names.map((name) => [name, Template.of(`\${{ secrets.${name} }}`)]));
}

function commandVariables(job: Job): Readonly<Record<string, Value>> {
  const names = job.variables.filter((name) => name !== Variable.handoffRecipient);
  return Object.fromEntries(names.map((name) => [name, Template.of(`\${{ vars.${name} }}`)]));
}

/** The user's command as a script; where GitHub would take a part of it for an expression, it comes in as a value instead. */
function shellStep(title: string, run: string, directory: string): ScriptStep {
  const where = directory === "." ? {} : { workingDirectory: directory };
  return holdsExpression(run)
    ? { name: title, env: { COMMAND: run }, ...where, run: 'bash -eo pipefail -c "$COMMAND"\n' }
    : { name: title, ...where, run: run.endsWith("\n") ? run : `${run}\n` };
}
