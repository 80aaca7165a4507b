import type { PackagingDocument } from "../blueprint/pipeline/pipeline-document";
import { Secret, Variable } from "./variables";

/** What a job that takes a base image and pushes another needs for it. */
export interface ImageAccess {
  /** Whether anything is pushed at all. */
  readonly push: boolean;
  /** A registry knows the job by its own identity in the cloud. */
  readonly identity: boolean;
  readonly secrets: readonly string[];
  readonly variables: readonly string[];
}

/** The registry that a job of GitHub's enters with its own token. */
export const GITHUB_PACKAGES = "ghcr.io";

/**
 * How registries are entered: Amazon's by the job's role, also for a base that stands there; GitHub's by the token that an engine gives
 * the job; any other that is pushed to by a user name and a password.
 */
export function imageAccess(packaging: PackagingDocument | null): ImageAccess {
  const pushedTo = hostOf(packaging?.repository ?? "");
  const base = packaging?.base.kind === "image" ? hostOf(packaging.base.reference) : "";
  const identity = isAmazon(pushedTo) || isAmazon(base);
  const byPassword = pushedTo !== "" && pushedTo !== GITHUB_PACKAGES && !isAmazon(pushedTo);
  return {
    push: pushedTo !== "",
    identity,
    secrets: byPassword ? [Secret.imagesUsername, Secret.imagesPassword] : [],
    variables: identity ? [Variable.awsRole] : [],
  };
}

function hostOf(reference: string): string {
  return reference.split("/", 1)[0]!;
}

function isAmazon(host: string): boolean {
  return /\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?$/.test(host);
}
