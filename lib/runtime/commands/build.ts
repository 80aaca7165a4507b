import { join } from "node:path";
import { collectParts } from "../packaging/collect-parts";
import { requiredPackaging } from "../packaging/required-packaging";
import type { CommandModule } from "./command-module";

export const command: CommandModule = {
  name: "build",
  summary: "collect what an image takes from the repository, or build its Dockerfile",
  description: `Writes the hand-off that \`package\` works from, so that the job with the key needs nothing of the repository: the lock file of the
environment and the files that packaging names. With Packaging.dockerfile(), builds the Dockerfile with docker, podman or buildah
instead of taking a lock, and keeps what it built as an OCI image layout. The build gets no secret and pushes nothing.`,
  options: [],
  async run(context) {
    const { manifest, repository, work, out } = context;
    const { pipeline } = manifest;
    const packaging = requiredPackaging(pipeline, "build");
    await collectParts(join(repository, pipeline.root), work.handoff("parts"), pipeline, packaging);
    out.say(
      `collected for the image: ${packaging.base.kind === "image" ? "lock" : "base"}${packaging.files.length > 0 ? ` and ${packaging.files.length} path(s)` : ""}`,
    );
    return { outcome: "passed", report: { base: packaging.base.kind, files: packaging.files }, gives: ["parts"] };
  },
};
