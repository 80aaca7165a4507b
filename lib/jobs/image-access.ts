import { Secret, Variable } from "./variables";

/** What a job that pushes images needs for it. */
export interface ImageAccess {
  /** Whether anything is pushed at all. */
  readonly push: boolean;
  /** The registry knows the job by its own identity in the cloud. */
  readonly identity: boolean;
  readonly secrets: readonly string[];
  readonly variables: readonly string[];
}

/**
 * How a repository's registry is entered: Amazon's by the job's role, GitHub's by the token that an engine gives the job, any other by
 * a user name and a password.
 */
export function imageAccess(repository: string | null): ImageAccess {
  if (repository === null) return { push: false, identity: false, secrets: [], variables: [] };
  const host = repository.split("/", 1)[0]!;
  if (/\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(host)) {
    return { push: true, identity: true, secrets: [], variables: [Variable.awsRole] };
  }
  if (host === GITHUB_PACKAGES) return { push: true, identity: false, secrets: [], variables: [] };
  return { push: true, identity: false, secrets: [Secret.imagesUsername, Secret.imagesPassword], variables: [] };
}

/** The registry that a job of GitHub's enters with its own token. */
export const GITHUB_PACKAGES = "ghcr.io";
