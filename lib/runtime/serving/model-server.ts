import { delimiter, join } from "node:path";
import type { ReleaseManifest } from "../../blueprint/manifest/release-manifest";
import { ServingVariable } from "../../blueprint/serving/serving-contract";
import type { Variables } from "../command-context";
import type { LayOptions } from "../packaging/kept-folder";
import { requiredPackaging } from "../packaging/required-packaging";
import { layServer } from "../packaging/server-folder";
import { shellCommand } from "../user-code/user-command";
import { defaultServerCommand } from "./default-server";
import type { ServerCommand } from "./server-process";

/** The model to serve on this machine. */
export interface ModelToServe {
  readonly manifest: ReleaseManifest;
  /** Top of the model repository: where the files are that the image takes along. */
  readonly repository: string;
  /** Working folder of the run: where a server starts that needs nothing of the repository. */
  readonly work: string;
  readonly modelFolder: string;
  readonly modelDigest: string;
  readonly env: Variables;
}

/**
 * The server of a pipeline's image as a process of this machine, with the Python on the PATH: the same server, the same variables, the
 * same model; the locked environment stands in for the image's layer of it.
 */
export async function modelServer(model: ModelToServe, options: LayOptions): Promise<ServerCommand> {
  const { manifest, repository, work, modelFolder, modelDigest, env } = model;
  const { pipeline, policy } = manifest;
  const { server, platforms, files } = requiredPackaging(pipeline, "latency");
  const latency = policy.serving?.latency ?? null;
  const project = join(repository, pipeline.root);
  const packages =
    server === null
      ? (await layServer({ platform: platforms[0]!, python: pipeline.python.version, ...options })).folder
      : null;
  return {
    argv: server === null ? defaultServerCommand : shellCommand(server),
    // Python looks for modules where it was started: only files that the image has too may be found.
    directory: files.length > 0 ? project : work,
    modelFolder,
    modelDigest,
    env,
    added: {
      PYTHONPATH: [...(files.length > 0 ? [project] : []), ...(packages === null ? [] : [packages])].join(delimiter),
      // The server's folder is shared and known by its digest: nothing may be compiled into it.
      PYTHONDONTWRITEBYTECODE: "1",
      [ServingVariable.pipeline]: pipeline.name,
      ...(latency === null ? {} : { [ServingVariable.latencyLimit]: String(latency.atMostMillis / 1_000) }),
    },
  };
}
