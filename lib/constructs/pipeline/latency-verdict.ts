import type { PipelineDocument } from "../../blueprint/pipeline/pipeline-document";
import type { PolicyDocument } from "../../blueprint/policy/policy-document";
import type { Problems } from "../../blueprint/problems";

/** An environment that asks for a latency verdict can only be reached where one before it gives one. */
export function requireLatencyVerdict(policy: PolicyDocument, pipeline: PipelineDocument, problems: Problems): void {
  if ((policy.serving?.latency ?? null) === null || pipeline.packaging === null) return;
  pipeline.environments.forEach(({ name, needsLatencyVerdict }, index) => {
    if (!needsLatencyVerdict || pipeline.environments.slice(0, index).some(({ servedAt }) => servedAt !== null)) return;
    problems.add(
      `environments[${index}]`,
      name,
      "asks for the latency verdict of an environment before it, and none is served anywhere",
      'Say where the one before is served, Environment.staging({ servedAt: "http://..." }), or set needsLatencyVerdict: false.',
    );
  });
}
