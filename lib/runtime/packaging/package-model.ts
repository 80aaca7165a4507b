import { join } from "node:path";
import type { ReleaseManifest } from "../../blueprint/manifest/release-manifest";
import type { ImagePlatform, PackagingDocument } from "../../blueprint/pipeline/pipeline-document";
import { ImagePath } from "../../blueprint/serving/serving-contract";
import { type AssembledImage, assembleImage, assembleIndex, type ImageLayer } from "../oci/assemble-image";
import { attachArtifact } from "../oci/attach-artifact";
import type { Descriptor } from "../oci/descriptor";
import type { ImageDestination } from "../oci/image-places";
import type { WrittenLayer } from "../oci/layer/write-layer";
import type { ImagePlaces } from "../oci/open-image";
import { putImage } from "../oci/put-image";
import type { BaseImage } from "../oci/resolve-base";
import { somethingAt } from "../handoff/folder-digest";
import { version } from "../version";
import { type FoundBase, findBase, findBaseOrNothing } from "./base-image";
import { PartsFolder } from "./collect-parts";
import { type LaidEnvironment, layEnvironment } from "./environment/lay-environment";
import { layerOf } from "./image-layers";
import { imageLabels, imageStart } from "./image-start";
import type { LayOptions } from "./kept-folder";
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

/** Where an image is put together, and where it goes. */
export interface Packing {
  readonly places: ImagePlaces;
  readonly destination: ImageDestination;
  /** Name of the image in a layout; `null` where it goes by its digest alone. */
  readonly tag: string | null;
  readonly options: LayOptions;
}

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

export interface PackagedPlatform {
  readonly platform: ImagePlatform;
  /** Of its manifest. */
  readonly digest: string;
  /** Bytes as they are pulled, the base's layers among them. */
  readonly size: number;
  readonly layers: readonly { readonly content: string; readonly digest: string; readonly size: number }[];
  /** Python packages of the environment; `null` where a Dockerfile made it. */
  readonly packages: number | null;
}

interface PlatformImage {
  readonly assembled: AssembledImage;
  readonly base: FoundBase;
  readonly written: readonly (WrittenLayer & ImageLayer)[];
  readonly environment: LaidEnvironment | null;
  readonly bill: string;
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
    const images: PlatformImage[] = [];
    for (const platform of model.packaging.platforms)
      images.push(await platformImage(model, platform, places, options));
    for (const { assembled, base, written } of images) await putImage(assembled, base.image, written, destination);
    const [first, ...others] = images.map(({ assembled }) => assembled);
    const labels = imageLabels({ ...model, modelDigest: model.model.digest });
    const top = others.length === 0 ? first!.manifest : assembleIndex([first!, ...others], labels);
    if (others.length > 0) await destination.putManifest(top);
    await destination.publish(top, tag);
    for (const { assembled, bill } of images) {
      await attachArtifact(destination, assembled.manifest.descriptor, {
        artifactType: "application/vnd.cyclonedx+json",
        bytes: Buffer.from(bill),
        annotations: { "org.opencontainers.image.title": "sbom.cdx.json" },
      });
    }
    return {
      image: top.descriptor,
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
): Promise<PlatformImage> {
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
  const { cache } = options;
  const written = [
    ...(environment === null
      ? []
      : [await layer("locked environment", { ...environment, root: ImagePath.environment, executables: true }, cache)]),
    ...(server === null ? [] : [await layer("server", { ...server, root: ImagePath.server }, cache)]),
    ...((await somethingAt(files)) ? [await layer("files", { folder: files, root: ImagePath.files }, cache)] : []),
    await layer("model", { folder: model.model.folder, root: ImagePath.model }, cache),
  ];
  const facts = { manifest, modelDigest: model.model.digest, gitRevision: model.gitRevision };
  const assembled = assembleImage({
    base: base.image,
    layers: written,
    config: imageStart(packaging, { ...facts, baseEnv: base.image.config.config?.Env ?? [] }),
    platform,
    annotations: {
      ...imageLabels(facts),
      ...(base.complete ? {} : { "dev.slipway.incomplete": "the layers of the base are missing" }),
    },
  });
  return { assembled, base, written, environment, bill: billOf(model, base.image, environment) };
}

async function layer(
  content: string,
  folder: Parameters<typeof layerOf>[0],
  cache: string,
): Promise<WrittenLayer & ImageLayer> {
  return { ...(await layerOf(folder, cache)), createdBy: `slipway package: ${content}` };
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

function summaryOf({ assembled, written, environment }: PlatformImage): PackagedPlatform {
  const { manifest, config, layers, platform } = assembled;
  return {
    platform,
    digest: manifest.descriptor.digest,
    size: [manifest.descriptor, config.descriptor, ...layers].reduce((sum, { size }) => sum + size, 0),
    layers: written.map(({ createdBy, descriptor }) => ({
      content: createdBy.replace("slipway package: ", ""),
      digest: descriptor.digest,
      size: descriptor.size,
    })),
    packages: environment?.packages.length ?? null,
  };
}
