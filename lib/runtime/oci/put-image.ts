import type { AssembledImage } from "./assemble-image";
import { blobFrom, bytesBlob, fileBlob } from "./blobs";
import type { ImageDestination, PutOutcome } from "./image-places";
import type { WrittenLayer } from "./layer/write-layer";
import type { BaseImage } from "./resolve-base";

/** How many blobs of an image got to its destination in which way. */
export type PutCounts = Readonly<Record<PutOutcome, number>>;

/**
 * Puts an image's layers, configuration and manifest, in that order, so that nothing ever names what is not there. It is found by others
 * only when it, or an index over it, is published.
 *
 * @throws RefusedError `image-content-mismatch` when a base or a file is not what it was when the image was assembled
 */
export async function putImage(
  image: AssembledImage,
  base: BaseImage,
  layers: readonly WrittenLayer[],
  destination: ImageDestination,
): Promise<PutCounts> {
  const blobs = [
    ...base.layers.map((layer) => blobFrom(base.source, layer)),
    ...layers.map(({ descriptor, file }) => fileBlob(descriptor, file)),
    bytesBlob(image.config.descriptor.mediaType, image.config.bytes),
  ];
  const counts = { written: 0, existed: 0, mounted: 0 };
  // An image may hold one layer twice.
  const once = new Map(blobs.map((blob) => [blob.descriptor.digest, blob]));
  for (const blob of once.values()) counts[await destination.putBlob(blob)]++;
  await destination.putManifest(image.manifest);
  return counts;
}
