import { textDigest } from "../../../blueprint/manifest/canonical-text";
import type { ManifestContent } from "../descriptor";
import { manifestTypes } from "../media-types";
import { contentMismatch } from "../verified-content";
import { connectionFailure } from "../retries";
import type { Repository } from "./repository";

/** What the specification wants every registry to take; nothing larger is read into memory. */
const largestManifest = 4 * 1024 * 1024;

/** Reads a manifest by tag or digest with the given right; `null` when there is none. The caller verifies a digest it asked for. */
export async function getManifest(
  repository: Repository,
  named: string,
  scope: string,
): Promise<ManifestContent | null> {
  return repository.retrying(async () => {
    const response = await repository.sendOnce({
      method: "GET",
      at: repository.path(`manifests/${named}`),
      scope: [scope],
      headers: { accept: manifestTypes.join(", ") },
      expects: [404],
    });
    if (response.status === 404) {
      await response.body?.cancel();
      return null;
    }
    const bytes = await limitedBody(response, repository.location, named);
    const digest = textDigest(bytes);
    const announced = response.headers.get("docker-content-digest");
    if (announced?.startsWith("sha256:") === true && announced !== digest) {
      throw contentMismatch(repository.location, announced, `its digest is ${digest}`);
    }
    const mediaType = (response.headers.get("content-type") ?? "").split(";")[0]!.trim();
    return { descriptor: { mediaType, digest, size: bytes.length }, bytes };
  });
}

/** Puts a manifest under its digest or a tag, and returns the registry's answer. */
export async function putManifest(
  repository: Repository,
  { descriptor, bytes }: ManifestContent,
  named: string,
): Promise<Response> {
  const response = await repository.send({
    method: "PUT",
    at: repository.path(`manifests/${named}`),
    scope: [repository.pushScope()],
    headers: { "content-type": descriptor.mediaType },
    body: { size: bytes.length, open: () => Promise.resolve(whole(bytes)) },
  });
  await response.body?.cancel();
  const kept = response.headers.get("docker-content-digest");
  if (kept?.startsWith("sha256:") === true && kept !== descriptor.digest) {
    throw contentMismatch(repository.location, descriptor.digest, `the registry keeps it as ${kept}`);
  }
  return response;
}

/** An answer's body up to the size of a manifest. */
export async function limitedBody(response: Response, location: string, what: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      size += chunk.length;
      if (size > largestManifest) throw contentMismatch(location, what, `it has more than ${largestManifest} bytes`);
      chunks.push(chunk);
    }
  } catch (error) {
    throw connectionFailure(`${location} broke off giving ${what}`, error);
  }
  return Buffer.concat(chunks);
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
