import type { Handoff, HandoffName, Job } from "../../jobs/job";
import { Secret, Variable } from "../../jobs/variables";
import { WORK_FOLDER } from "./install-slipway";
import { Template, type Value } from "./template";
import type { WorkflowStep } from "./workflow-model";
import type { ResolvedWorkflowOptions } from "./workflow-options";

/** Hand-offs that are sealed while they lie with GitHub: whoever may read the repository may download its artifacts. */
const CONFIDENTIAL: readonly HandoffName[] = ["data", "labels"];

/** Days that an artifact is kept: time to approve a promotion and to look at a failure, no archive. */
const RETENTION_DAYS = 7;

/** The step whose outputs are the digests of what the job gives. */
export const COMMAND_STEP = "slipway";

/** Environment variable by which a script learns the digest of a hand-off. */
export function digestVariable(name: HandoffName): string {
  return `${name.toUpperCase()}_DIGEST`;
}

/** The digest that the giving job wrote: never read from the artifact itself. */
export function digestOf({ from, name }: Handoff): Template {
  return Template.of(`\${{ needs.${from}.outputs.${name} }}`);
}

/** Downloads a hand-off by the artifact's id, so that no later artifact of the same name can come in its place, and verifies its digest. */
export function takeSteps(handoff: Handoff, job: Job, { actions }: ResolvedWorkflowOptions): readonly WorkflowStep[] {
  const { name, from } = handoff;
  return [
    {
      name: `Download ${name}`,
      uses: actions.downloadArtifact,
      with: {
        "artifact-ids": Template.of(`\${{ needs.${from}.outputs.${name}-artifact }}`),
        path: packedFolder(name),
      },
    },
    {
      name: `Verify ${name}`,
      env: {
        DIGEST: digestOf(handoff),
        ...(CONFIDENTIAL.includes(name) ? secretEnv(job, Secret.handoffKey) : {}),
      },
      run: `slipway handoff unpack ${name} --digest "$DIGEST"\n`,
    },
  ];
}

/** Packs a hand-off, sealed where it is confidential, and uploads it under a name of its own. */
export function giveSteps(name: HandoffName, job: Job, { actions }: ResolvedWorkflowOptions): readonly WorkflowStep[] {
  return [
    {
      name: `Pack ${name}`,
      env: CONFIDENTIAL.includes(name) ? variableEnv(job, Variable.handoffRecipient) : {},
      run: `slipway handoff pack ${name}\n`,
    },
    {
      name: `Upload ${name}`,
      id: uploadStep(name),
      uses: actions.uploadArtifact,
      with: {
        name: Template.of(`${name}-\${{ github.run_attempt }}`),
        path: packedFolder(name),
        "if-no-files-found": "error",
        "include-hidden-files": true,
        "retention-days": RETENTION_DAYS,
      },
    },
  ];
}

/** What the job tells the jobs that take from it. */
export function handoffOutputs(names: readonly HandoffName[]): Readonly<Record<string, Template>> {
  return Object.fromEntries(
    names.flatMap((name) => [
      [name, Template.of(`\${{ steps.${COMMAND_STEP}.outputs.${name} }}`)],
      [`${name}-artifact`, Template.of(`\${{ steps.${uploadStep(name)}.outputs.artifact-id }}`)],
    ]),
  );
}

function uploadStep(name: HandoffName): string {
  return `upload-${name}`;
}

function packedFolder(name: HandoffName): Template {
  return Template.of(`\${{ runner.temp }}/${WORK_FOLDER}/packed/${name}`);
}

function secretEnv(job: Job, name: string): Readonly<Record<string, Value>> {
  return job.secrets.includes(name) ? { [name]: Template.of(`\${{ secrets.${name} }}`) } : {};
}

function variableEnv(job: Job, name: string): Readonly<Record<string, Value>> {
  return job.variables.includes(name) ? { [name]: Template.of(`\${{ vars.${name} }}`) } : {};
}
