import type { DataSourceDocument } from "../../blueprint/pipeline/pipeline-document";
import { policyDigest } from "../../blueprint/policy/quality-policy";
import type { ServingDescription } from "../../blueprint/serving/serving-description";
import type { GateMeasures } from "../../verdict/evidence/gate-measures";
import type { GateVerdict } from "../../verdict/gate-verdict";
import { assuranceOf, runUrl } from "../assurance";
import type { BaselineDocument } from "../baseline/baseline-document";
import type { CommandContext } from "../command-context";
import type { TrainingReport } from "../train/training-report";
import { version } from "../version";

/** The predicate that the gate signs: what it found, from what, compared with what, and what it knows of how the model came about. */
export function measuredByGate(
  context: CommandContext,
  verdict: GateVerdict,
  baseline: BaselineDocument | null,
  { training, serving }: { readonly training: TrainingReport | null; readonly serving: ServingDescription | null },
): GateMeasures {
  const { manifest, manifestDigest, takes, cites, env, now } = context;
  const { policy, pipeline, repository } = manifest;
  const assurance = assuranceOf(env);
  return {
    pipeline: pipeline.name,
    repository,
    gitRevision: training?.git.commit ?? null,
    manifestDigest,
    policyDigests: {
      gate: policyDigest(policy, "gate"),
      serving: policyDigest(policy, "serving"),
      drift: policyDigest(policy, "drift"),
    },
    verdict,
    comparedWith: { production: baseline?.production?.digest ?? "none", anchors: baseline?.anchors ?? [] },
    interface: {
      version: pipeline.interfaceVersion,
      signature: serving?.signature ?? null,
      decisionThreshold: serving?.decisionThreshold ?? null,
    },
    inputs: Object.fromEntries([...cites, ...takes]),
    labelsVisibleToTraining: assurance === "laptop" || visibleToTraining(pipeline.data),
    assurance,
    measuredBy: { tool: "slipway", version: version() },
    measuredAt: now().toISOString(),
    run: runUrl(env),
  };
}

/**
 * Training code can read a file of its own repository, and can fetch again what a command of its repository fetches. A URL is not
 * given to it; whether it could reach it by itself is a matter of the network.
 */
function visibleToTraining(data: DataSourceDocument): boolean {
  return data.kind !== "url";
}
