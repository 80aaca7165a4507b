import { createReadStream } from "node:fs";
import { descriptorOf, type Descriptor } from "./descriptor";
import type { BlobToPut, ImageSource } from "./image-places";
import { contentMismatch } from "./verified-content";

export function fileBlob(descriptor: Descriptor, file: string): BlobToPut {
  return { descriptor, open: () => Promise.resolve(createReadStream(file, { highWaterMark: 1 << 20 })), origin: null };
}

export function bytesBlob(mediaType: string, bytes: Uint8Array): BlobToPut {
  return { descriptor: descriptorOf(mediaType, bytes), open: () => Promise.resolve(once(bytes)), origin: null };
}

/** A blob that stands in another place: mounted from there where both are repositories of one registry, else streamed. */
export function blobFrom(source: ImageSource, descriptor: Descriptor): BlobToPut {
  return { descriptor, open: () => source.blob(descriptor), origin: source.origin };
}

/** Largest document (configuration, attestation) that is read into memory: 16 MiB. */
const largestDocument = 16 * 1024 * 1024;

/** Reads a small blob, an image's configuration for example. @throws RefusedError as {@link ImageSource.blob} */
export async function readBlob(source: ImageSource, descriptor: Descriptor): Promise<Uint8Array> {
  if (descriptor.size > largestDocument) {
    throw contentMismatch(source.location, descriptor.digest, `its ${descriptor.size} bytes are no document`);
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of await source.blob(descriptor)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
