import { randomUUID } from "node:crypto";
import { mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalText } from "../../../blueprint/manifest/canonical-text";
import { BrokenEnvironmentError } from "../../refusals";
import type { Descriptor, ManifestContent } from "../descriptor";
import { bytesBlob } from "../blobs";
import type { BlobToPut, ImageDestination, PutOutcome } from "../image-places";
import { referrerDescriptor } from "../referrer-descriptor";
import { withRetries } from "../retries";
import { verified } from "../verified-content";
import {
  blobFile,
  isLayout,
  layoutFile,
  noLayout,
  readEntries,
  refNameAnnotation,
  writeEntries,
  writeWhole,
} from "./layout-files";

/**
 * Writes images to a folder in the OCI image layout. A new folder is filled aside and moved into place when its first image is published;
 * in a folder that is a layout already, content is added first and listed last. Nothing half-written is ever to be found.
 */
export class LayoutDestination implements ImageDestination {
  public readonly location: string;
  private filling: Promise<Filling> | null = null;

  public constructor(private readonly folder: string) {
    this.location = `oci:${folder}`;
  }

  public async putBlob({ descriptor, open }: BlobToPut): Promise<PutOutcome> {
    const { root } = await this.open();
    const file = blobFile(root, descriptor.digest);
    if ((await stat(file).catch(() => null))?.size === descriptor.size) return "existed";
    await withRetries(async () => {
      await writeWhole(file, verified(await open(), descriptor, "the content to write"));
    }).catch((error: unknown) => {
      throw (error as NodeJS.ErrnoException).syscall === "write" ? this.notWritable(error) : error;
    });
    return "written";
  }

  public async putManifest({ descriptor, bytes }: ManifestContent): Promise<void> {
    await this.putBlob(bytesBlob(descriptor.mediaType, bytes));
  }

  public async putReferrer(artifact: ManifestContent): Promise<void> {
    await this.putManifest(artifact);
    await this.list(referrerDescriptor(artifact));
  }

  public async publish({ descriptor }: ManifestContent, tag: string | null): Promise<void> {
    await this.list(tag === null ? descriptor : { ...descriptor, annotations: { [refNameAnnotation]: tag } });
    const filling = await this.open();
    if (filling.root === this.folder) return;
    await rename(filling.root, this.folder).catch((error: unknown) => {
      throw this.notWritable(error);
    });
    this.filling = Promise.resolve({ root: this.folder });
  }

  public async abandon(): Promise<void> {
    const filling = await this.filling?.catch(() => null);
    if (filling != null && filling.root !== this.folder) await rm(filling.root, { recursive: true, force: true });
    this.filling = null;
  }

  /** A tag is at one entry only, and so is a digest without one. */
  private async list(entry: Descriptor): Promise<void> {
    const { root } = await this.open();
    const tag = entry.annotations?.[refNameAnnotation];
    const others = (await readEntries(root)).filter(({ digest, annotations }) => {
      const theirs = annotations?.[refNameAnnotation];
      return tag === undefined
        ? digest !== entry.digest
        : theirs !== tag && !(digest === entry.digest && theirs === undefined);
    });
    await writeEntries(root, [...others, entry]);
  }

  private open(): Promise<Filling> {
    this.filling ??= this.begin();
    return this.filling;
  }

  private async begin(): Promise<Filling> {
    const there = await isLayout(this.folder);
    if (there === false) throw noLayout(this.folder);
    if (there === true) return { root: this.folder };
    const root = `${this.folder}.${randomUUID()}.part`;
    try {
      await mkdir(join(root, "blobs", "sha256"), { recursive: true });
      await writeFile(join(root, layoutFile), canonicalText({ imageLayoutVersion: "1.0.0" }));
      await writeEntries(root, []);
    } catch (error) {
      throw this.notWritable(error);
    }
    return { root };
  }

  private notWritable(error: unknown): BrokenEnvironmentError {
    return new BrokenEnvironmentError(
      `${this.location} cannot be written: ${(error as Error).message}`,
      "Name a folder that does not exist yet or is a layout, on a disk with room, that this job may write to.",
    );
  }
}

interface Filling {
  /** The folder itself, or where it is filled until then. */
  readonly root: string;
}
