import type { PipelineDocument } from "../../blueprint/pipeline/pipeline-document";
import { GITHUB_PACKAGES } from "../../jobs/image-access";
import type { Job } from "../../jobs/job";
import { Secret } from "../../jobs/variables";
import { Template, type Value } from "./template";

/** Whether a job pushes to GitHub's own registry, which knows it by its token. */
export function entersGithubPackages({ holdings }: Job, { packaging }: PipelineDocument): boolean {
  return holdings.images && packaging?.repository?.startsWith(`${GITHUB_PACKAGES}/`) === true;
}

/** The token of such a job, as user name and password of the registry: it ends with the job, and no secret is kept anywhere. */
export function githubPackagesAccess(job: Job, pipeline: PipelineDocument): Readonly<Record<string, Value>> {
  if (!entersGithubPackages(job, pipeline)) return {};
  return {
    [Secret.imagesUsername]: Template.of("${{ github.actor }}"),
    [Secret.imagesPassword]: Template.of("${{ github.token }}"),
  };
}
