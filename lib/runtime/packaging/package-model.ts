import { join } from "node:path";
import type { ReleaseManifest } from "../../blueprint/manifest/release-manifest";
import type { ImagePlatform, PackagingDocument } from "../../blueprint/pipeline/pipeline-document";
import { ImagePath } from "../../blueprint/serving/serving-contract";
import { assembleImage } from "../oci/assemble-image";
import type { Descriptor } from "../oci/descriptor";
import type { ImagePlaces } from "../oci/open-image";
import type { BaseImage } from "../oci/resolve-base";
import { somethingAt } from "../handoff/folder-digest";
import { version } from "../version";
import { findBase, findBaseOrNothing } from "./base-image";
import { PartsFolder } from "./collect-parts";
import { type LaidEnvironment, layEnvironment } from "./environment/lay-environment";
import type { LayerFolder } from "./image-layers";
import { imageLabels, imageStart } from "./image-start";
import type { LayOptions } from "./kept-folder";
import {
  type PackedLayer,
  type PackedPlatform,
  type Packing,
  packLayer,
  type PlatformImage,
  platformSummary,
  publishImages,
} from "./publish-images";
import { billOfMaterials } from "./sbom";
import { layServer } from "./server-folder";

/** A model to put into an image. */
export interface ModelToPackage {
  readonly manifest: ReleaseManifest;
  readonly packaging: PackagingDocument;
  readonly model: { readonly folder: string; readonly digest: string };
  readonly gitRevision: string | null;
  /** Folder of the hand-off `parts`. */
  readonly parts: string;
  /** The base by digest: a reference of the packaging, or the layout that a Dockerfile left in {@link parts}. */
  readonly base: string;
  /** Go on without the base's layers where its registry cannot be reached. */
  readonly baseMayBeMissing: boolean;
}

export type { Packing } from "./publish-images";

/** What was put together. */
export interface PackagedModel {
  /** Of the image's manifest, or of the index over several platforms. */
  readonly image: Descriptor;
  readonly platforms: readonly PackagedPlatform[];
  /** Digest of the base as it is named. */
  readonly baseDigest: string;
  /** False where the base was left out. */
  readonly complete: boolean;
}

export interface PackagedPlatform extends PackedPlatform {
  /** Python packages of the environment; `null` where a Dockerfile made it. */
  readonly packages: number | null;
}

interface ModelImage extends PlatformImage {
  readonly environment: LaidEnvironment | null;
}

/**
 * Puts a model into an image for each platform: base, locked environment, files of the repository, server and model, a layer each, and
 * a bill of materials attached. Everything follows from what is given: the same gives the same digest. No engine, no root, nothing of
 * what is packed is run.
 *
 * @throws RefusedError and BrokenEnvironmentError by the name of what does not hold; nothing is published then
 */
export async function packageModel(
  model: ModelToPackage,
  { places, destination, tag, options }: Packing,
): Promise<PackagedModel> {
  try {
    const images: ModelImage[] = [];
    for (const platform of model.packaging.platforms)
      images.push(await platformImage(model, platform, places, options));
    const labels = imageLabels({ ...model, modelDigest: model.model.digest });
    return {
      image: await publishImages(images, labels, { destination, tag }),
      platforms: images.map(summaryOf),
      baseDigest: images[0]!.base.image.digest,
      complete: images.every(({ base }) => base.complete),
    };
  } catch (error) {
    await destination.abandon();
    throw error;
  }
}

async function platformImage(
  model: ModelToPackage,
  platform: ImagePlatform,
  places: ImagePlaces,
  options: LayOptions,
): Promise<ModelImage> {
  const { manifest, packaging, parts } = model;
  const { python } = manifest.pipeline;
  const fromWheels = packaging.base.kind === "image";
  const find = model.baseMayBeMissing ? findBaseOrNothing : findBase;
  const base = await find(model.base, platform, fromWheels ? python.version : null, places);
  const environment =
    packaging.base.kind === "image"
      ? await layEnvironment({
          python,
          directory: join(parts, PartsFolder.lock),
          platform,
          servingLockFile: packaging.base.lockFile ?? undefined,
          ...options,
        })
      : null;
  const server = packaging.server === null ? await layServer({ platform, python: python.version, ...options }) : null;
  const files = join(parts, PartsFolder.files);
  const layer = (content: string, folder: LayerFolder): Promise<PackedLayer> =>
    packLayer("package", content, folder, options.cache);
  const packed = [
    ...(environment === null
      ? []
      : [await layer("locked environment", { ...environment, root: ImagePath.environment, executables: true })]),
    ...(server === null ? [] : [await layer("server", { ...server, root: ImagePath.server })]),
    ...((await somethingAt(files)) ? [await layer("files", { folder: files, root: ImagePath.files })] : []),
    await layer("model", { folder: model.model.folder, root: ImagePath.model }),
  ];
  const facts = { manifest, modelDigest: model.model.digest, gitRevision: model.gitRevision };
  const assembled = assembleImage({
    base: base.image,
    layers: packed,
    config: imageStart(packaging, { ...facts, baseEnv: base.image.config.config?.Env ?? [] }),
    platform,
    annotations: {
      ...imageLabels(facts),
      ...(base.complete ? {} : { "dev.slipway.incomplete": "the layers of the base are missing" }),
    },
  });
  return { assembled, base, packed, environment, bill: billOf(model, base.image, environment) };
}

function billOf(
  { manifest, model, packaging }: ModelToPackage,
  base: BaseImage,
  environment: LaidEnvironment | null,
): string {
  return billOfMaterials({
    model: { name: manifest.pipeline.name, version: null, digest: model.digest },
    baseImage: { repository: (base.name ?? "base").replace(/:[\w.-]+$/, ""), digest: base.manifest.digest },
    server:
      packaging.server === null
        ? { name: "slipway-serving", version: version() }
        : { name: `${manifest.pipeline.name}-server`, version: model.digest },
    packages: environment?.packages ?? [],
  });
}

function summaryOf(image: ModelImage): PackagedPlatform {
  return { ...platformSummary(image), packages: image.environment?.packages.length ?? null };
}
