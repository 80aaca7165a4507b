import type { Job } from "./job";

/**
 * The protected environments that Slipway's own jobs run in, named for what they give access to. One that runs user code is never
 * one that holds a key: what a job does not name, a neighbour's mistake cannot give it.
 */
export const JobEnvironment = {
  /** A data source's own credentials; where `acquire` runs a command of the repository. */
  acquire: "acquire",
  /** The key that opens sealed data. */
  data: "data",
  /** Reading models and records from the store. */
  baseline: "baseline",
  /** Writing runs to the tracking server. */
  training: "training",
  /** The key that opens labels and the one that signs. */
  gate: "gate",
  /** Pushing images; the key that signs what is in them. */
  images: "images",
  /** Writing to the registry and the store. */
  registry: "registry",
} as const;

/** The environments that a pipeline's jobs run in, each once, in order of first use; without the pipeline's prefix. */
export function environmentsOf(jobs: readonly Job[]): readonly string[] {
  return [...new Set(jobs.flatMap(({ environment }) => (environment === null ? [] : [environment])))];
}

/** Name of an environment on an engine where several pipelines share one list of them. */
export function environmentName(pipeline: string, environment: string): string {
  return `${pipeline}-${environment}`;
}
