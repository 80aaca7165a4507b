import type { WorkloadIdentity } from "../../blueprint/identity";

/** Issuer of the tokens that jobs on github.com get. */
export const GITHUB_OIDC_ISSUER = "https://token.actions.githubusercontent.com";

/** Numeric ids of a repository and its owner; references where only Terraform knows them. */
export interface ImmutableIds {
  readonly owner: string;
  readonly repository: string;
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
  ids: ImmutableIds,
): WorkloadIdentity {
  const [owner = "", name = ""] = repository.split("/");
  return {
    issuer: GITHUB_OIDC_ISSUER,
    audience,
    subjects: [
      `repo:${owner}/${name}:environment:${environment}`,
      `repo:${owner}@${ids.owner}/${name}@${ids.repository}:environment:${environment}`,
    ],
    claims: { repository, environment },
  };
}
