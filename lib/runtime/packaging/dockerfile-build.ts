import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ImagePlatform } from "../../blueprint/pipeline/pipeline-document";
import type { Variables } from "../command-context";
import type { Output } from "../output/output";
import { LayoutDestination } from "../oci/layout/layout-destination";
import { answeringProgram } from "../processes/answering-program";
import { BrokenEnvironmentError, RefusedError } from "../refusals";
import { describeEnding, runUserCommand } from "../user-code/user-command";
import { copyDockerArchive } from "./docker-archive";

/** A Dockerfile to build. */
export interface DockerfileToBuild {
  /** Folder of the pipeline in the repository. */
  readonly project: string;
  /** Relative to {@link project}. */
  readonly file: string;
  /** Relative to {@link project}. */
  readonly context: string;
  readonly platform: ImagePlatform;
  /** Folder that takes what was built, as an OCI image layout; must not exist. */
  readonly layout: string;
  readonly env: Variables;
}

const run = promisify(execFile);

/** How each builder builds into a file of the id, and saves what has that id as a Docker archive. */
const BUILDERS = {
  docker: {
    build: ["build"],
    save: (id: string, archive: string) => ["save", "--output", archive, id],
  },
  podman: {
    build: ["build"],
    save: (id: string, archive: string) => ["save", "--format", "docker-archive", "--output", archive, id],
  },
  buildah: {
    build: ["build"],
    save: (id: string, archive: string) => ["push", id, `docker-archive:${archive}`],
  },
} as const;

/**
 * Builds with the first of docker, podman and buildah that answers, and keeps what was built as an OCI image layout. The build gets no
 * secret and pushes nothing.
 *
 * @returns digest of the image's manifest
 * @throws RefusedError `build-failed`
 * @throws BrokenEnvironmentError when there is no builder
 */
export async function buildDockerfile(build: DockerfileToBuild, out: Output): Promise<string> {
  const { project, file, context, platform, env, layout } = build;
  const builder = await findBuilder(project, env);
  const scratch = await mkdtemp(join(tmpdir(), "slipway-build-"));
  try {
    const idFile = join(scratch, "id");
    const argv = [
      builder,
      ...BUILDERS[builder].build,
      "--platform",
      platform,
      "--file",
      file,
      "--iidfile",
      idFile,
      context,
    ];
    out.progress(argv.join(" "));
    const ending = await runUserCommand({ argv, directory: project, env }, out);
    if (ending.exitCode !== 0) {
      throw new RefusedError(
        "build-failed",
        `building ${file} with ${builder} ended with ${describeEnding(ending)}`,
        "Read its output above.",
      );
    }
    const archive = join(scratch, "image.tar");
    await save(builder, (await readFile(idFile, "utf8")).trim(), archive, { cwd: project, env: { ...env } });
    return await copyDockerArchive(archive, new LayoutDestination(layout), scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function findBuilder(directory: string, env: Variables): Promise<keyof typeof BUILDERS> {
  const builder = await answeringProgram(["docker", "podman", "buildah"], env, directory);
  if (builder !== null) return builder;
  throw new BrokenEnvironmentError(
    "no builder of images answers (docker, podman, buildah)",
    "Run this job where one is installed and its daemon runs, or use Packaging.image(), which needs none.",
  );
}

async function save(
  builder: keyof typeof BUILDERS,
  id: string,
  archive: string,
  options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<void> {
  await run(builder, BUILDERS[builder].save(id, archive), options).catch((error: unknown) => {
    const { stderr = String(error) } = error as { readonly stderr?: string };
    throw new BrokenEnvironmentError(
      `${builder} does not save what it built: ${stderr.trim()}`,
      "Use a released version of it.",
    );
  });
}
