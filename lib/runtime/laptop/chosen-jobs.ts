import { InvalidInputError } from "../../blueprint/problems";
import type { EnvironmentDocument } from "../../blueprint/pipeline/pipeline-document";
import type { Job } from "../../jobs/job";

/**
 * The jobs that were asked for and everything they need, in the order of the line.
 *
 * @param only - ids of jobs; none: all
 * @throws InvalidInputError for an id that is no job of this line
 */
export function chosenJobs(jobs: readonly Job[], only: readonly string[]): readonly Job[] {
  if (only.length === 0) return jobs;
  const known = new Map(jobs.map((job) => [job.id, job]));
  const unknown = only.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    throw new InvalidInputError(
      "slipway run",
      unknown.map((id) => ({
        path: "--only",
        value: id,
        says: "is no job of this line",
        remedy: `Name one of ${[...known.keys()].join(", ")}.`,
      })),
    );
  }
  const chosen = new Set<string>();
  const take = (id: string): void => {
    if (chosen.has(id)) return;
    chosen.add(id);
    known.get(id)!.needs.forEach(take);
  };
  only.forEach(take);
  return jobs.filter(({ id }) => chosen.has(id));
}

/**
 * The environments that the user lets promotion into.
 *
 * @throws InvalidInputError for a name that is none of the pipeline's: a slip of the pen must not look like a missing approval
 */
export function approvedEnvironments(
  environments: readonly EnvironmentDocument[],
  approved: readonly string[],
): readonly string[] {
  const known = environments.map(({ name }) => name);
  const unknown = approved.filter((name) => !known.includes(name));
  if (unknown.length === 0) return approved;
  throw new InvalidInputError(
    "slipway run",
    unknown.map((name) => ({
      path: "--approve",
      value: name,
      says: "is no environment of this pipeline",
      remedy: known.length === 0 ? "Leave --approve out." : `Name one of ${known.join(", ")}.`,
    })),
  );
}
