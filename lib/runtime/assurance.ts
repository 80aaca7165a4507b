import type { Assurance } from "../blueprint/identity";
import type { Variables } from "./command-context";

/**
 * How much stands behind what this process does. A job of the CI counts as such; everything else, and a laptop engine that runs
 * inside a job, is one user who holds code, labels and key at once.
 */
export function assuranceOf(env: Variables): Assurance {
  return env.GITHUB_ACTIONS === "true" && env.SLIPWAY_ASSURANCE !== "laptop" ? "ci" : "laptop";
}

/** Where this run can be looked at; `null` outside the CI. */
export function runUrl(env: Variables): string | null {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  if (assuranceOf(env) !== "ci" || server === undefined || repository === undefined || run === undefined) return null;
  return `${server}/${repository}/actions/runs/${run}`;
}
