import { Problems, type Problem } from "../problems";
import { checkCommand, checkRelativePath } from "./names-and-paths";
import type { PackagingDocument, PipelineDocument } from "./pipeline-document";

const PINNED = /^[a-z0-9][^@\s]*@sha256:[0-9a-f]{64}$/i;
/** Registry, then at least one part of a path; without a scheme, a tag or a digest. */
const REPOSITORY = /^[a-z0-9][a-z0-9.-]*(:\d+)?(\/[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*)+$/;

/** What is wrong with how a pipeline packages its models. */
export function packagingProblems(pipeline: PipelineDocument): readonly Problem[] {
  const problems = new Problems();
  const { packaging, interfaceVersion } = pipeline;
  if (!Number.isSafeInteger(interfaceVersion) || interfaceVersion < 1) {
    problems.add(
      "interfaceVersion",
      interfaceVersion,
      "is not a whole number from 1",
      "Start at 1, and raise it by one when clients have to change.",
    );
  }
  if (packaging === null) return problems.list;
  checkBase(problems, packaging, pipeline);
  checkRepository(problems, packaging, pipeline);
  checkPlatforms(problems, packaging);
  if (packaging.server !== null) checkCommand(problems, "packaging.server", packaging.server);
  if (packaging.server === null && pipeline.commands.predict !== null) {
    problems.add(
      "packaging.server",
      undefined,
      "is missing: the model predicts by a command of the repository, which Slipway's server cannot serve",
      "Give the command of a server that keeps the serving contract, or leave out `train.predict`.",
    );
  }
  packaging.files.forEach((path, index) => {
    checkRelativePath(problems, `packaging.files[${index}]`, path);
  });
  return problems.list;
}

function checkBase(problems: Problems, { base }: PackagingDocument, { python }: PipelineDocument): void {
  if (base.kind === "dockerfile") {
    checkRelativePath(problems, "packaging.file", base.file);
    if (base.context !== ".") checkRelativePath(problems, "packaging.context", base.context);
    return;
  }
  if (!PINNED.test(base.reference)) {
    problems.add(
      "packaging.base",
      base.reference,
      "names an image that may be another one tomorrow",
      "Pin it by digest: python:3.12-slim@sha256:<64 hex digits>, as `docker buildx imagetools inspect` shows it.",
    );
  }
  if (base.lockFile !== null) checkRelativePath(problems, "packaging.lockFile", base.lockFile);
  if (python.manager === "conda-lock" && base.lockFile === null) {
    problems.add(
      "packaging",
      python.lockFile,
      "locks conda packages, and an image is assembled from wheels",
      "Use Packaging.dockerfile(), or lock the environment for serving with uv and name it: lockFile.",
    );
  }
}

function checkRepository(
  problems: Problems,
  { repository }: PackagingDocument,
  { environments }: PipelineDocument,
): void {
  if (repository === null) {
    if (environments.length === 0) return;
    problems.add(
      "packaging.repository",
      undefined,
      "is missing, and images of models that are promoted are kept nowhere",
      "Say where they are pushed, for example ghcr.io/acme/insurance-risk.",
    );
  } else if (!REPOSITORY.test(repository)) {
    problems.add(
      "packaging.repository",
      repository,
      "is not a registry and a repository in lower case, without scheme, tag or digest",
      "Write it like ghcr.io/acme/insurance-risk.",
    );
  }
}

function checkPlatforms(problems: Problems, { platforms }: PackagingDocument): void {
  const known: readonly string[] = ["linux/amd64", "linux/arm64"];
  if (platforms.length === 0) {
    problems.add("packaging.platforms", platforms, "names none", `Name one of ${known.join(", ")}, or both.`);
  }
  platforms.forEach((platform, index) => {
    if (known.includes(platform) && platforms.indexOf(platform) === index) return;
    const says = known.includes(platform) ? "is listed twice" : "is no platform that images are made for";
    problems.add(`packaging.platforms[${index}]`, platform, says, `Name one of ${known.join(", ")}, or both.`);
  });
}
