import { createHash } from "node:crypto";
import { textDigest } from "../../blueprint/manifest/canonical-text";
import { RefusedError } from "../refusals";
import type { Descriptor, ManifestContent } from "./descriptor";

/** Passes content on and fails as soon as it is not what its descriptor says: too long at once, too short or altered at its end. */
export async function* verified(
  content: AsyncIterable<Uint8Array>,
  { digest, size }: Descriptor,
  location: string,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  let passed = 0;
  for await (const chunk of content) {
    passed += chunk.length;
    if (passed > size) throw contentMismatch(location, digest, `it has more than the ${size} bytes announced`);
    hash.update(chunk);
    yield chunk;
  }
  if (passed < size) throw contentMismatch(location, digest, `it ends after ${passed} of ${size} bytes`);
  const actual = `sha256:${hash.digest("hex")}`;
  if (actual !== digest) throw contentMismatch(location, digest, `its digest is ${actual}`);
}

/** A manifest that was asked for by digest. @throws RefusedError `image-content-mismatch` */
export function verifiedManifest(
  bytes: Uint8Array,
  mediaType: string,
  digest: string,
  location: string,
): ManifestContent {
  const actual = textDigest(bytes);
  if (actual !== digest) throw contentMismatch(location, digest, `its digest is ${actual}`);
  return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
}

export function contentMismatch(location: string, digest: string, why: string): RefusedError {
  return new RefusedError(
    "image-content-mismatch",
    `what ${location} gives as ${digest} is not that: ${why}`,
    "Do not use this content before you know who changed it. A proxy that rewrites or cuts answers is the harmless cause.",
  );
}

export function imageNotFound(location: string, what: string): RefusedError {
  return new RefusedError(
    "image-not-found",
    `${location} holds no ${what}`,
    "Check the reference, and that the image was not deleted there.",
  );
}
