import type { ImagePlatform } from "../../blueprint/pipeline/pipeline-document";
import { documentOf, platformName, type Descriptor, type ManifestContent } from "./descriptor";
import type { ContainerConfig, ImageConfig, LayerHistory } from "./image-documents";
import { MediaType } from "./media-types";
import type { BaseImage } from "./resolve-base";

/** What is laid upon the base, in order. */
export interface ImageLayer {
  readonly descriptor: Descriptor;
  /** `sha256:<hex>` of the uncompressed tar. */
  readonly diffId: string;
  /** What the layer is, for the image's history: the same on every machine. */
  readonly createdBy: string;
}

/** How a container of the image starts. */
export interface ContainerStart {
  /** Set over the base's variables of the same names. */
  readonly env: Readonly<Record<string, string>>;
  readonly entrypoint: readonly string[];
  /** `uid:gid`, by number: Kubernetes can tell only then that it is not root. */
  readonly user: string;
  readonly workingDir: string;
  /** TCP ports. */
  readonly exposedPorts: readonly number[];
  readonly labels: Readonly<Record<string, string>>;
  /** For example `SIGTERM`. */
  readonly stopSignal: string;
}

export interface AssembleImageProps {
  readonly base: BaseImage;
  readonly layers: readonly ImageLayer[];
  readonly config: ContainerStart;
  readonly platform: ImagePlatform;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface AssembledImage {
  readonly config: ManifestContent;
  readonly manifest: ManifestContent;
  /** All layers, the base's first. */
  readonly layers: readonly Descriptor[];
  readonly platform: ImagePlatform;
}

/** No build has another time: when an image was built is a fact of the build and stands in its attestation. */
const epoch = "1970-01-01T00:00:00Z";

/**
 * The configuration and manifest of an image: the base's layers and the given ones. A function of its arguments, to the byte.
 *
 * Of the base's configuration, environment variables and history are kept. Entrypoint and command are replaced; labels are not taken
 * over, because they describe the base (its version, its sources) and would be read as being about this image; the base itself is named
 * by the `org.opencontainers.image.base.*` annotations.
 */
export function assembleImage({ base, layers, config, platform, annotations }: AssembleImageProps): AssembledImage {
  const [os, architecture] = platform.split("/") as [string, string];
  const { variant } = base.config;
  const image: ImageConfig = {
    created: epoch,
    os,
    architecture,
    ...(variant === undefined || variant === "" ? {} : { variant }),
    config: containerConfig(config, base.config.config?.Env ?? []),
    rootfs: { type: "layers", diff_ids: [...base.config.rootfs.diff_ids, ...layers.map(({ diffId }) => diffId)] },
    history: [...baseHistory(base), ...layers.map(({ createdBy }) => ({ created: epoch, created_by: createdBy }))],
  };
  const configDocument = documentOf(MediaType.config, image);
  const all = [...base.layers, ...layers.map(({ descriptor }) => descriptor)];
  const manifest = documentOf(MediaType.manifest, {
    schemaVersion: 2,
    mediaType: MediaType.manifest,
    config: configDocument.descriptor,
    layers: all,
    annotations: { ...annotations, ...baseAnnotations(base) },
  });
  return { config: configDocument, manifest, layers: all, platform };
}

/** One index over images of one content for several platforms, in the order of the platforms' names. */
export function assembleIndex(
  images: readonly AssembledImage[],
  annotations: Readonly<Record<string, string>>,
): ManifestContent {
  const manifests = images.map(({ manifest, platform }) => {
    const [os, architecture] = platform.split("/") as [string, string];
    return { ...manifest.descriptor, platform: { os, architecture } };
  });
  return documentOf(MediaType.index, {
    schemaVersion: 2,
    mediaType: MediaType.index,
    manifests: manifests.sort((a, b) => (platformName(a.platform) < platformName(b.platform) ? -1 : 1)),
    annotations,
  });
}

function containerConfig(start: ContainerStart, baseEnv: readonly string[]): ContainerConfig {
  const { env, entrypoint, user, workingDir, exposedPorts, labels, stopSignal } = start;
  return {
    User: user,
    ...(exposedPorts.length === 0
      ? {}
      : { ExposedPorts: Object.fromEntries(exposedPorts.map((port) => [`${port}/tcp`, {}])) }),
    Env: mergedEnv(baseEnv, env),
    Entrypoint: entrypoint,
    WorkingDir: workingDir,
    ...(Object.keys(labels).length === 0 ? {} : { Labels: labels }),
    StopSignal: stopSignal,
  };
}

/** The base's variables keep their places; new ones follow in the order of their names. */
function mergedEnv(base: readonly string[], env: Readonly<Record<string, string>>): readonly string[] {
  const merged = new Map(base.map((pair) => [pair.split("=", 1)[0]!, pair]));
  for (const name of Object.keys(env).sort()) merged.set(name, `${name}=${env[name]!}`);
  return [...merged.values()];
}

/** Readers count one entry per layer; a base that has none, or too few, gets entries that say no more than is known. */
function baseHistory({ config, layers }: BaseImage): readonly LayerHistory[] {
  const history = config.history ?? [];
  if (history.filter(({ empty_layer: empty }) => empty !== true).length === layers.length) return history;
  return layers.map(() => ({ created: epoch, created_by: "layer of the base image" }));
}

function baseAnnotations({ name, digest }: BaseImage): Readonly<Record<string, string>> {
  return {
    ...(name === null ? {} : { "org.opencontainers.image.base.name": name }),
    "org.opencontainers.image.base.digest": digest,
  };
}
