import type { WorkloadIdentity } from "../../blueprint/identity";

/** Issuer of the tokens that jobs on github.com get. */
export const GITHUB_OIDC_ISSUER = "https://token.actions.githubusercontent.com";

/** Numeric ids of a repository and its owner, as `gh api repos/OWNER/NAME --jq '.id, .owner.id'` prints them. */
export interface RepositoryIds {
  readonly owner: number;
  readonly repository: number;
}

/**
 * The identity of jobs that run in one protected environment of one repository, in both forms of the subject: by names, and
 * with immutable ids as repositories created or renamed since mid-2026 (and those that opted in) have it.
 *
 * @see https://docs.github.com/actions/reference/security/oidc
 */
export function githubWorkloadIdentity(
  repository: string,
  environment: string,
  audience: string,
  ids: RepositoryIds | undefined,
): WorkloadIdentity {
  const [owner = "", name = ""] = repository.split("/");
  const byName = `repo:${owner}/${name}:environment:${environment}`;
  const byId = ids && `repo:${owner}@${ids.owner}/${name}@${ids.repository}:environment:${environment}`;
  return {
    issuer: GITHUB_OIDC_ISSUER,
    audience,
    subjects: byId === undefined ? [byName] : [byName, byId],
    claims: { repository, environment },
  };
}
