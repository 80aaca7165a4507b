import { byCodepoint } from "../../../blueprint/codepoint-order";
import { BrokenEnvironmentError } from "../../refusals";
import { documentOf, type Descriptor, type ManifestContent } from "../descriptor";
import { parseIndex } from "../image-documents";
import { MediaType } from "../media-types";
import { referrerDescriptor } from "../referrer-descriptor";
import { getManifest, limitedBody, putManifest } from "./manifest-requests";
import type { Repository } from "./repository";

/** A list of referrers longer than this many pages is no honest answer. */
const mostPages = 100;
/** How often a list kept under a tag is written when others write it at the same time. */
const mostWrites = 5;

/**
 * What refers to a manifest: by the referrers API, or where a registry has none, by the index under the tag `sha256-<hex>` that pushers
 * keep instead (OCI distribution specification 1.1, "Referrers Tag Schema").
 */
export async function listReferrers(
  repository: Repository,
  digest: string,
  scope: string,
): Promise<readonly Descriptor[]> {
  const found: Descriptor[] = [];
  let at: string | URL = repository.path(`referrers/${digest}`);
  for (let page = 0; page < mostPages; page++) {
    const response = await repository.send({ method: "GET", at, scope: [scope], expects: [404] });
    if (response.status === 404) {
      await response.body?.cancel();
      return sorted((await taggedIndex(repository, digest, scope)).manifests);
    }
    found.push(...parseIndex(listing(await limitedBody(response, repository.location, "referrers"), digest)).manifests);
    const next = /<([^>]+)>\s*;\s*rel="?next"?/.exec(response.headers.get("link") ?? "")?.[1];
    if (next === undefined) return sorted(found);
    at = new URL(next, response.url);
  }
  throw new BrokenEnvironmentError(
    `${repository.location} lists referrers of ${digest} without end`,
    "Look into the registry's log.",
  );
}

/** Puts an artifact, and lists it where the registry does not do that by itself. */
export async function putReferrer(
  repository: Repository,
  artifact: ManifestContent,
  subject: Descriptor,
): Promise<void> {
  const response = await putManifest(repository, artifact, artifact.descriptor.digest);
  // A registry with the referrers API says by this header that it has seen the subject.
  if (response.headers.has("oci-subject")) return;
  const listed = referrerDescriptor(artifact);
  for (let write = 0; write < mostWrites; write++) {
    const index = await taggedIndex(repository, subject.digest, repository.pushScope());
    if (index.manifests.some(({ digest }) => digest === listed.digest)) return;
    const manifests = sorted([...index.manifests, listed]);
    const next = documentOf(MediaType.index, { ...index, schemaVersion: 2, mediaType: MediaType.index, manifests });
    await putManifest(repository, next, referrersTag(subject.digest));
    // Read again: registries have no compare-and-set, and of two who write at once one is overwritten.
  }
  const index = await taggedIndex(repository, subject.digest, repository.pushScope());
  if (index.manifests.some(({ digest }) => digest === listed.digest)) return;
  throw new BrokenEnvironmentError(
    `${repository.location} does not keep ${listed.digest} in the list of what refers to ${subject.digest}`,
    "Run the job again when nobody else attaches to this image.",
  );
}

function referrersTag(digest: string): string {
  return digest.replace(":", "-");
}

async function taggedIndex(
  repository: Repository,
  digest: string,
  scope: string,
): Promise<{ readonly manifests: readonly Descriptor[] }> {
  const found = await getManifest(repository, referrersTag(digest), scope);
  return found === null ? { manifests: [] } : parseIndex(found);
}

function listing(bytes: Uint8Array, digest: string): ManifestContent {
  return {
    bytes,
    descriptor: { mediaType: MediaType.index, digest: `list of referrers of ${digest}`, size: bytes.length },
  };
}

function sorted(descriptors: readonly Descriptor[]): readonly Descriptor[] {
  return [...descriptors].sort((a, b) => byCodepoint(a.digest, b.digest));
}
