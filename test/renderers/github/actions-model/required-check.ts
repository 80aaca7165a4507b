import type { RunResult } from "./run";
import type { WorkflowFile } from "./workflow-file";

/**
 * Whether a required check lets a commit be merged: a job of that name ended in success, or was skipped, which GitHub documents to
 * count as success. Where several jobs of the name ran on the commit, the most favourable one is assumed to count. A check that no
 * job reports stays pending.
 */
export function requiredCheckPasses(
  name: string,
  runs: readonly { readonly workflow: WorkflowFile; readonly result: RunResult }[],
): boolean {
  return runs.some(({ workflow, result }) =>
    workflow.jobs.some(
      (job) => job.name === name && ["success", "skipped"].includes(result.results.get(job.id) ?? "pending"),
    ),
  );
}

/** Whether an event starts the workflow; a push only on the branches that the workflow names. */
export function isStartedBy(workflow: WorkflowFile, event: string, ref: string): boolean {
  if (!Object.hasOwn(workflow.events, event)) return false;
  const { branches } = (workflow.events[event] ?? {}) as { branches?: readonly string[] };
  return branches === undefined || branches.some((branch) => ref === `refs/heads/${branch}`);
}
