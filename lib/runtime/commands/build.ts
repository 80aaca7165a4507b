import { join } from "node:path";
import { collectParts, PartsFolder } from "../packaging/collect-parts";
import { buildDockerfile } from "../packaging/dockerfile-build";
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
    const { manifest, repository, work, env, out } = context;
    const { pipeline } = manifest;
    const packaging = requiredPackaging(pipeline, "build");
    const project = join(repository, pipeline.root);
    const parts = work.handoff("parts");
    await collectParts(project, parts, pipeline, packaging);
    if (packaging.base.kind === "dockerfile") {
      const { file, context: folder } = packaging.base;
      const layout = join(parts, PartsFolder.base);
      const platform = packaging.platforms[0]!;
      await buildDockerfile({ project, file, context: folder, platform, layout, env }, out);
    }
    out.say(
      `collected for the image: ${packaging.base.kind === "image" ? "lock" : "base"}${packaging.files.length > 0 ? ` and ${packaging.files.length} path(s)` : ""}`,
    );
    return { outcome: "passed", report: { base: packaging.base.kind, files: packaging.files }, gives: ["parts"] };
  },
};
