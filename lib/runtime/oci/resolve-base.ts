import { InvalidInputError } from "../../blueprint/problems";
import { RefusedError } from "../refusals";
import { readBlob } from "./blobs";
import type { ImagePlatform } from "../../blueprint/pipeline/pipeline-document";
import { platformName, type Descriptor, type ManifestContent, type Platform } from "./descriptor";
import { parseConfig, parseIndex, parseManifest, type ImageConfig, type ImageManifest } from "./image-documents";
import type { ImageSource } from "./image-places";
import { asOciType, MediaType } from "./media-types";
import { formatReference, type ImageReference } from "./reference";

/** An image to build upon, for one platform. */
export interface BaseImage {
  /** The reference as annotations write it: whole, without digest. `null` for a folder, whose path is this machine's alone. */
  readonly name: string | null;
  /** The digest that the reference names: an index's, or a manifest's. */
  readonly digest: string;
  /** The manifest of this platform. */
  readonly manifest: Descriptor;
  /** With OCI media types; digests as they are in the base. */
  readonly layers: readonly Descriptor[];
  readonly config: ImageConfig;
  /** Where the layers come from. */
  readonly source: ImageSource;
}

/**
 * Finds the image of a platform behind a reference that names it by digest: a tag may be another image tomorrow, and the same program
 * would build another image.
 *
 * @param path where the reference was written, for the problem
 * @throws InvalidInputError when the reference names no digest
 * @throws RefusedError `base-platform-missing`, `base-layer-not-distributable`, `image-unreadable`, and what reading an image throws
 */
export async function resolveBase(
  reference: ImageReference,
  platform: ImagePlatform,
  source: ImageSource,
  path = "base",
): Promise<BaseImage> {
  const { digest } = reference;
  if (digest === null) throw await notPinned(reference, source, path);
  const named = await source.manifest(digest);
  const content = await manifestFor(named, platform, source, reference);
  const manifest = parseManifest(content);
  const config = parseConfig(await readBlob(source, manifest.config), manifest.config.digest);
  if (!isFor(config, platform)) throw platformMissing(reference, platform, [config]);
  const layers = distributable(manifest, reference);
  if (layers.length !== config.rootfs.diff_ids.length) {
    throw new RefusedError(
      "image-unreadable",
      `${formatReference(reference)} has ${layers.length} layers and a configuration for ${config.rootfs.diff_ids.length}`,
      "Name an image that a current tool has built.",
    );
  }
  return {
    name: reference.kind === "registry" ? formatReference({ ...reference, digest: null }) : null,
    digest,
    manifest: { ...content.descriptor, mediaType: asOciType(content.descriptor.mediaType) },
    layers,
    config,
    source,
  };
}

/** A tag that no longer names the image it stands beside in a reference. */
export interface MovedTag {
  readonly tag: string;
  /** Digest it names now; `null` when there is no such tag any more. */
  readonly now: string | null;
}

/** Whether the tag in a pinned reference leads elsewhere by now: worth a report, and never part of an image. `null` when not. */
export async function movedTag(reference: ImageReference, source: ImageSource): Promise<MovedTag | null> {
  if (reference.kind === "layout" || reference.tag === null || reference.digest === null) return null;
  const now = (await source.named(reference.tag))?.digest ?? null;
  return now === reference.digest ? null : { tag: reference.tag, now };
}

async function manifestFor(
  named: ManifestContent,
  platform: ImagePlatform,
  source: ImageSource,
  reference: ImageReference,
): Promise<ManifestContent> {
  const type = asOciType(named.descriptor.mediaType);
  if (type === MediaType.manifest) return named;
  if (type !== MediaType.index) {
    throw new RefusedError(
      "image-unreadable",
      `${formatReference(reference)} is of type ${type}`,
      "Name an image in the format of OCI or of Docker's schema 2; push an older one again with a current tool.",
    );
  }
  const { manifests } = parseIndex(named);
  const found = manifests.find((entry) => entry.platform !== undefined && isFor(entry.platform, platform));
  if (found === undefined) {
    // Attestations stand among the images with a platform that is none.
    const platforms = manifests.flatMap((entry) => (entry.platform === undefined ? [] : [entry.platform]));
    throw platformMissing(
      reference,
      platform,
      platforms.filter(({ os }) => os !== "unknown"),
    );
  }
  return source.manifest(found.digest);
}

/** 64-bit Arm is always version 8, said or not. */
function isFor({ os, architecture, variant }: Platform, platform: ImagePlatform): boolean {
  return `${os}/${architecture}` === platform && (variant === undefined || variant === "" || variant === "v8");
}

function platformMissing(reference: ImageReference, wanted: ImagePlatform, there: readonly Platform[]): RefusedError {
  const platforms = [...new Set(there.map(platformName))].join(", ");
  return new RefusedError(
    "base-platform-missing",
    `${formatReference(reference)} is not for ${wanted}; it is for ${platforms === "" ? "no platform" : platforms}`,
    "Name a base that has the platform, by the digest of its index; or build for a platform it has.",
  );
}

/** Layers without what copying must not carry along; annotations of others' tools are left out, they say nothing of the content. */
function distributable({ layers }: ImageManifest, reference: ImageReference): readonly Descriptor[] {
  return layers.map(({ mediaType, digest, size, urls }) => {
    const type = asOciType(mediaType);
    if (
      urls === undefined &&
      ([MediaType.layer, MediaType.gzipLayer, MediaType.zstdLayer] as string[]).includes(type)
    ) {
      return { mediaType: type, digest, size };
    }
    throw new RefusedError(
      "base-layer-not-distributable",
      `${formatReference(reference)} has a layer that is not copied: ${digest} of type ${mediaType}`,
      "Name a base whose layers are plain tar, gzip or zstd and may be distributed.",
    );
  });
}

/** The remedy is the digest itself, where the registry can be asked for it. */
async function notPinned(reference: ImageReference, source: ImageSource, path: string): Promise<InvalidInputError> {
  const tag = reference.kind === "registry" ? reference.tag : null;
  const now = await source.named(tag).catch(() => null);
  const pinned = now === null ? null : formatReference({ ...reference, digest: now.digest });
  return new InvalidInputError("base image", [
    {
      path,
      value: formatReference(reference),
      says: "names no digest, so that it may be another image tomorrow (base-not-pinned)",
      remedy: pinned === null ? "Add the digest: NAME:TAG@sha256:..." : `Write ${pinned}, which it is now.`,
    },
  ]);
}
