import { randomUUID } from "node:crypto";
import { readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalText } from "../../../blueprint/manifest/canonical-text";
import { InvalidInputError } from "../../../blueprint/problems";
import type { Descriptor } from "../descriptor";
import { parseIndex } from "../image-documents";
import { MediaType } from "../media-types";

/** The annotation by which an entry of `index.json` has a tag. */
export const refNameAnnotation = "org.opencontainers.image.ref.name";

export const layoutFile = "oci-layout";
const indexFile = "index.json";

/** Where a layout keeps a blob. */
export function blobFile(folder: string, digest: string): string {
  return join(folder, "blobs", ...digest.split(":"));
}

/** Whether a folder is an OCI image layout; `null` when nothing is there. */
export async function isLayout(folder: string): Promise<boolean | null> {
  try {
    const { imageLayoutVersion } = JSON.parse(await readFile(join(folder, layoutFile), "utf8")) as {
      imageLayoutVersion?: unknown;
    };
    return imageLayoutVersion === "1.0.0";
  } catch {
    return (await stat(folder).catch(() => null)) === null ? null : false;
  }
}

/** @throws InvalidInputError when the folder is no layout */
export async function requireLayout(folder: string): Promise<void> {
  if ((await isLayout(folder)) === true) return;
  throw noLayout(folder);
}

export function noLayout(folder: string): InvalidInputError {
  return new InvalidInputError("image reference", [
    {
      path: "oci",
      value: folder,
      says: "is no folder in the OCI image layout 1.0.0",
      remedy: "Name a folder that holds oci-layout and index.json; to write an image, one that does not exist yet.",
    },
  ]);
}

/** What a layout lists, in the order it does. */
export async function readEntries(folder: string): Promise<readonly Descriptor[]> {
  const bytes = await readFile(join(folder, indexFile)).catch(() => {
    throw noLayout(folder);
  });
  return parseIndex({
    bytes,
    descriptor: { mediaType: MediaType.index, digest: join(folder, indexFile), size: bytes.length },
  }).manifests;
}

/** Writes a layout's list in one step, so that a reader finds the old or the new one. */
export async function writeEntries(folder: string, manifests: readonly Descriptor[]): Promise<void> {
  await writeWhole(join(folder, indexFile), canonicalText({ schemaVersion: 2, mediaType: MediaType.index, manifests }));
}

/** Writes a file aside and moves it into place. */
export async function writeWhole(file: string, content: Parameters<typeof writeFile>[1]): Promise<void> {
  const part = `${file}.${randomUUID()}.part`;
  try {
    await writeFile(part, content, { flag: "wx" });
    await rename(part, file);
  } finally {
    await rm(part, { force: true });
  }
}
