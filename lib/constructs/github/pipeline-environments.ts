import { environmentsOf } from "../../jobs/job-environments";
import { lower } from "../../jobs/lower";
import type { ReleaseManifest } from "../../blueprint/manifest/release-manifest";

/** What a protected environment has to offer to the jobs that run in it. */
export interface PipelineEnvironment {
  /** Without the pipeline's prefix. */
  readonly name: string;
  /** Names of the variables its jobs read. */
  readonly variables: readonly string[];
  /** Whether models are promoted into it, as opposed to an environment of one of Slipway's own jobs. */
  readonly promotes: boolean;
}

/** The environments of a pipeline's delivery line. A review runs in none. */
export function pipelineEnvironments(manifest: ReleaseManifest): readonly PipelineEnvironment[] {
  const jobs = lower(manifest, "delivery");
  return environmentsOf(jobs).map((name) => ({
    name,
    variables: [
      ...new Set(jobs.filter(({ environment }) => environment === name).flatMap(({ variables }) => variables)),
    ],
    promotes: manifest.pipeline.environments.some((environment) => environment.name === name),
  }));
}
