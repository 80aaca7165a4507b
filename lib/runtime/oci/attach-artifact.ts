import { bytesBlob } from "./blobs";
import { documentOf, type Descriptor, type ManifestContent } from "./descriptor";
import type { ImageDestination } from "./image-places";
import { MediaType } from "./media-types";

export interface Artifact {
  /** What it is, for example `application/vnd.in-toto+json`; others find it by this. */
  readonly artifactType: string;
  readonly bytes: Uint8Array;
  /** @default - the artifact type */
  readonly mediaType?: string;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * Attaches a document (attestation, bill of materials) to an image that stands at the destination, as a referrer of its manifest or
 * index. Attaching the same again changes nothing.
 *
 * @returns the artifact's manifest
 */
export async function attachArtifact(
  destination: ImageDestination,
  subject: Descriptor,
  { artifactType, bytes, mediaType, annotations }: Artifact,
): Promise<ManifestContent> {
  const content = bytesBlob(mediaType ?? artifactType, bytes);
  const empty = bytesBlob(MediaType.empty, Buffer.from("{}"));
  await destination.putBlob(content);
  await destination.putBlob(empty);
  const manifest = documentOf(MediaType.manifest, {
    schemaVersion: 2,
    mediaType: MediaType.manifest,
    artifactType,
    config: empty.descriptor,
    layers: [content.descriptor],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
    annotations,
  });
  await destination.putReferrer(manifest, subject);
  return manifest;
}
