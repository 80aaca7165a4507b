import type { ImagePlatform } from "../../blueprint/pipeline/pipeline-document";
import { type AssembledImage, assembleIndex, type ImageLayer } from "../oci/assemble-image";
import { attachArtifact } from "../oci/attach-artifact";
import type { Descriptor } from "../oci/descriptor";
import type { ImageDestination } from "../oci/image-places";
import type { WrittenLayer } from "../oci/layer/write-layer";
import type { ImagePlaces } from "../oci/open-image";
import { putImage } from "../oci/put-image";
import type { FoundBase } from "./base-image";
import { layerOf, type LayerFolder } from "./image-layers";
import type { LayOptions } from "./kept-folder";

/** Where an image is put together, and where it goes. */
export interface Packing {
  readonly places: ImagePlaces;
  readonly destination: ImageDestination;
  /** Name of the image in a layout; `null` where it goes by its digest alone. */
  readonly tag: string | null;
  readonly options: LayOptions;
}

/** A layer that Slipway laid, and what is in it. */
export interface PackedLayer extends WrittenLayer, ImageLayer {
  readonly content: string;
}

/** An image for one platform, assembled and put nowhere yet. */
export interface PlatformImage {
  readonly assembled: AssembledImage;
  readonly base: FoundBase;
  /** What was laid upon the base. */
  readonly packed: readonly PackedLayer[];
  /** CycloneDX in JSON. */
  readonly bill: string;
}

/** What one platform's image is, for people. */
export interface PackedPlatform {
  readonly platform: ImagePlatform;
  /** Of its manifest. */
  readonly digest: string;
  /** Bytes as they are pulled, the base's layers among them. */
  readonly size: number;
  readonly layers: readonly { readonly content: string; readonly digest: string; readonly size: number }[];
}

/**
 * Writes a folder as a layer.
 *
 * @param command - which command of Slipway lays it, for the image's history
 */
export async function packLayer(
  command: string,
  content: string,
  folder: LayerFolder,
  cache: string,
): Promise<PackedLayer> {
  return { ...(await layerOf(folder, cache)), content, createdBy: `slipway ${command}: ${content}` };
}

/**
 * Puts the images of all platforms, an index over them where they are several, and a bill of materials for each, and makes that the image
 * others find.
 *
 * @param annotations - of the index
 * @returns of the image's manifest, or of the index
 */
export async function publishImages(
  images: readonly PlatformImage[],
  annotations: Readonly<Record<string, string>>,
  { destination, tag }: Pick<Packing, "destination" | "tag">,
): Promise<Descriptor> {
  for (const { assembled, base, packed } of images) await putImage(assembled, base.image, packed, destination);
  const [first, ...others] = images.map(({ assembled }) => assembled);
  const top = others.length === 0 ? first!.manifest : assembleIndex([first!, ...others], annotations);
  if (others.length > 0) await destination.putManifest(top);
  await destination.publish(top, tag);
  for (const { assembled, bill } of images) {
    await attachArtifact(destination, assembled.manifest.descriptor, {
      artifactType: "application/vnd.cyclonedx+json",
      bytes: Buffer.from(bill),
      annotations: { "org.opencontainers.image.title": "sbom.cdx.json" },
    });
  }
  return top.descriptor;
}

export function platformSummary({ assembled, packed }: PlatformImage): PackedPlatform {
  const { manifest, config, layers, platform } = assembled;
  return {
    platform,
    digest: manifest.descriptor.digest,
    size: [manifest.descriptor, config.descriptor, ...layers].reduce((sum, { size }) => sum + size, 0),
    layers: packed.map(({ content, descriptor }) => ({ content, digest: descriptor.digest, size: descriptor.size })),
  };
}
