import type { Job } from "../../jobs/job";
import type { Line } from "../../blueprint/pipeline/pipeline-document";
import { Template } from "./template";
import type { WorkflowJob } from "./workflow-model";
import type { ResolvedWorkflowOptions } from "./workflow-options";

/** Id of the job that says whether the line succeeded. */
export const VERDICT_JOB = "verdict";

/**
 * Name of the check that a ruleset requires: the review's verdict. The delivery's verdict has another name, or a delivery run on a
 * branch would count as its review.
 */
export function requiredCheckName(pipeline: string): string {
  return `slipway/verdict (${pipeline})`;
}

/**
 * The one job that always runs. GitHub counts a skipped job as success for a required check, so no other job can be required:
 * after a failure, whatever comes next is skipped. This one runs in any case and succeeds only when every job did.
 */
export function verdictJob(
  jobs: readonly Job[],
  line: Line,
  pipeline: string,
  options: ResolvedWorkflowOptions,
): WorkflowJob {
  const whenDue = jobsBehindDetect(jobs);
  return {
    name: line === "review" ? requiredCheckName(pipeline) : `slipway/delivery (${pipeline})`,
    needs: jobs.map(({ id }) => id),
    if: Template.of("always()"),
    runsOn: options.runsOn,
    permissions: {},
    timeoutMinutes: 5,
    outputs: {},
    steps: [
      {
        name: "Every job must have succeeded",
        env: {
          TITLE: `${pipeline}: ${line}`,
          RESULTS: Template.of(jobs.map(({ id }) => `${id} \${{ needs.${id}.result }}`).join("\n")),
          ...(whenDue.length === 0
            ? {}
            : { DUE: Template.of("${{ needs.detect.outputs.due }}"), WHEN_DUE: ` ${whenDue.join(" ")} ` }),
        },
        run: verdictScript(whenDue.length > 0),
      },
    ],
  };
}

/** Jobs that are left out, and rightly so, when `detect` finds nothing to do. */
function jobsBehindDetect(jobs: readonly Job[]): readonly string[] {
  const behind: string[] = [];
  for (const { id, onlyIf, needs } of jobs) {
    if (onlyIf !== null || needs.some((each) => behind.includes(each))) behind.push(id);
  }
  return behind;
}

function verdictScript(someMayRest: boolean): string {
  const rest = [
    '  if [ "$result" = skipped ] && [ "$DUE" = false ] && [[ "$WHEN_DUE" == *" $job "* ]]; then',
    "    result='not due'",
    '  elif [ "$result" != success ]; then',
  ];
  const always = ['  if [ "$result" != success ]; then'];
  return [
    "failed=0",
    `printf '### %s\\n\\n| job | result |\\n| --- | --- |\\n' "$TITLE" >> "$GITHUB_STEP_SUMMARY"`,
    "while read -r job result; do",
    ...(someMayRest ? rest : always),
    "    failed=1",
    '    echo "::error::$job: ${result:-no result}"',
    "  fi",
    `  printf '| %s | %s |\\n' "$job" "\${result:-no result}" >> "$GITHUB_STEP_SUMMARY"`,
    'done <<< "$RESULTS"',
    'exit "$failed"',
    "",
  ].join("\n");
}
