import { gzipSync } from "node:zlib";
import { bytesBlob } from "../../../lib/runtime/oci/blobs";
import { documentOf, type Descriptor, type ManifestContent } from "../../../lib/runtime/oci/descriptor";
import type { ImageDestination } from "../../../lib/runtime/oci/image-places";
import { MediaType } from "../../../lib/runtime/oci/media-types";
import { digestOf } from "./registry/small-registry";

/** An empty tar, and one of another length, so that two platforms differ. */
export function emptyTar(blocks: number): Buffer {
  return Buffer.alloc(512 * blocks);
}

export interface BaseTraits {
  readonly config?: object;
  readonly history?: readonly object[];
  readonly architecture?: string;
  readonly variant?: string;
  /** Docker's media types instead of OCI's. */
  readonly docker?: boolean;
  readonly layer?: Partial<Descriptor>;
}

/** Puts an image of one layer, as somebody else's tool would have, and returns its manifest. */
export async function putBase(destination: ImageDestination, traits: BaseTraits = {}): Promise<ManifestContent> {
  const { docker = false, architecture = "amd64" } = traits;
  const tar = emptyTar(architecture === "amd64" ? 2 : 4);
  const types = docker
    ? {
        manifest: "application/vnd.docker.distribution.manifest.v2+json",
        config: "application/vnd.docker.container.image.v1+json",
        layer: "application/vnd.docker.image.rootfs.diff.tar.gzip",
      }
    : { manifest: MediaType.manifest, config: MediaType.config, layer: MediaType.gzipLayer };
  const layer = bytesBlob(types.layer, gzipSync(tar));
  const config = bytesBlob(
    types.config,
    Buffer.from(
      JSON.stringify({
        created: "2026-02-03T04:05:06Z",
        os: "linux",
        architecture,
        ...(traits.variant === undefined ? {} : { variant: traits.variant }),
        config: traits.config ?? {},
        rootfs: { type: "layers", diff_ids: [digestOf(tar)] },
        ...(traits.history === undefined ? {} : { history: traits.history }),
      }),
    ),
  );
  await destination.putBlob(layer);
  await destination.putBlob(config);
  const manifest = documentOf(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: config.descriptor,
    layers: [{ ...layer.descriptor, ...traits.layer }],
  });
  await destination.putManifest(manifest);
  return manifest;
}

/** Puts an index over images for two platforms, and an attestation among them as BuildKit has it. */
export async function putBaseIndex(destination: ImageDestination, docker = false): Promise<ManifestContent> {
  const attestation = await putBase(destination, { docker, architecture: "unknown" });
  const amd64 = await putBase(destination, { docker });
  const arm64 = await putBase(destination, { docker, architecture: "arm64", variant: "v8" });
  const type = docker ? "application/vnd.docker.distribution.manifest.list.v2+json" : MediaType.index;
  const index = documentOf(type, {
    schemaVersion: 2,
    mediaType: type,
    manifests: [
      { ...attestation.descriptor, platform: { os: "unknown", architecture: "unknown" } },
      { ...amd64.descriptor, platform: { os: "linux", architecture: "amd64" } },
      { ...arm64.descriptor, platform: { os: "linux", architecture: "arm64", variant: "v8" } },
    ],
  });
  await destination.putManifest(index);
  return index;
}
