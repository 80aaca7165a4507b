import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { byCodepoint } from "../../../blueprint/codepoint-order";
import { RefusedError } from "../../refusals";
import type { Descriptor, ManifestContent } from "../descriptor";
import { parseManifest } from "../image-documents";
import type { ImageSource } from "../image-places";
import { asOciType, MediaType } from "../media-types";
import { contentMismatch, imageNotFound, verified, verifiedManifest } from "../verified-content";
import { referrerDescriptor } from "../referrer-descriptor";
import { blobFile, readEntries, refNameAnnotation, requireLayout } from "./layout-files";

/** Reads images from a folder in the OCI image layout. */
export class LayoutSource implements ImageSource {
  public readonly location: string;
  public readonly origin = null;

  public constructor(private readonly folder: string) {
    this.location = `oci:${folder}`;
  }

  public async manifest(digest: string): Promise<ManifestContent> {
    await requireLayout(this.folder);
    const bytes = await readFile(blobFile(this.folder, digest)).catch(() => {
      throw imageNotFound(this.location, `manifest ${digest}`);
    });
    return verifiedManifest(bytes, mediaTypeOf(bytes, digest, this.location), digest, this.location);
  }

  public async named(tag: string | null): Promise<Descriptor | null> {
    await requireLayout(this.folder);
    const entries = await readEntries(this.folder);
    if (tag !== null) return entries.find(({ annotations }) => annotations?.[refNameAnnotation] === tag) ?? null;
    const images = entries.filter(({ artifactType }) => artifactType === undefined);
    const [image] = images;
    if (new Set(images.map(({ digest }) => digest)).size <= 1) return image ?? null;
    throw new RefusedError(
      "image-ambiguous",
      `${this.location} holds ${images.length} images`,
      `Name one: ${images.map(({ digest }) => `${this.location}@${digest}`).join(", ")}.`,
    );
  }

  public async blob(descriptor: Descriptor): Promise<AsyncIterable<Uint8Array>> {
    await requireLayout(this.folder);
    const file = blobFile(this.folder, descriptor.digest);
    if ((await stat(file).catch(() => null))?.isFile() !== true) {
      throw imageNotFound(this.location, `blob ${descriptor.digest}`);
    }
    return verified(createReadStream(file, { highWaterMark: 1 << 20 }), descriptor, this.location);
  }

  /** Artifacts stand in the folder's list beside the images; each names its subject itself. */
  public async referrers(digest: string): Promise<readonly Descriptor[]> {
    await requireLayout(this.folder);
    const found: Descriptor[] = [];
    for (const entry of await readEntries(this.folder)) {
      if (asOciType(entry.mediaType) !== MediaType.manifest) continue;
      const manifest = await this.manifest(entry.digest);
      if (parseManifest(manifest).subject?.digest === digest) found.push(referrerDescriptor(manifest));
    }
    return found.sort((a, b) => byCodepoint(a.digest, b.digest));
  }
}

/** A blob has no type but the one it states itself; one from before the field is told by its shape. */
function mediaTypeOf(bytes: Uint8Array, digest: string, location: string): string {
  let document: { mediaType?: unknown; manifests?: unknown };
  try {
    document = JSON.parse(Buffer.from(bytes).toString("utf8")) as typeof document;
  } catch {
    throw contentMismatch(location, digest, "it is no manifest");
  }
  if (typeof document.mediaType === "string") return document.mediaType;
  return Array.isArray(document.manifests) ? MediaType.index : MediaType.manifest;
}
