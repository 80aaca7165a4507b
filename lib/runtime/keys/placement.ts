import type { PipelineDocument } from "../../blueprint/pipeline/pipeline-document";
import { environmentName } from "../../jobs/job-environments";
import { lower } from "../../jobs/lower";
import { Secret, Variable } from "../../jobs/variables";

/** GitHub environments that hold each key, by the names the jobs read: nothing else is ever given one. */
export interface KeyPlacement {
  /** Those whose jobs sign; empty unless the pipeline signs with a key of its own. */
  readonly signingKey: readonly string[];
  /** Those whose jobs open sealed hand-offs. */
  readonly handoffKey: readonly string[];
  /** Those whose jobs seal. */
  readonly handoffRecipient: readonly string[];
}

/** Where a pipeline's keys belong, from its own jobs. */
export function keyPlacement(pipeline: PipelineDocument): KeyPlacement {
  const jobs = lower({ pipeline }, "delivery");
  const holding = (kind: "secrets" | "variables", name: string): readonly string[] => [
    ...new Set(
      jobs
        .filter((job) => job[kind].includes(name))
        .flatMap(({ environment }) => (environment === null ? [] : [environmentName(pipeline.name, environment)])),
    ),
  ];
  return {
    signingKey: holding("secrets", Secret.signingKey),
    handoffKey: holding("secrets", Secret.handoffKey),
    handoffRecipient: holding("variables", Variable.handoffRecipient),
  };
}
