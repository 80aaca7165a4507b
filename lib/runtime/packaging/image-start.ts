import type { PackagingDocument } from "../../blueprint/pipeline/pipeline-document";
import type { ReleaseManifest } from "../../blueprint/manifest/release-manifest";
import { DEFAULT_SERVING_PORT, ImagePath, ServingVariable } from "../../blueprint/serving/serving-contract";
import type { ContainerStart } from "../oci/assemble-image";
import { defaultServerCommand } from "../serving/default-server";

/** A user without a name, a home or any right, as distroless images have it. */
export const NOBODY = "65532:65532";

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What labels say of an image. */
export interface ImageFacts {
  readonly manifest: ReleaseManifest;
  readonly modelDigest: string;
  /** Commit that the model was trained from; `null` when it was not a git checkout. */
  readonly gitRevision: string | null;
  /** Variables of the base image. */
  readonly baseEnv: readonly string[];
}

/** How a container of the image starts, by the serving contract. */
export function imageStart(packaging: PackagingDocument, facts: ImageFacts): ContainerStart {
  const { manifest, modelDigest, baseEnv } = facts;
  const { latency } = manifest.policy.serving ?? { latency: null };
  return {
    env: {
      PATH: extendedPath(baseEnv, `${ImagePath.environment}/bin`),
      PYTHONPATH: [ImagePath.environment, ImagePath.files, ImagePath.server].join(":"),
      PYTHONDONTWRITEBYTECODE: "1",
      PYTHONUNBUFFERED: "1",
      [ServingVariable.modelFolder]: ImagePath.model,
      [ServingVariable.modelDigest]: modelDigest,
      [ServingVariable.pipeline]: manifest.pipeline.name,
      [ServingVariable.port]: String(DEFAULT_SERVING_PORT),
      ...(latency === null ? {} : { [ServingVariable.latencyLimit]: String(latency.atMostMillis / 1_000) }),
    },
    entrypoint: packaging.server === null ? defaultServerCommand : serverEntrypoint(packaging.server),
    user: NOBODY,
    workingDir: packaging.files.length > 0 ? ImagePath.files : "/",
    exposedPorts: [DEFAULT_SERVING_PORT],
    labels: imageLabels(facts),
    stopSignal: "SIGTERM",
  };
}

/** The PATH of a base with one more folder at its end: what the base has goes first. */
export function extendedPath(baseEnv: readonly string[], folder: string): string {
  const path = baseEnv.find((each) => each.startsWith("PATH="))?.slice("PATH=".length) ?? DEFAULT_PATH;
  return `${path}:${folder}`;
}

/** A shell between the container's init and the server would keep SIGTERM to itself: a plain command takes its place. */
export function serverEntrypoint(command: string): readonly string[] {
  // A variable before the program, or an exec that is there already, is no program that could be executed.
  const isPlain = /^(?!exec\b)[\w@%+:,./-]+(?: [\w@%+=:,./ -]*)?$/.test(command);
  return ["/bin/sh", "-ec", isPlain ? `exec ${command}` : command];
}

/** Labels, and annotations of the manifest, by the convention of the OCI image specification. */
export function imageLabels({
  manifest,
  modelDigest,
  gitRevision,
}: Omit<ImageFacts, "baseEnv">): Readonly<Record<string, string>> {
  const { repository, pipeline, runtime } = manifest;
  return {
    "org.opencontainers.image.title": pipeline.name,
    "org.opencontainers.image.description": `Model of the pipeline ${pipeline.name} behind the serving contract of Slipway`,
    ...(repository === null ? {} : { "org.opencontainers.image.source": `https://github.com/${repository}` }),
    ...(gitRevision === null ? {} : { "org.opencontainers.image.revision": gitRevision }),
    "dev.slipway.model": modelDigest,
    "dev.slipway.interface-version": String(pipeline.interfaceVersion),
    "dev.slipway.version": runtime.version,
  };
}
